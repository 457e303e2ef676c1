"""What a person sees: plans with their reasons, divergences, runs; and the same as plain data."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.solve.solution import number

if TYPE_CHECKING:
    from rich.console import RenderableType

    from goalsmith.domains.library import LibraryDomain
    from goalsmith.domains.plans import Plan
    from goalsmith.execute.divergence import Divergence
    from goalsmith.solve.order.causal import CausalLink, CausalOrder
    from goalsmith.solve.solution import Solution
    from goalsmith.translate.question import Question
    from goalsmith.translate.translation import Translation
    from goalsmith.world import World

MOST_REASONS = 6
"""Reasons shown for one step; the rest is counted."""


def cost_words(cost: Fraction | None, task: Task) -> str:
    """A cost as plan files state it: `10 (unit cost)`, or `25` under a metric."""
    unit = " (unit cost)" if task.problem.metric is None else ""
    return f"{number(cost)}{unit}"


# Plans


def plan_table(plan: Plan, order: CausalOrder, world: World) -> RenderableType:
    """The steps of a plan in English, each with the steps and initial facts that it rests on."""
    from rich.table import Table
    from rich.text import Text

    table = Table("", "step", "", "needs", box=None, pad_edge=False, header_style="dim")
    for index, step in enumerate(plan):
        table.add_row(
            Text(str(index + 1), style="bold cyan", justify="right"),
            Text(world.wording.step(world.domain, step)),
            Text(str(step), style="dim"),
            Text(_needs(order.needs(index), world)),
        )
    table.add_row("", Text("goal", style="bold green"), "", Text(_needs(order.needs(None), world)))
    return table


def _needs(links: tuple[CausalLink, ...], world: World) -> str:
    """What the links say: by step what it provides; of the initial facts, their number."""
    by_step: dict[int, list[str]] = {}
    initial = 0
    for link in links:
        if link.provider is None:
            initial += 1
        else:
            by_step.setdefault(link.provider, []).append(_literal(link, world))
    parts = [f"{step + 1}: {listed(said)}" for step, said in sorted(by_step.items())]
    more = len(parts) - MOST_REASONS
    parts = parts[:MOST_REASONS] + ([f"{more} more steps"] if more > 0 else [])
    if initial and not parts:
        return f"only what holds at first ({initial} fact{'s' if initial > 1 else ''})"
    return "; ".join(parts)


def _literal(link: CausalLink, world: World) -> str:
    from goalsmith.solve.order.support import Literal

    literal = link.literal
    if isinstance(literal, Literal) and isinstance(literal.fact, Atom):
        return world.wording.atom(world.domain, literal.fact, literal.positive)
    return str(literal)


def verdict(solution: Solution, task: Task) -> str:
    """One line on a plan that was found."""
    assert solution.plan is not None
    best = ", proved cheapest" if solution.optimal else ""
    if solution.gap:
        best = f", at most {float(solution.gap):.1%} above the cheapest"
    steps = f"{len(solution.plan)} step{'' if len(solution.plan) == 1 else 's'}"
    return (
        f"{solution.outcome}: {steps}, cost {cost_words(solution.cost, task)}{best}. "
        f"{solution.evidence}. {solution.statistics.wall_seconds:.2f} s"
    )


def no_plan(solution: Solution) -> str:
    """One line on why there is no plan."""
    return f"{solution.outcome}: {solution.evidence}"


def solution_fields(solution: Solution, order: CausalOrder | None = None) -> dict[str, object]:
    """A solution as plain data."""
    return {
        "engine": solution.engine,
        "evidence": solution.evidence,
        "plan": None if solution.plan is None else [str(step) for step in solution.plan],
        "cost": number(solution.cost),
        "optimal": solution.optimal,
        "lower_bound": number(solution.lower_bound),
        "gap": None if solution.gap is None else float(solution.gap),
        "order": None if order is None else order_fields(order),
        "statistics": {
            name: getattr(solution.statistics, name) for name in solution.statistics.__slots__
        },
        "attempts": [
            {"engine": a.engine, "outcome": a.outcome.label, "evidence": a.evidence}
            for a in solution.attempts
        ],
    }


def order_fields(order: CausalOrder) -> list[dict[str, object]]:
    """Causal links as plain data. Steps count from 1; null is the initial state, or the goal."""
    return [
        {
            "provider": None if link.provider is None else link.provider + 1,
            "provides": str(link.literal),
            "consumer": None if link.consumer is None else link.consumer + 1,
        }
        for link in order.links
    ]


# Translations


def understood(translation: Translation, world: World) -> list[RenderableType]:
    """The problem that was understood, in English again: objects, initial state, goal."""
    from rich.text import Text

    from goalsmith.translate.saying import problem_text

    lines: list[RenderableType] = [Text(problem_text(translation.task, world.wording))]
    if translation.already_true:
        lines.append(Text("The goal already holds; the plan is empty.", style="yellow"))
    for doubt in translation.doubts:
        if doubt.code != "goal-already-true":
            lines.append(Text(f"Doubtful: {doubt.message}", style="yellow"))
    if translation.revision is not None:
        changes = translation.revision.lines(translation.task, world.wording)
        lines.append(Text("\n".join(["Changed:", *(f"- {line}" for line in changes)])))
    if translation.confidence is not None:
        agreed = f"{translation.confidence:.0%} of {translation.samples} translations agree"
        lines.append(Text(agreed, style="dim"))
    return lines


def translation_fields(translation: Translation) -> dict[str, object]:
    """A translation as plain data."""
    return {
        "text": translation.text,
        "goal": translation.goal_pddl,
        "said": translation.said,
        "method": translation.method,
        "already_true": translation.already_true,
        "confidence": translation.confidence,
        "samples": translation.samples,
        "doubts": [d.as_dict() for d in translation.doubts],
        "tokens": [translation.prompt_tokens, translation.completion_tokens],
        "rounds": [
            {"answer": r.answer, "findings": [f.as_dict() for f in r.findings]}
            for r in translation.rounds
        ],
    }


def question_fields(question: Question) -> dict[str, object]:
    """A question as plain data."""
    return {
        "text": question.text,
        "question": question.question,
        "options": [
            {
                "said": o.said,
                "goal": o.translation.goal_pddl,
                "confidence": o.translation.confidence,
            }
            for o in question.options
        ],
    }


# Divergences


def divergence_lines(divergence: Divergence, world: World) -> RenderableType:
    """The difference of two states, one fact to a line: expected but missing, or unexpected."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1))
    rows = [("−", "expected, but not so", "red", atom) for atom in sorted(divergence.missing)]
    rows += [("+", "so, but not expected", "yellow", a) for a in sorted(divergence.unexpected)]
    for sign, words, style, atom in rows:
        said = world.wording.atom(world.domain, atom)
        table.add_row(
            Text(f"    {sign}", style=style),
            Text(words, style=style),
            Text(said),
            Text(str(atom), style="dim"),
        )
    for change in divergence.changed:
        table.add_row(Text("    ~", style="yellow"), Text("changed", style="yellow"), str(change))
    return table


# The library


def library_fields(library: LibraryDomain, full: bool = False) -> dict[str, object]:
    """A bundled domain as plain data."""
    fields: dict[str, object] = {
        "name": library.name,
        "title": library.wording.title,
        "summary": library.wording.summary,
        "instances": [{"name": i.name, "goal": i.goal_text} for i in library.instances],
        "sizes": [
            {
                "name": s.name,
                "default": s.default,
                "low": s.low,
                "high": s.high,
                "meaning": s.meaning,
            }
            for s in library.sizes
        ],
    }
    if full:
        from goalsmith.domains.writer import write_domain

        fields["predicates"] = {n: p.say for n, p in library.wording.predicates.items()}
        fields["actions"] = dict(library.wording.actions)
        fields["pddl"] = write_domain(library.domain)
    return fields


def library_page(library: LibraryDomain) -> list[RenderableType]:
    """A bundled domain in full: what can be said and done in it, and its instances."""
    from rich.table import Table
    from rich.text import Text

    wording = library.wording
    parts: list[RenderableType] = [
        Text(wording.title, style="bold"),
        Text(wording.summary),
        Text("\nwhat can be so", style="bold"),
    ]
    phrases = Table(box=None, pad_edge=False, show_header=False)
    for name, phrasing in wording.predicates.items():
        asked = " · ".join(phrasing.goal[:2])
        phrases.add_row(Text(f"  {name}", style="cyan"), phrasing.say, Text(asked, style="dim"))
    actions = Table(box=None, pad_edge=False, show_header=False)
    for name, said in wording.actions.items():
        actions.add_row(Text(f"  {name}", style="cyan"), said)
    instances = Table(box=None, pad_edge=False, show_header=False)
    for instance in library.instances:
        count = len(instance.task.objects)
        instances.add_row(
            Text(f"  {instance.name}", style="cyan"), f"{count} objects", instance.goal_text
        )
    parts += [phrases, Text("\nwhat can be done", style="bold"), actions]
    parts += [Text("\ninstances", style="bold"), instances]
    if library.sizes:
        sizes = Table(box=None, pad_edge=False, show_header=False)
        for size in library.sizes:
            sizes.add_row(
                Text(f"  {size.name}", style="cyan"),
                f"{size.low}–{size.high}, else {size.default}",
                size.meaning,
            )
        parts += [Text("\nsizes of generated problems", style="bold"), sizes]
    return parts


def grouped(*parts: RenderableType) -> RenderableType:
    """Several things, one below the other."""
    from rich.console import Group

    return Group(*parts)


def outcome_style(outcome: Outcome) -> str:
    """Green for what was wished, red for what was not."""
    return "green" if outcome.exit_code == 0 else "red"
