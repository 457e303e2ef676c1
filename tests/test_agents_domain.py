"""Functions with preconditions and effects become a PDDL domain, or an error that says where."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Any, Literal, NewType

import pytest
from typer.testing import CliRunner

from goalsmith.agents import Toolkit, from_schema
from goalsmith.cli import app
from goalsmith.domains.checks import check_domain
from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.formula import Atom, Parameter
from goalsmith.domains.plans import Step
from goalsmith.domains.reader import read_domain


class Room(str):
    pass


class Thing(str):
    pass


class MugOfTea(Thing):
    pass


class OldKey(Thing):
    pass


class Light(Enum):
    LAMP = "lamp"
    SUN = 7


Shelf = NewType("Shelf", str)
TopShelf = NewType("TopShelf", Shelf)


def types_of(kit: Toolkit) -> dict[str, tuple[str, ...]]:
    return {t.name: t.parents for t in kit.domain.types}


def place_of(predicate: str, kit: Toolkit) -> list[tuple[str, ...]]:
    return [p.types for p in kit.domain.predicate(predicate).parameters]


def test_a_function_becomes_an_action_with_the_types_of_its_parameters() -> None:
    kit = Toolkit("office")

    @kit.action(precondition="(at ?from)", effect="(and (not (at ?from)) (at ?to_room))")
    def go_to(from_: Room, to_room: Room, speed: float = 1.0) -> None:
        """Go from {from_} to {to_room}."""

    action = kit.domain.action("go-to")
    assert action.parameters == (Parameter("?from", ("room",)), Parameter("?to_room", ("room",)))
    assert place_of("at", kit) == [("room",)]
    assert kit.wording.step(kit.domain, Step("go-to", ("hall", "lab"))) == "go from hall to lab"
    assert go_to(Room("a"), Room("b")) is None  # the function is what it was


def test_classes_newtypes_enums_and_literals_are_types() -> None:
    kit = Toolkit("store")

    @kit.action(precondition="(lit ?by)", effect="(and (on ?mug ?shelf) (tidy ?how sun))")
    def put(mug: MugOfTea, shelf: TopShelf, by: Light, how: Literal["fast", "slowly"]) -> None:
        pass

    assert types_of(kit) == {
        "thing": ("object",),
        "mug-of-tea": ("thing",),
        "shelf": ("object",),
        "top-shelf": ("shelf",),
        "light": ("object",),
        "how": ("object",),
    }
    # Only what a text names is a constant; the other members are objects of the problem.
    assert [(c.name, c.types) for c in kit.domain.constants] == [("sun", ("light",))]


def test_a_place_takes_the_nearest_type_that_all_its_uses_share() -> None:
    kit = Toolkit("kitchen")

    @kit.action(precondition="(clean ?mug)", effect="(held ?mug)")
    def take(mug: MugOfTea) -> None:
        pass

    @kit.action(effect="(held ?key)")
    def grab(key: OldKey) -> None:
        pass

    @kit.action(precondition="(clean ?thing)", effect="(not (clean ?thing))")
    def use(thing: Thing) -> None:
        pass

    assert place_of("held", kit) == [("thing",)]  # of two kinds of things
    assert place_of("clean", kit) == [("thing",)]  # the wider of two


def test_unions_and_plain_texts_are_understood() -> None:
    kit = Toolkit("mixed")

    @kit.action(effect="(and (seen ?what) (named ?any))")
    def see(what: Room | MugOfTea, any: str) -> None:  # noqa: A002
        pass

    assert place_of("seen", kit) == [("room", "mug-of-tea")]
    assert place_of("named", kit) == [("object",)]


def test_quantifiers_conditional_effects_and_numbers_are_read() -> None:
    kit = Toolkit("numbers")

    @kit.action(
        precondition="""(and (forall (?k - old-key) (imply (fits ?k ?room) (kept ?k)))
                             (exists (?s - shelf) (in ?s ?room)) (>= (fuel ?room) 2))""",
        effect="(and (when (wet ?room) (dry ?room)) (forall (?k - old-key) (not (kept ?k))))",
        cost="(+ (way ?room) 1)",
    )
    def visit(room: Room, key: OldKey, shelf: Shelf) -> None:
        pass

    with pytest.raises(InputError, match="does not use its parameter"):
        _ = kit.domain

    kit = Toolkit("numbers")

    @kit.action(
        precondition="(and (forall (?k - old-key) (imply (fits ?k ?room) (kept ?k))) (own ?key))",
        effect="(and (when (wet ?room) (dry ?room)) (forall (?k - old-key) (not (kept ?k))))",
        cost="(+ (way ?room) 1)",
    )
    def enter(room: Room, key: OldKey) -> None:
        pass

    assert place_of("fits", kit) == [("old-key",), ("room",)]
    assert {f.name for f in kit.domain.functions} == {"way", "total-cost"}


def test_a_domain_made_so_passes_the_check_command(tmp_path: Path) -> None:
    kit = Toolkit("lamps")

    @kit.action(precondition="(broken ?lamp)", effect="(not (broken ?lamp))", cost=2.5)
    def repair(lamp: Thing) -> None:
        """Repair {lamp}."""

    @kit.action(precondition="(not (broken ?lamp))", effect="(broken ?lamp)")
    def drop(lamp: Thing) -> None:
        """Drop {lamp}."""

    file = tmp_path / "domain.pddl"
    file.write_text(kit.domain_pddl, encoding="utf-8")
    done = CliRunner().invoke(app, ["check", str(file), "--strict"])
    assert (done.exit_code, done.stdout.strip()) == (0, "nothing found")
    assert check_domain(kit.domain_pddl) == ()
    assert read_domain(kit.domain_pddl) == kit.domain
    assert "(increase (total-cost) 2.5)" in kit.domain_pddl
    assert "(increase (total-cost) 1)" in kit.domain_pddl


def test_a_declared_predicate_has_the_wording_of_its_docstring() -> None:
    kit = Toolkit("wording")

    @kit.predicate(goal=["send {who} to {room}"], deny="{who} is out of {room}")
    def at(who: Thing, room: Room) -> None:
        """{who} is in {room}."""

    @kit.action(precondition="(at ?x ?from)", effect="(and (not (at ?x ?from)) (at ?x ?to))")
    def move(x: Thing, from_: Room, to: Room) -> None:
        pass

    atom = Atom("at", ("cat", "hall"))
    assert kit.wording.atom(kit.domain, atom) == "cat is in hall"
    assert kit.wording.atom(kit.domain, atom, positive=False) == "cat is out of hall"
    assert kit.wording.predicates["at"].goal == ("send {who} to {room}",)
    assert kit.wording.step(kit.domain, Step("move", ("cat", "a", "b"))) == "move cat a b"


# What is wrong, and where


def line_of(text: str) -> int:
    """The line of this file on which a text stands for the first time."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_a_syntax_error_points_into_the_decorator() -> None:
    kit = Toolkit("wrong")
    with pytest.raises(PddlError) as raised:

        @kit.action(precondition="(and (tidied ?r) (unclosed ?r)", effect="(tidied ?r)")
        def tidy(r: Room) -> None:
            pass

    (finding,) = raised.value.diagnostics
    assert finding.source.endswith("test_agents_domain.py")
    assert finding.position is not None
    assert finding.position.line == line_of("(unclosed " + "?r)")
    assert "`)` is missing" in finding.message
    assert "unclosed" in finding.snippet


def test_an_unknown_variable_points_to_its_column() -> None:
    kit = Toolkit("wrong")

    @kit.action(precondition="(ready ?room)", effect="(not (ready ?rome))")
    def close(room: Room) -> None:
        pass

    with pytest.raises(PddlError) as raised:
        _ = kit.domain
    (finding,) = raised.value.diagnostics
    assert finding.code == "unknown-variable"
    assert finding.position is not None
    assert finding.position.line == line_of('effect="(not (ready ' + '?rome))"')
    assert finding.snippet[finding.position.column - 1 :].startswith("?rome")
    assert "did you mean `?room`?" in finding.suggestion


def test_a_text_that_is_put_together_is_shown_by_itself() -> None:
    kit = Toolkit("wrong")
    with pytest.raises(PddlError) as raised:
        kit.action(effect="(a" + ")) ")(lambda: None)
    (finding,) = raised.value.diagnostics
    assert "effect of `<lambda>`" in finding.source
    assert finding.snippet.strip() == "(a))"


def test_a_text_cannot_smuggle_in_another_part() -> None:
    kit = Toolkit("wrong")
    with pytest.raises(PddlError, match="not one precondition"):
        kit.action(precondition="(a) :effect (b)", effect="(c)")(lambda: None)


def test_predicates_that_are_used_in_two_ways_name_both_functions() -> None:
    kit = Toolkit("conflict")

    @kit.action(effect="(open ?room)")
    def enter(room: Room) -> None:
        pass

    @kit.action(effect="(open ?shelf)")
    def stack(shelf: Shelf) -> None:
        pass

    with pytest.raises(InputError) as raised:
        _ = kit.domain
    message = str(raised.value)
    assert "the first place of `open` is room in `enter`" in message
    assert "shelf in `stack`" in message
    assert f"test_agents_domain.py:{line_of('effect=' + chr(34) + '(open ?shelf)')}" in message


def test_a_predicate_has_one_number_of_places() -> None:
    kit = Toolkit("conflict")
    kit.action(precondition="(done a)", effect="(done)", name="first")(lambda: None)
    with pytest.raises(InputError, match=r"`done` has 1 place in .* and 0 places in"):
        _ = kit.domain


def test_a_name_is_a_predicate_or_a_number_and_not_both() -> None:
    kit = Toolkit("conflict")
    kit.action(precondition="(> (load) 1)", effect="(load)", name="first")(lambda: None)
    with pytest.raises(InputError, match=r"`load` is a number in .* and a predicate in"):
        _ = kit.domain


def test_without_inference_a_misspelled_predicate_is_an_error() -> None:
    kit = Toolkit("strict", infer=False)

    @kit.predicate
    def shining(lamp: Thing) -> None:
        pass

    @kit.action(precondition="(not (shinning ?lamp))", effect="(shining ?lamp)")
    def switch_on(lamp: Thing) -> None:
        pass

    with pytest.raises(InputError, match=r"`shinning` is not declared: did you mean `shining`"):
        _ = kit.domain


def test_a_predicate_that_is_written_as_its_function_is_told_its_name() -> None:
    kit = Toolkit("spelling")

    @kit.predicate
    def in_place(thing: Thing) -> bool:
        return True

    @kit.action(effect="(in_place ?thing)")
    def put(thing: Thing) -> None:
        pass

    with pytest.raises(InputError, match=r"`put` .*: `in_place` is `in-place` in PDDL"):
        _ = kit.domain


def test_what_the_check_would_warn_of_is_an_error_that_names_the_function() -> None:
    kit = Toolkit("idle")

    @kit.action(precondition="(on ?lamp)", effect="(on ?lamp)")
    def keep(lamp: Thing) -> None:
        pass

    with pytest.raises(InputError, match=r"idle[\s\S]*declared by `keep`"):
        _ = kit.domain


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        (int, "`int` is no kind of things"),
        (list[str], "is no kind of things"),
        (Literal[1, 2], "must be texts"),
        (Literal["two words"], "`two words` is no PDDL name"),
        (Any, "is no kind of things"),
        (Room | None, "give what may be left out a default"),
    ],
)
def test_a_type_that_is_no_kind_of_things_is_refused(hint: object, said: str) -> None:
    def act(thing: Any) -> None:
        pass

    act.__annotations__["thing"] = hint
    with pytest.raises(InputError, match=said):
        Toolkit("types").action(effect="(a ?thing)")(act)


def test_types_and_actions_have_one_meaning_each() -> None:
    def made() -> type:
        class Room(str):
            pass

        return Room

    def other(room: Any) -> None:
        pass

    other.__annotations__["room"] = made()
    kit = Toolkit("twice")

    @kit.action(effect="(a ?room)")
    def one(room: Room) -> None:
        pass

    with pytest.raises(InputError, match="another type is called `Room`"):
        kit.action(effect="(a ?room)")(other)
    with pytest.raises(InputError, match=r"the action `one` is declared by `one` .* and by `two`"):

        @kit.action(effect="(a ?room)", name="one")
        def two(room: Room) -> None:
            pass


def test_a_cell_of_a_notebook_may_be_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    kit = Toolkit("cells")
    for effect in ("(seen ?lamp)", "(and (seen ?lamp) (lit ?lamp))"):
        cell: dict[str, Any] = {"__name__": "__main__", "kit": kit}
        exec(  # noqa: S102 - a cell of ours
            f"class Lamp(str): pass\n@kit.action(effect='{effect}')\ndef look(lamp: Lamp): pass\n",
            cell,
        )
    assert {p.name for p in kit.domain.predicates} == {"seen", "lit"}
    assert [kind.hint for kind in kit.kinds] == [cell["Lamp"]]


def test_a_parameter_needs_a_type_and_a_name() -> None:
    kit = Toolkit("untyped")
    with pytest.raises(InputError, match="parameter `x`: it has no type"):
        kit.action(effect="(a ?x)", name="a")(lambda x: None)

    def several(*rooms: Room) -> None:
        pass

    with pytest.raises(InputError, match="cannot be passed by its name"):
        kit.action(effect="(a)")(several)

    class Owner:
        def act(self, room: Room) -> None:
            pass

    with pytest.raises(InputError, match="decorate the bound method"):
        kit.action(effect="(a ?room)")(Owner.act)
    kit.action(effect="(a ?room)")(Owner().act)
    assert kit.domain.action("act").parameters == (Parameter("?room", ("room",)),)


def test_placeholders_that_are_no_parameters_are_told() -> None:
    kit = Toolkit("words")

    @kit.action(effect="(a ?room)")
    def paint(room: Room) -> None:
        """Paint {rom}."""

    with pytest.raises(InputError, match=r"`paint` .*unknown placeholder {rom}: did you mean"):
        _ = kit.domain


def test_words_of_pddl_are_no_names() -> None:
    with pytest.raises(InputError, match=r"`when` is a word of PDDL.*`name=` gives it another"):
        Toolkit("words").action(effect="(a)", name="when")(lambda: None)
    with pytest.raises(InputError, match="is no PDDL name"):
        Toolkit("my office")
    with pytest.raises(InputError, match="no actions"):
        _ = Toolkit("empty").domain


def test_constants_are_of_one_type_and_have_one_name() -> None:
    kit = Toolkit("constants")
    kit.constants(Room, "hall")
    with pytest.raises(InputError, match="of one type, not of room and thing"):
        kit.constants(Room | Thing, "lab")
    with pytest.raises(InputError, match="`hall` is of another type"):
        kit.constants(Thing, "hall")


def test_costs_are_numbers_from_zero() -> None:
    for cost in (-1, float("nan")):
        with pytest.raises(InputError, match="a cost is a number from 0"):
            Toolkit("costs").action(effect="(a)", cost=cost, name="a")(lambda: None)


# Schemas

SCHEMA = {
    "type": "function",
    "function": {
        "name": "send_mail",
        "description": "Send {document} to {person}.",
        "parameters": {
            "type": "object",
            "properties": {
                "document": {"type": "string"},
                "person": {"type": "string"},
                "way": {"type": "string", "enum": ["mail", "fax"]},
                "copies": {"type": "integer"},
            },
            "required": ["document", "person", "way"],
        },
    },
}


def test_a_function_schema_with_conditions_becomes_an_action() -> None:
    sent: list[dict[str, Any]] = []
    kit = Toolkit("mail")
    declare = kit.action(precondition="(ready ?document)", effect="(sent ?document ?person ?way)")
    declare(from_schema(SCHEMA, lambda **given: sent.append(given), {"document": Thing}))
    action = kit.domain.action("send-mail")
    assert [p.types for p in action.parameters] == [("thing",), ("object",), ("way",)]
    words = kit.wording.step(kit.domain, Step("send-mail", ("report", "anna", "fax")))
    assert words == "send report to anna"
    kit.declared_actions["send-mail"].function(document="d", person="p", way="fax")
    assert sent == [{"document": "d", "person": "p", "way": "fax"}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"properties": {"n": {"type": "integer"}}, "required": ["n"]}, "objects are texts"),
        ({"properties": {"n": {"enum": [1]}}, "required": ["n"]}, "a list of texts"),
        ({"properties": {"to-do": {}}, "required": ["to-do"]}, "cannot be the name"),
        ({"properties": []}, "an object with `properties`"),
    ],
)
def test_a_schema_of_what_is_no_thing_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        from_schema({"name": "act", "parameters": change}, print)


def test_a_type_for_a_property_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="`rooom`, whose type is given"):
        from_schema(SCHEMA, print, {"rooom": Room})
