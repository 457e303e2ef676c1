"""A grammar's forms agree: Lark, GBNF, JSON Schema, and JSON answers turned into sentences."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tasks import towers

from goalsmith.domains.errors import PddlError
from goalsmith.domains.language import Task
from goalsmith.domains.library import bundled, names
from goalsmith.domains.reader import read_domain, read_problem, read_task
from goalsmith.translate.grammar.goals import goal_grammar
from goalsmith.translate.grammar.grammar import Grammar
from goalsmith.translate.grammar.json_form import MAX_TEXT, from_json, json_schema
from goalsmith.translate.grammar.problems import problem_grammar
from goalsmith.translate.grammar.text_forms import ebnf, gbnf, lark

pytest.importorskip("llguidance", reason="pip install llguidance")

from grammar_samples import Sampler, gbnf_matcher, lark_reader, matcher

SMALL = ("blocksworld", "gripper", "office-errands", "sokoban", "warehouse-robots")
"""Domains whose grammars Lark's own parser, which is slow, reads in a moment."""


def grammars(name: str) -> list[Grammar]:
    library = bundled(name)
    task = library.instances[0].task
    return [goal_grammar(task, metric=True), problem_grammar(library.domain)]


def odd_task(hidden: str = "") -> Task:
    """Names that a form has to escape, or could take for its own signs."""
    domain = read_domain(
        r'(define (domain odd) (:predicates (is"|\n ?x) (start ?x) (é[^-z]{1,2} ?x)))'
    )
    objects = r'a|b "q" \x41 start ROOT #no re/i x/y/ naïve 日本 a b'
    text = f"(define (problem o) (:domain odd) (:objects {objects} {hidden}) (:init) (:goal (and)))"
    return Task(domain, read_problem(text, domain))


@pytest.mark.parametrize("name", names())
def test_every_form_takes_every_sampled_sentence(name: str) -> None:
    for grammar in grammars(name):
        passes, gbnf_passes = matcher(lark(grammar)), gbnf_matcher(gbnf(grammar))
        schema_passes = schema_matcher(grammar)
        sampler = Sampler(grammar, seed=5)
        for _ in range(25):
            sample = sampler.sample(11)
            assert passes(sample.text)
            assert gbnf_passes(sample.text)
            assert schema_passes(sample.json)
            assert from_json(grammar, sample.json) == sample.text


def schema_matcher(grammar: Grammar) -> Any:
    from llguidance import LLMatcher

    return matcher(LLMatcher.grammar_from_json_schema(json_schema(grammar)))


@pytest.mark.parametrize("name", SMALL)
def test_lark_itself_reads_what_is_sampled_and_nothing_else(name: str) -> None:
    grammar = goal_grammar(bundled(name).instances[0].task)
    reads = lark_reader(lark(grammar))
    sampler = Sampler(grammar, seed=6)
    for _ in range(8):
        sentence = sampler.sample(8).text
        assert reads(sentence)
        assert not reads(sentence.replace(")", " )", 1))


def test_names_are_escaped_in_every_form() -> None:
    grammar = goal_grammar(odd_task())
    passes, reads = matcher(lark(grammar)), lark_reader(lark(grammar))
    gbnf_passes, schema_passes = gbnf_matcher(gbnf(grammar)), schema_matcher(grammar)
    sampler = Sampler(grammar, seed=7)
    for _ in range(40):
        sample = sampler.sample(7)
        assert passes(sample.text), sample.text
        assert reads(sample.text), sample.text
        assert gbnf_passes(sample.text), sample.text
        assert schema_passes(sample.json)
        assert from_json(grammar, sample.json) == sample.text
    for wrong in ("(:goal (start a|))", "(:goal (start A))", "(:goal (start no))"):
        assert not passes(wrong)
        assert not reads(wrong)
        assert not gbnf_passes(wrong)


def test_control_characters_in_names_are_escaped() -> None:
    grammar = goal_grammar(odd_task("z\x01"))
    for text in (lark(grammar), gbnf(grammar)):
        assert r'"z\u0001"' in text
        assert text.replace("\n", "").isprintable()
    assert matcher(lark(grammar))("(:goal (start z\x01))")
    assert lark_reader(lark(grammar))("(:goal (start z\x01))")


def test_lark_keeps_to_the_shared_dialect() -> None:
    for grammar in grammars("satellite"):
        for line in lark(grammar).splitlines():
            name, body = line.split(": ", 1)
            assert re.fullmatch(r"[a-z]+[0-9]*|[A-Z]+[0-9]*", name)
            # Neither priorities nor templates nor look-around nor directives.
            assert not re.search(r"%|\(\?[=!<]|\{", re.sub(r'"(\\.|[^"\\])*"|/.*?/', "", body))


def test_gbnf_starts_at_root_and_is_what_xgrammar_reads() -> None:
    for grammar in grammars("rovers"):
        text = gbnf(grammar)
        assert text.startswith("root ::= ")
        rules = [line.split(" ::= ")[0] for line in text.splitlines()]
        assert len(set(rules)) == len(rules)
        assert all(re.fullmatch(r"[a-z]+[0-9]*", rule) for rule in rules)
        assert r"\x" not in text
        assert ebnf(grammar) == text


@pytest.mark.parametrize("name", names())
def test_the_schema_keeps_to_what_strict_modes_take(name: str) -> None:
    for grammar in grammars(name):
        schema = json_schema(grammar)
        assert schema["type"] == "object"
        properties = [0]
        check_strict(schema, schema["$defs"], properties)
        # The bound that OpenAI states is 5,000.
        assert properties[0] < 2_000


def check_strict(schema: dict[str, Any], rules: dict[str, Any], properties: list[int]) -> None:
    keys = {"type", "properties", "required", "additionalProperties", "anyOf", "enum", "items"}
    assert schema.keys() <= keys | {"pattern", "minItems", "maxItems", "$ref", "$defs"}
    if "$ref" in schema:
        assert schema.keys() == {"$ref"}
        assert schema["$ref"].removeprefix("#/$defs/") in rules
    if schema.get("type") == "object":
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
        properties[0] += len(schema["properties"])
    if "anyOf" in schema:
        firsts = first_keys(schema, rules)
        assert len(set(firsts)) == len(firsts)
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inner += [schema["items"]] if "items" in schema else []
    for each in [*inner, *schema.get("$defs", {}).values()]:
        check_strict(each, rules, properties)


def first_keys(schema: dict[str, Any], rules: dict[str, Any]) -> list[str]:
    """The first keys of the objects that a schema allows."""
    if "$ref" in schema:
        return first_keys(rules[schema["$ref"].removeprefix("#/$defs/")], rules)
    if "anyOf" in schema:
        return [key for option in schema["anyOf"] for key in first_keys(option, rules)]
    return list(schema.get("properties", {}))[:1]


def test_a_tree_reads_as_its_goal() -> None:
    tree = {
        "goal": {
            "and": [
                {"on": {"x": "a", "y": "b"}},
                {"forall.x1.object": {"not": {"same.objects": {"left": "?x1", "right": "c"}}}},
                {"imply": {"then": {"free": {}}, "if": {"clear": {"x": "a"}}}},
            ]
        }
    }
    assert from_json(goal_grammar(towers("(free)")), json.dumps(tree)) == (
        "(:goal (and (on a b) (forall (?x1) (not (= ?x1 c))) (imply (clear a) (free))))"
    )


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        ("", "not-json", "not JSON"),
        ("(:goal (free))", "not-json", "line 1, column 1"),
        ('{"goal": {"free": {}}} and so on', "not-json", "not JSON"),
        ("[]", "wrong-kind-of-value", "an array stands where an object belongs"),
        ("{}", "wrong-keys", "the key `goal` is missing"),
        ('{"goal": null}', "wrong-kind-of-value", "null stands where an object"),
        ('{"goal": {"free": {}}, "goal": {"free": {}}}', "duplicate-key", "one key twice"),
        ('{"goal": {"free": {}}, "run": "rm -r /"}', "unknown-key", "unknown key `run`"),
        ('{"goal": {"fre": {}}}', "unknown-key", "did you mean `free`?"),
        ('{"goal": {"free": {}, "clear": {"x": "a"}}}', "wrong-keys", "other keys"),
        ('{"goal": {"free": {"x": "a"}}}', "unknown-key", "goal.free: unknown key `x`"),
        ('{"goal": {"free": true}}', "wrong-kind-of-value", "true stands where an object"),
        ('{"goal": {"clear": {}}}', "wrong-keys", "goal.clear: the key `x` is missing"),
        ('{"goal": {"clear": {"x": "d"}}}', "unknown-name", "goal.clear.x: `d`"),
        ('{"goal": {"clear": {"x": "?x1"}}}', "unknown-name", "`?x1` does not belong"),
        ('{"goal": {"clear": {"x": "a) (free"}}}', "unknown-name", "does not belong"),
        ('{"goal": {"clear": {"x": 1}}}', "wrong-kind-of-value", "the number 1"),
        ('{"goal": {"and": []}}', "count", "goal.and has 0 items, not at least 1"),
        ('{"goal": {"and": {"free": {}}}}', "wrong-kind-of-value", "where an array belongs"),
        ('{"goal": ' + '{"not":' * 200 + '{"free": {}}' + "}" * 201, "depth", "deeper than"),
        ("[" * 100_000, "depth", "deeper than"),
        (" " * (MAX_TEXT + 1), "too-long", "more than"),
    ],
)
def test_another_tree_is_refused_with_the_place(answer: str, code: str, says: str) -> None:
    with pytest.raises(PddlError) as caught:
        from_json(goal_grammar(towers("(free)")), answer)
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert says in str(caught.value)


def fuel_task() -> Task:
    domain = "(define (domain f) (:predicates (done)) (:functions (fuel)))"
    problem = "(define (problem p) (:domain f) (:init (= (fuel) 0)) (:goal (done)))"
    return read_task(domain, problem)


@pytest.mark.parametrize(
    ("number", "text"),
    [("3", "3"), ("-0.5", "-0.5"), ("1e3", "1000"), ("2.50", "2.5"), ("100", "100"), ("0", "0")],
)
def test_numbers_come_without_exponents(number: str, text: str) -> None:
    answer = f'{{"goal": {{"number.ge": {{"left": {{"fuel": {{}}}}, "right": {number}}}}}}}'
    assert from_json(goal_grammar(fuel_task()), answer) == f"(:goal (>= (fuel) {text}))"


@pytest.mark.parametrize(
    "number",
    ["1e400", "1e999999999", "NaN", "-Infinity", "1" * 16, "1e-30", '"3"', "true", "9" * 5000],
)
def test_numbers_that_are_none_or_too_large_are_refused(number: str) -> None:
    answer = f'{{"goal": {{"number.ge": {{"left": {{"fuel": {{}}}}, "right": {number}}}}}}}'
    with pytest.raises(PddlError, match=r"stands where|does not belong"):
        from_json(goal_grammar(fuel_task()), answer)


def test_two_places_of_one_name_have_numbered_labels() -> None:
    domain = read_domain("(define (domain twice) (:predicates (in ?o ?o)))")
    text = "(define (problem p) (:domain twice) (:objects a b) (:init) (:goal (and)))"
    grammar = goal_grammar(Task(domain, read_problem(text, domain)))
    answer = '{"goal": {"in": {"1": "a", "2": "b"}}}'
    assert from_json(grammar, answer) == "(:goal (in a b))"
