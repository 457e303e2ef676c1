"""A partially ordered plan as a drawing for Graphviz or Mermaid, or as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from goalsmith.solve.order.causal import Extent
from goalsmith.solve.order.partial_order import Ordering, PartialOrder, Reason


def dot(order: PartialOrder) -> str:
    """The immediate orderings in the language of Graphviz; the critical path is drawn bold.

    Steps of one stage stand side by side. A dashed edge has only reasons that keep steps apart.
    """
    critical = order.critical_path()
    bold = set(pairwise(critical))
    lines = ["digraph plan {", "  node [shape=box, style=rounded];"]
    for index, step in enumerate(order.plan):
        width = ", penwidth=2" if index in critical else ""
        lines.append(f"  s{index + 1} [label={_quoted(f'{index + 1} {step}')}{width}];")
    for stage in order.stages:
        lines.append(f"  {{ rank=same; {' '.join(f's{index + 1};' for index in stage)} }}")
    for each in order.immediate():
        style = ["penwidth=2"] if (each.before, each.after) in bold else []
        style += [f"label={_quoted(label)}"] if (label := provided(each)) else ["style=dashed"]
        lines.append(f"  s{each.before + 1} -> s{each.after + 1} [{', '.join(style)}];")
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(order: PartialOrder) -> str:
    """The immediate orderings as a Mermaid flow chart; dotted as in `dot`."""
    lines = ["flowchart TD"]
    for index, step in enumerate(order.plan):
        lines.append(f'  s{index + 1}["{_escaped(f"{index + 1} {step}")}"]')
    for each in order.immediate():
        label = provided(each)
        arrow = f'-- "{_escaped(label)}" -->' if label else "-.->"
        lines.append(f"  s{each.before + 1} {arrow} s{each.after + 1}")
    critical = order.critical_path()
    if critical:
        lines.append(f"  class {','.join(f's{index + 1}' for index in critical)} critical")
        lines.append("  classDef critical stroke-width:3px")
    return "\n".join(lines) + "\n"


def fields(order: PartialOrder) -> Mapping[str, object]:
    """The order as plain data; steps count from 1."""
    return {
        "steps": [str(step) for step in order.plan],
        "orderings": [
            {
                "before": each.before + 1,
                "after": each.after + 1,
                "reasons": [_reason(reason) for reason in each.reasons],
            }
            for each in order.immediate()
        ],
        "stages": [[index + 1 for index in stage] for stage in order.stages],
        "critical_path": [index + 1 for index in order.critical_path()],
        "width": order.width(),
        "total": order.total or None,
    }


def why(ordering: Ordering) -> tuple[str, ...]:
    """A sentence for each reason of an ordering."""
    return tuple(_sentence(ordering, reason) for reason in ordering.reasons)


def provided(ordering: Ordering) -> str:
    """What the first step provides for the second, one fact to a line."""
    return "\n".join(str(r.fact) for r in ordering.reasons if r.kind == "provides")


def _sentence(ordering: Ordering, reason: Reason) -> str:
    before, after = ordering.before + 1, ordering.after + 1
    fact = reason.fact
    whom = "the goal" if reason.consumer is None else f"step {reason.consumer + 1}"
    match reason.kind:
        case "provides":
            return f"step {before} provides {fact}, which step {after} needs"
        case "keeps":
            return f"step {after} undoes {fact}, which step {before} needs"
        case "restores":
            return f"step {before} undoes {fact}, which step {after} provides for {whom}"
        case "extent" if isinstance(fact, Extent) and reason.consumer is not None:
            other = after if reason.consumer == ordering.before else before
            return f"{whom} rests on {fact}, which step {other} changes"
        case "extent":
            return f"both change the same of {fact}"
        case "number" if reason.consumer is not None:
            other = after if reason.consumer == ordering.before else before
            return f"{whom} reads {fact}, which step {other} changes"
        case "number":
            return f"both change {fact}, in ways that do not go together"
        case "total":
            return "the plan was left in its order"


def _reason(reason: Reason) -> dict[str, object]:
    consumer = None if reason.consumer is None else reason.consumer + 1
    fact = None if reason.fact is None else str(reason.fact)
    return {"kind": reason.kind, "fact": fact, "for": consumer}


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _escaped(text: str) -> str:
    return text.replace('"', "#quot;").replace("\n", "<br/>")
