"""An agent of plain functions understands a goal, plans, acts, and plans anew."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from mcp.server.mcpserver.tools import Tool

from goalsmith.agents import Account, Agent, Proposal, Toolkit
from goalsmith.domains.errors import InputError, PddlError, TranslationError, WorldError
from goalsmith.domains.formula import Atom
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.wording import read_wording
from goalsmith.execute import Attempt, Entry
from goalsmith.execute.store import open_store
from goalsmith.translate.models.scripted import ScriptedModel


class Room(str):
    pass


class Person(str):
    pass


class Guest(Person):
    pass


class Office:
    """A world of people who walk to the lobby and fetch badges there, and what goes wrong in it."""

    def __init__(self) -> None:
        self.where = {"anna": "hall", "bob": "lab"}
        self.badges: set[str] = set()
        self.given: list[object] = []
        self.trouble: list[Callable[[], object]] = []
        self.kit = Toolkit("office")
        self.kit.constants(Room, "lobby")
        self.kit.predicate(self.at)
        self.kit.predicate(goal=["give {person} a badge"])(self.has_badge)
        self.kit.action(
            precondition="(at ?who ?from)", effect="(and (not (at ?who ?from)) (at ?who ?to))"
        )(self.walk)
        self.kit.action(precondition="(at ?who lobby)", effect="(has-badge ?who)")(self.register)

    def at(self, person: Person, room: Room) -> bool:
        """{person} is in {room}."""
        return self.where[person] == room

    def has_badge(self, person: Person) -> bool:
        """{person} has a badge."""
        return person in self.badges

    def walk(self, who: Person, from_: Room, to: Room) -> None:
        """{who} walks from {from_} to {to}."""
        self.given += [who, to]
        self.where[who] = to

    def register(self, who: Person, attempt: Attempt) -> dict[str, int]:
        """{who} fetches a badge."""
        if self.trouble:
            self.trouble.pop(0)()
        self.badges.add(who)
        return {"number": attempt.number}

    def agent(self, **options: Any) -> Agent:
        objects = {Guest: ["anna"], Person: ["bob"], Room: ["hall", "lab"]}
        return self.kit.agent(objects, **{"offline": True, **options})


def raised(error: Exception) -> Callable[[], None]:
    def go_wrong() -> None:
        raise error

    return go_wrong


def test_a_goal_in_english_is_said_back_planned_and_reached() -> None:
    office = Office()
    account = office.agent().achieve("every guest has a badge")
    assert account.reached
    assert account.proposal.said == "anna has a badge"
    assert account.done == (
        "anna walks from hall to lobby",
        "anna fetches a badge ({'number': 1})",
    )
    assert (account.wrong, account.unmet) == ((), ())
    assert office.where == {"anna": "lobby", "bob": "lab"}


def test_planning_alone_does_nothing() -> None:
    office = Office()
    proposal = office.agent().plan("(has-badge bob)")
    assert proposal.goal_pddl == "(has-badge bob)"
    assert proposal.steps == ("bob walks from lab to lobby", "bob fetches a badge")
    assert office.where["bob"] == "lab"
    assert "1. bob walks from lab to lobby" in str(proposal)


def test_functions_are_given_values_of_their_own_types() -> None:
    office = Office()
    office.agent().achieve("(at bob hall)")
    who, to = office.given
    assert (type(who), type(to)) == (Person, Room)


def test_an_exception_is_a_failed_step_and_the_run_plans_anew() -> None:
    office = Office()
    office.trouble = [raised(RuntimeError("no badges left")), raised(OSError("still none"))]
    account = office.agent().achieve("(has-badge anna)")
    assert account.reached
    assert account.wrong == (
        "anna fetches a badge: RuntimeError: no badges left",
        "anna fetches a badge: OSError: still none",
    )
    assert account.done[-1] == "anna fetches a badge ({'number': 3})"


def test_what_the_world_does_by_itself_is_noticed() -> None:
    office = Office()
    office.trouble = [lambda: office.where.update(anna="lab"), lambda: None]
    account = office.agent().achieve("(and (has-badge anna) (at anna lobby))")
    assert account.reached
    assert account.run is not None
    assert account.run.replans == 1
    assert account.wrong == (
        "anna fetches a badge ({'number': 1}): afterwards anna is not in lobby; anna is in lab",
    )


def test_a_goal_without_a_plan_is_no_run() -> None:
    kit = Toolkit("stuck")

    @kit.action(precondition="(and (lit ?room) (magic ?room))", effect="(seen ?room)")
    def look(room: Room) -> None:
        """Look at {room}."""

    agent = kit.agent({Room: ["hall"]}, sense=lambda: ["(lit hall)"], offline=True)
    account = agent.achieve("hall is seen")
    assert account.outcome is Outcome.UNSOLVABLE
    assert account.run is None
    assert "hall" in account.reason
    assert str(account).startswith("Goal: hall is seen\nOutcome: unsolvable")


def test_what_does_not_hold_in_the_end_is_told() -> None:
    office = Office()
    office.trouble = [raised(RuntimeError("closed"))] * 9
    account = office.agent().achieve("(and (at anna lobby) (has-badge anna))", max_replans=0)
    assert account.outcome is Outcome.ENDED_SHORT
    assert account.unmet == ("anna has a badge",)
    assert "Not so in the end:\n  - anna has a badge" in str(account)


def test_a_proposal_is_carried_out_in_a_world_that_has_changed() -> None:
    office = Office()
    agent = office.agent()
    proposal = agent.plan("(has-badge anna)")
    office.where["anna"] = "lab"
    account = agent.achieve(proposal)
    assert account.reached
    assert account.done[0] == "anna walks from lab to lobby"
    with pytest.raises(InputError, match="of another agent"):
        Office().kit.agent({Person: ["anna", "bob"]}).achieve(proposal)


# Who says what is true


def test_sense_says_what_no_function_does() -> None:
    kit = Toolkit("lamps")
    broken = {"lamp"}

    class Lamp(str):
        pass

    @kit.predicate
    def works(lamp: Lamp) -> bool:
        """{lamp} works."""
        return lamp not in broken

    @kit.action(
        precondition="(and (in ?lamp ?room) (not (works ?lamp)))",
        effect="(and (works ?lamp) (bright ?room))",
    )
    def repair(lamp: Lamp, room: Room) -> None:
        """Repair {lamp}."""
        broken.remove(lamp)

    def sense() -> dict[str, object]:
        bright = [] if broken else ["(bright hall)"]
        return {"true": bright, "complete": False}

    agent = kit.agent(
        {Lamp: ["lamp"], Room: ["hall"]}, facts=["(in lamp hall)"], sense=sense, offline=True
    )
    assert agent.state().atoms == {Atom("in", ("lamp", "hall"))}
    assert agent.achieve("hall is bright").done == ("repair lamp",)
    assert Atom("bright", ("hall",)) in agent.state().atoms


def test_a_predicate_of_which_nobody_says_what_holds_is_an_error() -> None:
    kit = Toolkit("blind")
    kit.action(effect="(done)", name="act")(lambda: None)
    with pytest.raises(InputError, match="nothing says of what `done` holds"):
        kit.agent()


def test_a_function_that_fails_to_see_is_told_as_such() -> None:
    office = Office()
    agent = office.agent()
    office.where.clear()
    with pytest.raises(WorldError, match="the world cannot be observed: KeyError"):
        agent.plan("(has-badge anna)")


def test_a_predicates_function_says_true_or_false() -> None:
    kit = Toolkit("maybe")

    @kit.predicate
    def done() -> bool:
        return 1  # type: ignore[return-value]

    kit.action(effect="(done)", name="act")(lambda: None)
    with pytest.raises(InputError, match=r"`done` .*should say True or False .* a int"):
        kit.agent().state()


def test_members_of_an_enumeration_are_objects_and_arrive_as_members() -> None:
    class Color(Enum):
        RED = "red"
        BLUE = 2

    kit = Toolkit("paint")
    wall: list[Color] = []

    @kit.predicate
    def painted(color: Color) -> bool:
        """The wall is {color}."""
        return wall[-1:] == [color]

    @kit.action(effect="(and (painted ?new) (forall (?c - color) (not (painted ?c))))")
    def paint(new: Color) -> None:
        """Paint the wall {new}."""
        wall.append(new)

    account = kit.agent(offline=True).achieve("the wall is blue")
    assert account.reached, str(account)
    assert wall == [Color.BLUE]


def test_objects_may_be_mapped_to_values_and_asked_for_anew() -> None:
    kit = Toolkit("files")
    files = {"notes": Path("notes.txt")}
    read: list[object] = []

    class File:
        pass

    @kit.predicate
    def was_read(file: File) -> bool:
        """{file} was read."""
        return file in read

    @kit.action(effect="(was-read ?file)")
    def read_file(file: File) -> None:
        """Read {file}."""
        read.append(file)

    agent = kit.agent(lambda: {File: files}, offline=True)
    files["letter"] = Path("letter.txt")
    assert agent.achieve("letter was read").reached
    assert read == [Path("letter.txt")]


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        ({Room: ["hall", "Hall"]}, "`Hall` occurs twice"),
        ({Room: ["the hall"]}, "`the hall` is no PDDL name.* a mapping from names to values"),
        ({Room: "hall"}, "a list of names is expected"),
        ({int: ["one"]}, "`int` is no kind of things"),
        ({Room: [3]}, "a name is a text"),
        ({Person: ["lobby"]}, "`lobby` occurs twice"),
    ],
)
def test_objects_that_are_wrong_are_told_at_once(objects: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Office().kit.agent(objects)


def test_facts_and_goals_that_are_wrong_are_told_with_what_was_meant() -> None:
    office = Office()
    with pytest.raises(PddlError, match="did you mean `hall`"):
        office.agent(facts=["(at anna hal)"])
    with pytest.raises(PddlError, match="did you mean `has-badge`"):
        office.agent().plan("(has-badges anna)")
    with pytest.raises(TranslationError, match="`fool` was not understood"):
        office.agent().plan("bob is a fool")


# Slow, async, cancelled


def test_async_functions_are_awaited() -> None:
    kit = Toolkit("bells")
    rung: list[str] = []

    class Bell(str):
        pass

    @kit.action(effect="(rung ?bell)")
    async def ring(bell: Bell) -> str:
        """Ring {bell}."""
        await asyncio.sleep(0)
        rung.append(bell)
        return f"{bell} in {threading.current_thread().name}"

    async def sense() -> list[str]:
        await asyncio.sleep(0)
        return [f"(rung {bell})" for bell in rung]

    agent = kit.agent({Bell: ["big", "small"]}, sense=sense, offline=True)
    account = agent.achieve("every bell is rung")
    assert account.reached
    assert sorted(account.done) == [
        "ring big (big in environment)",
        "ring small (small in environment)",
    ]


def test_a_function_that_takes_too_long_is_a_failed_step() -> None:
    kit = Toolkit("slow")
    over = threading.Event()
    done: list[int] = []

    @kit.predicate
    def finished() -> bool:
        """The work is finished."""
        return bool(done)

    @kit.action(effect="(finished)", timeout=0.05)
    def work() -> None:
        """Do the work."""
        over.wait(30)

    try:
        account = kit.agent(offline=True).achieve("(finished)", max_replans=0)
    finally:
        over.set()
    (wrong,) = account.wrong
    assert wrong.startswith("do the work: not over after 0.05 s")
    assert account.outcome is Outcome.ENDED_SHORT


def test_a_run_is_stopped_before_its_next_step() -> None:
    office = Office()
    cancel = threading.Event()
    office.trouble = [cancel.set]
    account = office.agent().achieve("(and (has-badge anna) (has-badge bob))", cancel=cancel)
    assert account.outcome is Outcome.INTERRUPTED
    assert len(office.badges) == 1


# Approval and stores


def test_a_plan_is_only_carried_out_with_approval() -> None:
    office = Office()
    asked: list[Proposal] = []

    def refuse(proposal: Proposal) -> str:
        asked.append(proposal)
        return "not on a Sunday"

    account = office.agent().achieve("(has-badge anna)", approve=refuse)
    assert account.outcome is Outcome.REJECTED
    assert "not on a Sunday" in account.reason
    assert asked[0].steps == ("anna walks from hall to lobby", "anna fetches a badge")
    assert not office.badges


@pytest.mark.parametrize("kept", [False, True])
def test_later_plans_are_shown_too_where_that_is_wanted(kept: bool, tmp_path: Path) -> None:
    office = Office()
    office.trouble = [lambda: office.where.update(anna="lab")]
    asked: list[tuple[str, ...]] = []

    def approve(proposal: Proposal) -> bool:
        asked.append(proposal.steps)
        return True

    account = office.agent().achieve(
        "(and (has-badge anna) (at anna lobby))",
        approve=approve,
        review="revisions",
        store=f"sqlite:///{tmp_path / 'runs.sqlite'}" if kept else None,
    )
    assert account.reached
    assert asked[1:] == [("anna walks from lab to lobby",)]


class Crash(Exception):  # noqa: N818 - what a process that is killed does not raise
    pass


def test_a_run_that_was_killed_goes_on_from_its_store(tmp_path: Path) -> None:
    office = Office()
    steps: list[str] = []

    def crash(entry: Entry) -> None:
        if entry.event.kind == "state-matched":
            raise Crash

    with open_store(f"sqlite:///{tmp_path / 'runs.sqlite'}") as store:
        with pytest.raises(Crash):
            office.agent().achieve("(has-badge anna)", store=store, on_event=crash)
        (row,) = store.runs()
        account = office.agent().resume(
            row.id[:6], store, on_event=lambda entry: steps.append(entry.event.kind)
        )
        with pytest.raises(InputError, match="has ended"):
            office.agent().resume(row.id, store)
        other = Toolkit("other")
        other.action(effect="(done)", name="act")(lambda: None)
        with pytest.raises(InputError, match="of another domain"):
            other.agent(sense=list).resume(row.id, store)
    assert account.reached
    assert account.run_id == row.id
    assert account.done == (
        "anna walks from hall to lobby",
        "anna fetches a badge ({'number': 1})",
    )
    assert steps.count("step-begun") == 1


def test_a_plan_that_waits_in_a_store_is_asked_about_again(tmp_path: Path) -> None:
    office = Office()
    store = str(tmp_path / "runs.sqlite")

    def crash(_: Proposal) -> bool:
        raise Crash

    with pytest.raises(Crash):
        office.agent().achieve("(has-badge anna)", store=store, name="badges", approve=crash)
    assert not office.badges
    asked: list[tuple[str, ...]] = []

    def approve(proposal: Proposal) -> bool:
        asked.append(proposal.steps)
        return True

    account = office.agent().resume("badges", store, approve=approve)
    assert account.reached
    assert asked == [("anna walks from hall to lobby", "anna fetches a badge")]


def test_a_run_in_a_store_is_left_and_not_ended_by_cancelling(tmp_path: Path) -> None:
    office = Office()
    store = str(tmp_path / "runs.sqlite")
    cancel = threading.Event()
    office.trouble = [cancel.set]
    goal = "(and (has-badge anna) (has-badge bob))"
    left = office.agent().achieve(goal, store=store, cancel=cancel)
    assert left.outcome is Outcome.INTERRUPTED
    assert len(office.badges) == 1
    account = office.agent().resume(left.run_id, store)
    assert account.reached
    assert len(account.done) == 4


def test_a_run_that_is_kept_keeps_its_wording(tmp_path: Path) -> None:
    office = Office()
    file = str(tmp_path / "runs.sqlite")
    account = office.agent().achieve("(has-badge anna)", store=file, name="badges")
    with open_store(f"sqlite:///{file}") as store:
        assert store.run("badges").id == account.run_id
        text = store.given(account.run_id).settings["wording"]
    assert isinstance(text, str)
    wording = read_wording(text, office.kit.domain)
    assert wording.predicates == office.kit.wording.predicates
    assert wording.actions == office.kit.wording.actions


# Models, and the agent as a tool


def test_a_model_translates_goals_if_there_is_one() -> None:
    model = ScriptedModel(["(has-badge bob)"])
    proposal = Office().agent(model=model, offline=False).plan("please see to Bob's badge")
    assert proposal.goal_pddl == "(has-badge bob)"
    assert proposal.said == "bob has a badge"


def test_the_agent_is_one_tool_of_another_agent() -> None:
    office = Office()
    tool = office.agent().as_tool(about="Sees to badges.")
    function: Any = tool.schema["function"]
    assert tool.schema["type"] == "function"
    assert function["name"] == "office"
    assert function["parameters"]["required"] == ["goal"]
    assert function["description"].startswith("Sees to badges.")
    for said in ("- {person} has a badge", "- {who} fetches a badge", "- guests: anna"):
        assert said in function["description"]
    json.dumps(tool.schema)
    text = tool.answer(json.dumps({"goal": "anna has a badge"}))
    assert "Outcome: reached" in text
    assert "2. anna fetches a badge" in text
    assert office.badges == {"anna"}


def test_a_tool_is_a_plain_function_for_frameworks_that_want_one() -> None:
    office = Office()
    tool = office.agent().as_tool()
    function = tool.as_function()
    made = Tool.from_function(function)  # such a framework: it reads the signature
    assert (made.name, made.description) == ("office", tool.description)
    assert made.parameters["required"] == ["goal"]
    assert made.parameters["properties"]["goal"]["type"] == "string"
    assert "Outcome: reached" in function("anna has a badge")
    assert "Outcome: reached" in tool.answer({"goal": "bob has a badge"})
    assert office.badges == {"anna", "bob"}


def test_a_tool_gives_a_function_up_that_fails_again_and_again() -> None:
    office = Office()
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        office.trouble.append(fail)
        raise RuntimeError("no badges left")

    office.trouble.append(fail)
    text = office.agent().as_tool(max_replans=4)("anna has a badge")
    assert "Outcome: ended-short" in text
    assert text.count("no badges left (5 times)") == 1
    assert text.count("\n  - ") == 2  # that, and what does not hold in the end
    assert len(calls) == 5
    with pytest.raises(ValueError, match="sometimes"):
        office.agent().as_tool(policy="sometimes")


def test_a_misspelled_predicate_is_among_the_reasons_why_there_is_no_plan() -> None:
    kit = Toolkit("lamps")

    @kit.action(precondition="(pluged)", effect="(lit)")
    def light() -> None:
        """Light the lamp."""

    @kit.action(effect="(plugged)")
    def plug() -> None:
        """Plug the lamp in."""

    account = kit.agent(sense=list, offline=True).achieve("(lit)")
    assert account.outcome is Outcome.UNSOLVABLE
    assert "nothing is ever `pluged`" in account.reason
    assert "did you mean `plugged`?" in account.reason


def test_objects_that_cannot_be_listed_are_a_failure_of_the_world() -> None:
    kit = Office().kit
    answers: list[Any] = [{Person: ["bob"], Room: ["hall"]}] * 3

    def objects() -> Any:
        return answers.pop() if answers else {}[0]

    agent = kit.agent(objects, offline=True)
    answers.clear()
    with pytest.raises(WorldError, match="the objects cannot be listed: KeyError: 0"):
        agent.plan("bob has a badge")


def test_what_a_function_said_is_told_where_its_effect_is_missing() -> None:
    kit = Toolkit("forgetful")

    @kit.action(effect="(done)")
    def do() -> str:
        """Do it."""
        return "surely done"

    account = kit.agent(sense=list, offline=True).achieve("(done)", max_replans=0)
    assert account.wrong == ("do it (surely done): afterwards it is not so that done holds",)


def test_a_second_try_is_remarked_once() -> None:
    office = Office()
    kit = Toolkit("again")
    office.trouble.append(raised(OSError("slipped")))
    done: list[str] = []

    @kit.action(effect="(done)", retries=1)
    def do() -> None:
        """Do it."""
        if office.trouble:
            office.trouble.pop()()
        done.append("(done)")

    account = kit.agent(sense=lambda: list(done), offline=True).achieve("(done)")
    assert account.done == ("do it (try 2 of 2)",)


def test_a_tool_says_in_words_why_nothing_was_done() -> None:
    tool = Office().agent().as_tool("errands")
    assert tool.answer("3") == tool.answer({"gaol": "x"}) == tool.answer("[1]")
    assert tool.answer("{").startswith("Nothing was done: the arguments are not JSON")
    assert 'should be {"goal"' in tool.answer("[1]")
    assert tool("bob is a fool").startswith("Nothing was done (translation-failed): ")
    assert "characters at most" in tool("a" * 20_000)
    with pytest.raises(InputError, match="a tool's name"):
        Office().agent().as_tool("my errands")


def test_what_a_model_is_told_stays_short() -> None:
    kit = Toolkit("large")

    @kit.action(effect="(painted ?room)")
    def paint(room: Room) -> None:
        """Paint {room}."""

    rooms = [f"room-{number}" for number in range(2000)]
    agent = kit.agent({Room: rooms}, sense=list, offline=True)
    tool = agent.as_tool()
    assert len(tool.description) < 2000
    assert "room-19, …" in tool.description
    proposal = agent.plan("(painted room-7)")
    account = Account(proposal, Outcome.REACHED, "done", done=("paint a room",) * 1000)
    assert len(str(account).splitlines()) < 50
    assert "and 960 more" in str(account)


def test_types_of_the_scope_of_a_function_are_found() -> None:
    class Local(str):
        pass

    kit = Toolkit("local")

    @kit.action(effect="(done ?thing)")
    def act(thing: Local) -> None:
        pass

    assert [t.name for t in kit.domain.types] == ["local"]
