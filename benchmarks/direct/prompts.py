"""What a model is told that is to plan by itself: the task, an example, what is wrong so far.

The task is its domain and problem in PDDL, as our writer puts them: without comments, in which some
files give plans away. Or it is said in English, from the domain's wording, with every fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from goalsmith.benchmarks.direct.answers import MAX_SAID
from goalsmith.domains.diagnostics import listed, printable
from goalsmith.domains.formula import (
    ANY_TYPE,
    Add,
    And,
    Atom,
    Compare,
    Condition,
    Delete,
    Effect,
    Not,
    conjuncts,
    instantiate,
)
from goalsmith.domains.language import Action, Domain, Problem, Task
from goalsmith.domains.plans import Plan
from goalsmith.domains.wording import Wording
from goalsmith.domains.writer import write_domain, write_effects, write_problem
from goalsmith.solve.validation import Failure
from goalsmith.translate.models.model import Message
from goalsmith.translate.saying import goal_lines, said
from goalsmith.translate.saying.states import metric_line

MAX_PROMPT = 200_000
"""Characters of a task that a model is told; the largest contexts hold a few times as many."""

INSTRUCTION = """\
You solve planning tasks. You are given the rules of a domain and a problem in it: its objects, \
what is true at first, and a goal. Find a plan: steps that can be carried out one after the other \
from the initial state, and after which the goal holds. Fewer steps are better, or cheaper ones \
where the problem says what steps cost.

Answer with the whole plan in a fenced block, one step to a line, each written \
`(action object object …)` with the names as they are given, and nothing else in the block. You \
may think before it; the last block counts."""

AGAIN = "Correct it: write the whole plan again, in the same form."


@dataclass(frozen=True, slots=True)
class Example:
    """A task of the same domain, with a plan for it."""

    task: Task
    plan: Plan


def task_messages(
    task: Task, example: Example | None = None, wording: Wording | None = None
) -> tuple[Message, ...]:
    """The messages that ask for a plan for a task; in English if there is a wording."""
    domain = task.domain
    rules = write_domain(domain).strip() if wording is None else domain_text(task, wording)
    parts = [f"The domain:\n\n{rules}"]
    if example is not None:
        block = "\n".join(("```", *map(str, example.plan), "```"))
        parts.append(f"A problem in it, as an example:\n\n{_problem(example.task, wording)}")
        parts.append(f"A plan for it:\n\n{block}")
    head = "The problem to be solved" if example is not None else "The problem"
    parts.append(f"{head}:\n\n{_problem(task, wording)}")
    return Message("system", INSTRUCTION), Message("user", "\n\n".join(parts))


def repair_messages(answer: str, wrong: Iterable[str]) -> tuple[Message, ...]:
    """The last answer, and the message that says what is wrong with it."""
    lines = "\n".join(f"- {each}" for each in wrong)
    return (
        Message("assistant", answer),
        Message("user", f"That is not a valid plan:\n{lines}\n\n{AGAIN}"),
    )


def failure_lines(failure: Failure, task: Task, wording: Wording | None = None) -> tuple[str, ...]:
    """What our validator says of the first step that cannot be carried out, or of the goal."""
    if wording is None or not failure.unmet:
        return (printable(str(failure), 2_000),)
    unmet = [f"it is not so that {said(each, task, wording)}" for each in failure.unmet[:MAX_SAID]]
    more = len(failure.unmet) - len(unmet)
    rest = [f"and {more} more such conditions"] if more > 0 else []
    if failure.step is None:
        head = "all steps can be carried out, but the goal does not hold at the end"
    else:
        head = f"step {failure.index + 1} {failure.step} cannot be carried out"
    return (f"{head}: {printable('; '.join(unmet + rest), 2_000)}",)


def length(messages: Iterable[Message]) -> int:
    """The characters of messages."""
    return sum(len(message.content) for message in messages)


def domain_text(task: Task, wording: Wording) -> str:
    """The rules of a task's domain in English, its actions under the names that steps have.

    Effects that depend on conditions or change numbers are left in PDDL.
    """
    domain = task.domain
    lines = [f"{wording.title}. {wording.summary}".strip()]
    lines += _kinds(domain, wording)
    for rule in domain.derived:
        atom = Atom(rule.predicate, tuple(p.name for p in rule.parameters))
        lines.append(
            f"It follows that {said(atom, task, wording)} exactly when "
            f"{said(rule.condition, task, wording)}."
        )
    lines.append("")
    lines.append("The actions:")
    for action in domain.actions:
        lines += _action(action, task, wording)
    return "\n".join(lines)


def _kinds(domain: Domain, wording: Wording) -> Iterator[str]:
    for each in domain.types:
        above = [wording.types[p].one for p in each.parents if p != ANY_TYPE]
        if above:
            yield f"Every {wording.types[each.name].one} is a kind of {listed(above, 'or')}."


def _action(action: Action, task: Task, wording: Wording) -> Iterator[str]:
    """An action's heading and rules, its parameters in capitals."""
    names = {p.name: p.name.removeprefix("?").upper() for p in action.parameters}
    kinds = [
        f"{names[p.name]} is of the kind {listed([wording.types[t].one for t in p.types], 'or')}"
        for p in action.parameters
        if p.types != (ANY_TYPE,)
    ]
    needed = instantiate(action.precondition, names)
    yield f"- ({' '.join((action.name, *names.values()))})"
    if kinds:
        yield f"  where {listed(kinds)}"
    always = not any(True for _ in conjuncts(needed))
    yield "  can always be done" if always else f"  can be done when: {said(needed, task, wording)}"
    yield f"  afterwards: {_effects(action, names, task, wording)}"


def _effects(action: Action, names: Mapping[str, str], task: Task, wording: Wording) -> str:
    literals: list[Condition] = []
    others: list[Effect] = []
    for effect in action.effects:
        match effect:
            case Add(atom):
                literals.append(atom)
            case Delete(atom):
                literals.append(Not(atom))
            case _:
                others.append(effect)
    parts = []
    if literals:
        parts.append(said(instantiate(And(tuple(literals)), names), task, wording))
    if others:
        parts.append(f"what this says in PDDL: {write_effects(others)}")
    return "; ".join(parts) or "nothing has changed"


def _problem(task: Task, wording: Wording | None) -> str:
    if wording is None:
        return write_problem(task.problem).strip()
    problem = task.problem
    goal = goal_lines(task, wording) or ("nothing is asked for",)
    metric = () if problem.metric is None else (metric_line(problem.metric),)
    blocks = (
        ("There are:", _objects(task, wording)),
        ("At first, and nothing else:", _facts(task, problem, wording)),
        ("The goal:", (*goal, *metric)),
    )
    return "\n".join(line for head, lines in blocks for line in (head, *(f"- {x}" for x in lines)))


def _objects(task: Task, wording: Wording) -> tuple[str, ...]:
    kinds: dict[tuple[str, ...], list[str]] = {}
    for each in task.objects:
        kinds.setdefault(each.types, []).append(each.name)
    return tuple(
        f"{listed([wording.types[t].many for t in types], 'or')}: {', '.join(names)}"
        for types, names in kinds.items()
    )


def _facts(task: Task, problem: Problem, wording: Wording) -> tuple[str, ...]:
    """All that is true at first, in sentences that leave nothing out."""
    numbers = (Compare("=", term, value) for term, value in problem.numbers)
    everything = task.with_goal(And((*problem.init, *numbers)))
    return goal_lines(everything, wording)
