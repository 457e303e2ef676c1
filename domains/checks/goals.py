"""Goals that cannot be reached, or need not be."""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.domains.checks.contradiction import Scope, conflict
from goalsmith.domains.checks.subject import Subject
from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.formula import Atom, Condition, Not, conjuncts, positive_form
from goalsmith.domains.invariants.mutexes import mutex_groups
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_condition


def goals(subject: Subject) -> Iterator[Diagnostic]:
    """Contradictory, unreachable and needless goals."""
    problem, text = subject.problem, subject.problem_text
    if problem is None or text is None:
        return
    scope = Scope({o.name: o.types for o in subject.task.objects}, subject.may_be_same)
    found = conflict(problem.goal, scope)
    if found:
        yield text.finding(
            "contradictory-goal",
            f"the goal contradicts itself: {found}",
            found.part,
        )
        return
    exclusive = tuple(_exclusive(subject))
    if exclusive:
        for one, other in exclusive:
            yield text.finding(
                "contradictory-goal",
                f"the goal contradicts itself: no actions make `{one}` and `{other}` hold together",
                other,
            )
        return
    semantics = Semantics(subject.task)
    if semantics.goal_holds(semantics.initial_state()):
        yield text.finding(
            "goal-already-true", "the goal holds initially: no step is needed", ":goal"
        )
        return
    initial = set(problem.init)
    unreachable = []
    impossible = False
    for part in conjuncts(problem.goal):
        for each in conjuncts(positive_form(part)):
            atom = each.part if isinstance(each, Not) else each
            if not isinstance(atom, Atom):
                if subject.reachability.possible(each) is False:
                    unreachable.append((each, part))
            elif _is_fixed(subject, atom) and (atom in initial) == isinstance(each, Not):
                impossible = True
                state = "false" if isinstance(each, Atom) else "true"
                yield text.finding(
                    "static-goal",
                    f"the goal cannot be reached: `{atom}` is {state} initially, and no action "
                    f"changes `{atom.predicate}`",
                    atom,
                )
            elif subject.reachability.possible(each) is False:
                unreachable.append((each, atom))
    for each, where in unreachable:
        yield text.finding("unreachable-goal", _why(each), where)
    impossible |= bool(unreachable)
    if not impossible and subject.reachability.possible(problem.goal) is False:
        message = "the goal cannot be reached, though each part of it may be"
        yield text.finding("unreachable-goal", message, ":goal")


def _exclusive(subject: Subject) -> Iterator[tuple[Atom, Atom]]:
    """Pairs of atoms in the goal of which at most one holds in any reachable state."""
    problem = subject.task.problem
    atoms = [part for part in conjuncts(problem.goal) if isinstance(part, Atom)]
    told = set()
    for invariant in mutex_groups(subject.domain):
        weights = invariant.weights(problem.init)
        wanted: dict[tuple[str, ...], Atom] = {}
        for atom in atoms:
            part = invariant.part(atom.predicate)
            if part is None or weights[part.key(atom.args)] > 1:
                continue
            first = wanted.setdefault(part.key(atom.args), atom)
            if first != atom and atom not in told:
                told.add(atom)
                yield first, atom


def _is_fixed(subject: Subject, atom: Atom) -> bool:
    return subject.usage.static(atom.predicate)


def _why(condition: Condition) -> str:
    said = f"the goal cannot be reached: `{write_condition(condition)}`"
    match condition:
        case Atom():
            return f"{said} is false initially, and no applicable action makes it true"
        case Not(Atom()):
            return f"{said} does not hold initially, and no applicable action makes it hold"
        case _:
            return f"{said} can never hold"
