import json
from fractions import Fraction

import pytest

from goalsmith.domains.formula import And, Atom, FunctionTerm, Not
from goalsmith.domains.language import State
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute import (
    Divergence,
    DivergenceSeen,
    Journal,
    NumberChange,
    Observed,
    RunEnded,
    RunStarted,
    StateMatched,
    StepBegun,
)

FUEL = FunctionTerm("fuel", ("t1",))
MOVE = Step("move", ("a", "b"))


def _ticks(*times):
    return iter(times).__next__


def test_entries_count_from_zero_and_tell_the_seconds_since_the_journal_began():
    journal = Journal(_ticks(100.0, 100.0, 102.5))
    journal.record(StateMatched(1))
    journal.record(StateMatched(2))
    assert [(e.sequence, e.seconds, e.event.number) for e in journal] == [(0, 0.0, 1), (1, 2.5, 2)]
    assert len(journal) == 2


def test_a_listener_hears_every_entry_once_it_is_in_the_journal():
    heard = []
    journal = Journal(on_event=lambda entry: heard.append((entry, len(journal))))
    first = journal.record(StateMatched(1))
    second = journal.record(StateMatched(2))
    assert heard == [(first, 1), (second, 2)]


def test_an_entry_stays_in_the_journal_when_its_listener_fails():
    def listener(_entry):
        raise RuntimeError("no screen")

    journal = Journal(on_event=listener)
    with pytest.raises(RuntimeError, match="no screen"):
        journal.record(StateMatched(1))
    assert [e.event for e in journal] == [StateMatched(1)]


def test_plain_data_survives_json_unchanged():
    journal = Journal(_ticks(*[0.0] * 6))
    on, held = Atom("on", ("a", "b")), Atom("held", ("a",))
    journal.record(RunStarted(And((on, Not(held))), Plan((MOVE,)), 10, 100))
    state = State(frozenset({on, held}), frozenset({(FUEL, Fraction(1, 3))}))
    journal.record(Observed(state, frozenset({on})))
    journal.record(StepBegun(1, 0, MOVE, 2, "r-1"))
    change = NumberChange(FUEL, Fraction(2), None)
    journal.record(DivergenceSeen(1, Divergence(frozenset({on}), frozenset(), (change,))))
    journal.record(RunEnded(Outcome.ENDED_SHORT, "no fuel"))
    rows = journal.as_dicts()
    assert json.loads(json.dumps(rows)) == rows
    assert [row.pop("sequence") for row in rows] == [0, 1, 2, 3, 4]
    assert {row.pop("seconds") for row in rows} == {0.0}
    assert rows == [
        {
            "event": "run-started",
            "goal": "(and (on a b) (not (held a)))",
            "plan": ["(move a b)"],
            "max_replans": 10,
            "max_steps": 100,
            "policy": "strict",
        },
        {
            "event": "observed",
            "state": {"atoms": ["(held a)", "(on a b)"], "numbers": {"(fuel t1)": "1/3"}},
            "stale": ["(on a b)"],
        },
        {
            "event": "step-begun",
            "number": 1,
            "index": 0,
            "step": "(move a b)",
            "attempt": 2,
            "key": "r-1",
        },
        {
            "event": "divergence-seen",
            "number": 1,
            "divergence": {
                "missing": ["(on a b)"],
                "unexpected": [],
                "changed": [{"term": "(fuel t1)", "expected": "2", "observed": None}],
            },
            "stale": [],
        },
        {"event": "run-ended", "outcome": "ended-short", "reason": "no fuel"},
    ]
