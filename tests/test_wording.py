"""How a domain is said in English."""

import pytest

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom
from goalsmith.domains.plans import Step
from goalsmith.domains.reader import read_domain
from goalsmith.domains.wording import Noun, default_wording, read_wording, template_parts
from goalsmith.domains.wording.draft import draft_wording

DOMAIN = read_domain("""(define (domain post-office)
  (:requirements :typing)
  (:types city Box delivery_van - object)
  (:predicates (at ?x - Box ?y - city) (On ?x ?y - Box) (linked ?c ?c - city)
    (can-drive ?v - delivery_van) (has-key ?x - Box ?v - delivery_van)
    (ready) (route ?v - delivery_van ?from ?to - city))
  (:action put-on :parameters (?x ?y - Box) :effect (On ?x ?y)))""")

WORDING = """
title = "Post office"
summary = "Vans bring boxes."
[types.box]
one = "parcel"
[predicates.on]
say = "{x} is on {y}"
goal = ["put {x}   on {y}", "stack {2} under {1}"]
read = ["{y} is under {x}"]
[predicates.linked]
say = "a road joins {1} and {2}"
deny = "no road joins {1} and {2}"
[actions.PUT-ON]
say = "put {X} on {Y}"
"""


def test_names_are_matched_without_regard_to_case_and_come_back_as_declared() -> None:
    wording = read_wording(WORDING, DOMAIN)
    assert wording.types["Box"] == Noun("parcel", "parcels")
    assert wording.predicates["On"].goal == ("put {x} on {y}", "stack {2} under {1}")
    assert wording.predicates["On"].read == ("{y} is under {x}",)
    assert wording.actions == {"put-on": "put {X} on {Y}"}


def test_atoms_their_negations_and_steps_are_said_with_their_objects() -> None:
    wording = read_wording(WORDING, DOMAIN)
    assert wording.atom(DOMAIN, Atom("On", ("a", "b"))) == "a is on b"
    assert wording.atom(DOMAIN, Atom("On", ("a", "b")), positive=False) == "a is not on b"
    assert wording.atom(DOMAIN, Atom("linked", ("rome", "bari"))) == "a road joins rome and bari"
    assert wording.atom(DOMAIN, Atom("linked", ("rome", "bari")), False).startswith("no road")
    assert wording.step(DOMAIN, Step("put-on", ("a", "b"))) == "put a on b"


def test_an_object_that_looks_like_a_placeholder_is_not_filled_in_again() -> None:
    wording = read_wording(WORDING, DOMAIN)
    assert wording.atom(DOMAIN, Atom("On", ("{y}", "b"))) == "{y} is on b"


@pytest.mark.parametrize(
    ("atom", "statement", "denial"),
    [
        (Atom("at", ("b", "rome")), "b is at rome", "b is not at rome"),
        (Atom("ready"), "ready holds", "it is not so that ready holds"),
        (Atom("linked", ("rome", "bari")), "rome is linked bari", "rome is not linked bari"),
        (Atom("can-drive", ("v",)), "v can drive", "v cannot drive"),
        (Atom("has-key", ("b", "v")), "b has key v", "b does not have key v"),
        (Atom("route", ("v", "p", "q")), "v is route p with q", "v is not route p with q"),
    ],
)
def test_what_is_left_out_gets_a_readable_default(atom: Atom, statement: str, denial: str) -> None:
    for wording in (default_wording(DOMAIN), read_wording("", DOMAIN)):
        assert wording.atom(DOMAIN, atom) == statement
        assert wording.atom(DOMAIN, atom, positive=False) == denial


def test_defaults_cover_types_goals_and_actions() -> None:
    wording = default_wording(DOMAIN)
    assert wording == read_wording("", DOMAIN)
    assert wording.title == "Post office"
    assert wording.types == {
        "object": Noun("object", "objects"),
        "city": Noun("city", "cities"),
        "Box": Noun("box", "boxes"),
        "delivery_van": Noun("delivery van", "delivery vans"),
    }
    assert wording.predicates["at"].goal == ("get {x} at {y}", "make {x} at {y}")
    assert wording.step(DOMAIN, Step("put-on", ("a", "b"))) == "put on a b"


def test_a_denial_is_made_from_the_statement_and_not_from_a_parameter_named_like_a_verb() -> None:
    domain = read_domain("(define (domain d) (:predicates (p ?is)))")
    wording = read_wording('[predicates.p]\nsay = "{is} has been seen"', domain)
    assert wording.predicates["p"].deny == "{is} has not been seen"
    wording = read_wording('[predicates.p]\nsay = "{is} glows"', domain)
    assert wording.predicates["p"].deny == "it is not so that {is} glows"


def test_a_draft_says_what_the_defaults_say_and_names_each_parameter_with_its_type() -> None:
    draft = draft_wording(DOMAIN)
    assert read_wording(draft, DOMAIN) == default_wording(DOMAIN)
    assert "[predicates.at]  # ?x - Box ?y - city\nsay = " in draft
    assert "[predicates.ready]  # no parameters\n" in draft
    assert "[actions.put-on]  # ?x - Box ?y - Box\nsay = " in draft


def test_a_draft_can_be_read_whatever_the_names() -> None:
    name = "x" * 600
    domain = read_domain(
        f"(define (domain d) (:requirements :typing) (:types {name} y)"
        f" (:predicates ({name} ?a) (p ?x - (either {name} y)))"
        f" (:action {name} :parameters (?a) :effect ({name} ?a)))"
    )
    draft = draft_wording(domain)
    assert f"# ?x - (either {name} y)" in draft
    assert f'# say = "{{a}} is {name}"' in draft
    assert read_wording(draft, domain) == default_wording(domain)


def test_no_goals_can_be_asked_for() -> None:
    assert read_wording("[predicates.at]\ngoal = []", DOMAIN).predicates["at"].goal == ()


def test_a_template_comes_apart_into_words_and_places() -> None:
    parameters = DOMAIN.predicate("at").parameters
    assert template_parts("bring {x} to {Y}!", parameters) == ("bring ", 0, " to ", 1, "!")
    assert template_parts("{2}{1}", parameters) == (1, 0)


def test_kinds_names_chains_and_objects_can_be_given() -> None:
    wording = read_wording(
        """
        [types.box]
        one = "box"
        names = ["b"]
        [predicates.ready]
        [predicates.CAN-drive]
        one = "driver"
        [predicates.on]
        chain = ["a pile of {x} on {y}"]
        [objects]
        B1 = ["the red box", "the big box"]
        """,
        DOMAIN,
    )
    assert wording.types["Box"] == Noun("box", "boxes", ("b",))
    assert wording.kinds == {"can-drive": Noun("driver", "drivers")}
    assert wording.predicates["On"].chain == ("a pile of {x} on {y}",)
    assert wording.objects == {"b1": ("the red box", "the big box")}


def test_wordings_are_values() -> None:
    first, second = read_wording(WORDING, DOMAIN), read_wording(WORDING, DOMAIN)
    assert first == second
    assert hash(first) == hash(second)
    assert first != default_wording(DOMAIN)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", r"w\.toml:1:9: this is not TOML"),
        ("[types.city]\none = 'a", r"w\.toml:2:\d+: this is not TOML"),
        ("x = " + "[" * 100_000, "nested too deeply"),
        ("#" * 1_000_001, "too long"),
        ("titel = 'x'", "titel: unknown key: did you mean `title`"),
        ("title = 3", "title: a text that is not empty is expected"),
        ("title = ' '", "title: a text that is not empty is expected"),
        ("summary = '" + "x" * 501 + "'", "summary: is longer than 500"),
        ("predicates = 1", "predicates: a table is expected"),
        ("[predicates]\non = 1", r"predicates\.on: a table is expected"),
        ("[predicates.onn]", r"predicates\.onn: the domain has no predicate `onn`.*`On`"),
        ("[predicates.on]\n[predicates.On]", "the predicate `On` occurs twice"),
        ("[actions.puton]", r"the domain has no action `puton`: did you mean `put-on`"),
        ("[types.boxx]", r"the domain has no type `boxx`: did you mean `Box`"),
        ("[predicates.on]\nsya = 'x'", r"predicates\.on\.sya: unknown key: did you mean `say`"),
        ("[predicates.on]\nsay = '{x} on {z}'", r"predicates\.on\.say: unknown placeholder \{z}"),
        ("[predicates.on]\nsay = '{x} on {3}'", r"unknown placeholder \{3}"),
        ("[predicates.on]\nsay = '{x} on {0}'", r"unknown placeholder \{0}"),
        ("[predicates.on]\nsay = '{x} on {y'", "the braces in .* do not pair"),
        ("[predicates.on]\nsay = '{x} on it'", r"does not name the parameter \{y}"),
        ("[predicates.on]\ngoal = ['{x} {x} {y}']", r"goal: .* more than once the parameter \{x}"),
        ("[predicates.on]\nread = 'x'", r"predicates\.on\.read: a list of texts is expected"),
        ("[predicates.on]\ngoal = [3]", "a text that is not empty is expected"),
        ("[predicates.on]\none = 'x'", r"predicates\.on\.one: only a predicate with one place"),
        ("[predicates.can-drive]\nchain = ['go {v}']", "only a predicate with two places"),
        ("[predicates.on]\nchain = ['put {x} {y}']", "needs words before and between"),
        ("[predicates.on]\nchain = ['{x} on {y}']", "needs words before and between"),
        ("[types.box]\nnames = 'b'", r"types\.box\.names: a list of texts is expected"),
        ("objects = 3", "objects: a table is expected"),
        ("[objects]\na = 'the red box'", r"objects\.a: a list of texts is expected"),
        ("[predicates.linked]\nsay = '{c} to {c}'", r"several parameters are called \{c}"),
        ("[actions.put-on]\nsay = 'put {q}'", r"actions\.put-on\.say: unknown placeholder \{q}"),
    ],
)
def test_a_fault_is_reported_with_its_place(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_wording(text, DOMAIN, "w.toml")
    assert str(caught.value).startswith("w.toml")
