"""Faulty texts: what is said about them, and that nothing but our errors ever comes out."""

import random
import re
import string
import time
from functools import cache
from pathlib import Path

import pytest
from amount import amount
from golden_files import near_misses, parts_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reported_codes import Codes

from goalsmith.domains.diagnostics import MAX_FINDINGS
from goalsmith.domains.errors import InputError, PddlError, UnsupportedError, UnsupportedPddlError
from goalsmith.domains.language import Domain, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import read_plan
from goalsmith.domains.reader import load_task, load_text, read_condition, read_domain, read_problem

GOLDEN = Path(__file__).with_name("golden")
EXAMPLES = sorted(GOLDEN.glob("*.txt"))
DOMAINS = GOLDEN.parent.parent / "domains"
SOURCES = [*sorted((DOMAINS / "reading").glob("*.py")), DOMAINS / "reader.py", DOMAINS / "plans.py"]
KINDS = ("domain", "problem", "goal", "plan")
OF_LARGE_TEXTS = {"more"}
"""Codes that only large texts show. Tests below have them both ways."""


@cache
def blocks() -> Task:
    return load_task(GOLDEN / "blocks.pddl", GOLDEN / "blocks-problem.pddl")


def texts_of(path: Path) -> dict[str, str]:
    """The texts of an example, by their kinds."""
    parts = parts_of(path)
    assert parts.keys() <= {*KINDS, "error", "mended"}
    return {kind: text for kind, text in parts.items() if kind in KINDS}


def read_all(texts: dict[str, str]) -> None:
    """Reads texts against each other; the blocks stand for a domain and a problem not given."""
    task = blocks()
    domain = read_domain(texts["domain"]) if "domain" in texts else task.domain
    if "problem" in texts:
        task = Task(domain, read_problem(texts["problem"], domain))
    if "goal" in texts:
        read_condition(texts["goal"], task)
    if "plan" in texts:
        read_plan(texts["plan"], task)


def read_any(kind: str, text: str) -> None:
    read_all({kind: text})


def codes_in(texts: dict[str, str]) -> list[str]:
    """The codes of what is found in texts."""
    try:
        read_all(texts)
    except PddlError as error:
        return [d.code for d in error.diagnostics]
    return []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_a_fault_is_reported_as_in_its_golden_file(path: Path) -> None:
    with pytest.raises(InputError) as raised:
        read_all(texts_of(path))
    said = f"{type(raised.value).__name__}\n{raised.value}\n"
    assert said == parts_of(path).get("error")


@pytest.mark.parametrize(
    ("path", "code", "words", "others"),
    near_misses(EXAMPLES),
    ids=[f"{path.stem}-{code}" for path, code, *_ in near_misses(EXAMPLES)],
)
def test_what_is_mended_is_not_reported(path: Path, code: str, words: str, others: str) -> None:
    texts = texts_of(path)
    assert sum(text.count(words) for text in texts.values()) == 1
    before = codes_in(texts)
    after = codes_in({kind: text.replace(words, others) for kind, text in texts.items()})
    assert after.count(code) < before.count(code)
    assert set(after) <= set(before), "what is mended has faults of its own"


# Every code both ways


@cache
def reported() -> set[str]:
    """Every code that readers report."""
    return Codes(path.read_text(encoding="utf-8") for path in SOURCES).all()


def test_codes_are_found_through_the_functions_that_pass_them_on() -> None:
    source = """
def report(place, code): Diagnostic(code, place)
def twice(kind): report(0, f"two-{kind}s")
def all():
    report(1, "none"), twice("name"), twice(kind="goal")
"""
    assert Codes([source]).all() == {"none", "two-names", "two-goals"}
    with pytest.raises(AssertionError, match="what codes are these"):
        Codes([source, "def more(x): report(2, x.code)"]).all()


def test_every_code_that_readers_report_is_in_a_golden_file_and_has_a_near_miss() -> None:
    found = {code for path in EXAMPLES for code in codes_in(texts_of(path))}
    assert reported() - found == OF_LARGE_TEXTS
    assert reported() - {code for _, code, *_ in near_misses(EXAMPLES)} == OF_LARGE_TEXTS
    assert found <= reported()


# What findings hold


def findings(kind: str, text: str) -> tuple[list[str], PddlError]:
    with pytest.raises(PddlError) as raised:
        read_any(kind, text)
    return [d.code for d in raised.value.diagnostics], raised.value


def test_a_finding_says_where_what_and_what_instead() -> None:
    _, error = findings("goal", "(and\n  (on a\tbb))")
    (found,) = error.diagnostics
    assert found.code == "unknown-object"
    assert (found.position.line, found.position.column, found.position.offset) == (2, 9, 13)
    assert (found.found, found.length) == ("bb", 2)
    assert found.suggestion == "did you mean `b`?"
    assert found.place == "<goal>:2:9"


def test_findings_come_in_the_order_of_the_text() -> None:
    text = (
        "(define (problem p) (:domain blocks) (:goal (clear z)) (:init (clear y)) (:objects a - x))"
    )
    codes, error = findings("problem", text)
    offsets = [d.position.offset for d in error.diagnostics]
    assert offsets == sorted(offsets)
    assert codes == ["unknown-object", "unknown-object", "unknown-type"]


def test_offsets_hold_in_spite_of_comments_crlf_and_byte_order_mark() -> None:
    text = "\ufeff; a comment ) (\r\n(and ; another\r\n  (clear zz))"
    _, error = findings("goal", text)
    assert str(error.diagnostics[0].position) == "3:10"
    assert error.diagnostics[0].snippet == "  (clear zz))"


def test_what_is_only_unsupported_is_told_from_what_is_wrong() -> None:
    durative = "(:durative-action a :parameters ())"
    with pytest.raises(UnsupportedPddlError) as unsupported:
        read_domain(f"(define (domain d) (:predicates (p)) {durative})")
    assert isinstance(unsupported.value, UnsupportedError)
    assert unsupported.value.outcome is Outcome.UNSUPPORTED
    codes, wrong = findings("domain", f"(define (domain d) (:predicates (p ?x - t)) {durative})")
    assert codes == ["unknown-type", "unsupported"]
    assert not isinstance(wrong, UnsupportedError)
    assert wrong.outcome is Outcome.BAD_INPUT


def test_an_atom_among_ten_thousand_is_found_at_its_place() -> None:
    atoms = "(clear a)\n" * 10_000
    text = f"(define (problem p) (:domain blocks) (:objects a - block) (:init\n{atoms}(Clear B)\n"
    _, error = findings("problem", text + f"{atoms}) (:goal (and)))")
    (found,) = error.diagnostics
    assert (found.message, str(found.position)) == ("unknown object `B`", "10002:8")


# Bounds


def seconds_to_refuse(kind: str, text: str) -> float:
    start = time.perf_counter()
    with pytest.raises(InputError) as raised:
        read_any(kind, text)
    assert len(str(raised.value)) < 100_000
    return time.perf_counter() - start


@pytest.mark.parametrize("kind", ["domain", "problem", "goal", "plan"])
@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        ")" * 100_000,
        "(and " * 100_000,
        "(not (" * 100_000,
        "\0" * 100_000,
        "(:init " * 100_000,
        "b" * 1_000_000,
        "(" + "b" * 1_000_000 + ")",
        "(" + " " * 100_000,
        "1" + " " * 100_000 + "(",
        "(a " + " b" * 100_000,
        "[" * 100_000,
        "\ud800(\x1b[31m",
    ],
    ids=lambda t: re.sub(r"[^\w(]+", "-", t[:7]) + str(len(t)),
)
def test_hostile_texts_are_refused_quickly(kind: str, text: str) -> None:
    assert seconds_to_refuse(kind, text) < 15


def test_nesting_is_bounded_and_not_by_the_stack() -> None:
    for depth, head, tail in ((100_000, "(not ", ")"), (50_000, "(< 1 " + "(+ 1 ", ")")):
        text = head * depth + "(clear a)" + tail * depth
        assert seconds_to_refuse("goal", text) < 60


def test_formulas_at_the_bound_are_read() -> None:
    text = "(not " * 200 + "(clear a)" + ")" * 200
    assert read_any("goal", text) == read_any("goal", text)
    codes, _ = findings("goal", f"(not {text})")
    assert codes == ["depth"]


def test_a_flood_of_findings_is_cut_short() -> None:
    atoms = "".join(f"(clear x{i})" for i in range(50_000))
    text = f"(define (problem p) (:domain blocks) (:init {atoms}) (:goal (and)))"
    start = time.perf_counter()
    codes, error = findings("problem", text)
    assert time.perf_counter() - start < 10
    assert codes == ["unknown-object"] * MAX_FINDINGS + ["more"]
    assert len(str(error)) < 100_000


def test_findings_that_are_all_shown_are_not_said_to_be_more() -> None:
    atoms = "".join(f"(clear x{i})" for i in range(MAX_FINDINGS - 1))
    codes, _ = findings("goal", f"(and {atoms})")
    assert codes == ["unknown-object"] * (MAX_FINDINGS - 1)


def test_names_without_end_are_not_compared_with_each_other() -> None:
    name = "".join(chr(0x4E00 + i * 7919 % 5000) for i in range(200_000))
    text = f"(define (domain d) (:predicates ({name})) (:action a :effect ({name[1:]})))"
    assert seconds_to_refuse("domain", text) < 5


def test_nothing_that_is_quoted_can_drive_a_terminal() -> None:
    _, error = findings("goal", "(and (clear a\x1b[2J\x07) \x9b31m)")
    assert all(c.isprintable() or c == "\n" for c in str(error))


def test_a_text_of_too_many_characters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goalsmith.domains.reading.syntax.MAX_TEXT", 1000)
    with pytest.raises(InputError, match="too long: more than 1000 characters"):
        read_domain(" " * 1001)


# Files


def test_a_missing_file_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "domain.pddl").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"there is no file .*; did you mean .*domain\.pddl\?"):
        load_text(tmp_path / "domian.pddl")


def test_what_is_not_a_text_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        load_text(tmp_path)
    (tmp_path / "latin").write_bytes(b"(define \xe9)")
    with pytest.raises(InputError, match=r"is not UTF-8 text \(byte 8\)"):
        load_text(tmp_path / "latin")
    with pytest.raises(InputError):
        load_text(str(tmp_path / "a\0b"))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero")
def test_a_file_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goalsmith.domains.reading.syntax.MAX_TEXT", 1000)
    with pytest.raises(InputError, match="too large"):
        load_text("/dev/zero")


# Fuzzing


@cache
def real_texts() -> tuple[tuple[str, str], ...]:
    """Texts that are right or nearly so, with their kinds."""
    texts = [("domain", (GOLDEN / "blocks.pddl").read_text(encoding="utf-8"))]
    texts.append(("problem", (GOLDEN / "blocks-problem.pddl").read_text(encoding="utf-8")))
    texts.append(("goal", "(forall (?x - block) (imply (clear ?x) (or (on ?x table) (= ?x a))))"))
    texts.append(("plan", "; a plan\n0.1: (pick-up left a) [1]\n(PICK-UP right b)\n"))
    for path in EXAMPLES:
        texts.extend(texts_of(path).items())
    return tuple(texts)


WORDS = (
    *"()?-=<>+*/;:. \n\t\r\0",
    *("and", "or", "not", "imply", "forall", "exists", "when", "either", "increase", "assign"),
    *("define", "domain", "problem", ":init", ":goal", ":objects", ":types", ":action", ":effect"),
    *(":precondition", ":parameters", ":metric", ":derived", ":predicates", ":functions"),
    *(":constants", ":constraints", ":durative-action", "preference", "is-violated"),
    *("?x", "a", "b", "table", "1", "-2.5", "1e9", "(on a b)", "(and", "(or", "()", "\u0663"),
    *("\u00e9", "\ud800", ": - (", "(:", "(= (weight a) 1)", "(at 5 (clear a))", "- number"),
    *("- (either", "(not (clear a))"),
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str]:
    """A real text, cut, doubled, shuffled and sprinkled with words."""
    kind, text = draw(st.sampled_from(real_texts()))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        other = draw(st.integers(0, len(text)))
        piece = draw(
            st.one_of(
                st.sampled_from(WORDS),
                st.just(""),
                st.just(text[other : other + 30]),
                st.text(max_size=5),
            )
        )
        text = text[:start] + piece + text[end:]
    kinds = st.one_of(st.just(kind), st.sampled_from(["domain", "problem", "goal", "plan"]))
    return draw(kinds), text


@st.composite
def made_up(draw: st.DrawFn) -> tuple[str, str]:
    """Words of the language in no order at all, or random characters."""
    kind = draw(st.sampled_from(["domain", "problem", "goal", "plan"]))
    words = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)
    return kind, draw(st.one_of(words, st.text(max_size=200)))


def check_that_only_our_errors_come_out(kind: str, text: str) -> None:
    try:
        read_any(kind, text)
    except PddlError as error:
        assert error.diagnostics
        for found in error.diagnostics:
            assert found.message
            if found.position:
                assert 0 <= found.position.offset <= len(text)
                assert found.position.line >= 1
                assert found.position.column >= 1
            assert found.render()
            assert found.as_dict()["code"] == found.code
    except InputError as error:
        assert str(error)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(mutated(), made_up()))
def test_only_our_errors_come_out_of_any_text(example: tuple[str, str]) -> None:
    check_that_only_our_errors_come_out(*example)


@pytest.mark.long
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(mutated(), made_up()))
def test_only_our_errors_come_out_of_any_of_twenty_thousand_texts(example: tuple[str, str]) -> None:
    check_that_only_our_errors_come_out(*example)


def competition_texts(data: Path, count: int) -> list[tuple[Path, Path]]:
    problems = sorted(p for p in (data / "ipc").glob("*/p01.pddl") if p.stat().st_size < 6000)
    pairs = []
    for problem in problems:
        domain = problem.with_name("domain.pddl")
        pairs.append((domain if domain.exists() else problem.with_name("p01-domain.pddl"), problem))
    return random.Random(0).sample(pairs, min(count, len(pairs)))


def mangle(text: str, rng: random.Random) -> str:
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(text) + 1)
        end = start + rng.choice((0, 1, 1, 3, 20))
        piece = rng.choice((*WORDS, "", "", rng.choice(string.printable), text[start : start + 9]))
        text = text[:start] + piece + text[end:]
    return text


def mangle_competition_texts(data: Path, files: int, times: int) -> int:
    rng = random.Random(1)
    refused = 0
    for domain_path, problem_path in competition_texts(data, files):
        domain_text, problem_text = load_text(domain_path), load_text(problem_path)
        domain = read_domain(domain_text)
        for _ in range(times):
            try:
                changed: Domain = read_domain(mangle(domain_text, rng))
                read_problem(problem_text, changed)
                read_problem(mangle(problem_text, rng), domain)
            except InputError as error:
                refused += 1
                assert str(error)
    return refused


def test_only_our_errors_come_out_of_mangled_competition_files(data: Path) -> None:
    assert mangle_competition_texts(data, files=8, times=6) > 20


@pytest.mark.long
def test_only_our_errors_come_out_of_many_mangled_competition_files(data: Path) -> None:
    times = amount(150, 15)
    assert mangle_competition_texts(data, files=30, times=times) > 13 * times
