"""Finding the goal, or the problem, in a model's answer, and reading it.

Tolerated are prose around the condition, a fenced block, `(:goal …)`, and a whole problem with a
goal. Two different conditions in one answer are a finding: which one is meant is not guessed. The
same goes for whole problems, where those are asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice

from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.errors import PddlError
from goalsmith.domains.formula import TRUE, Condition
from goalsmith.domains.language import Domain, Metric, Problem, Task
from goalsmith.domains.reader import read_condition, read_problem
from goalsmith.domains.reading.syntax import blank_comments
from goalsmith.domains.writer import write_problem

SOURCE = "<goal>"
"""What findings call the condition that was found in an answer."""

PROBLEM_SOURCE = "<problem>"
"""What findings call the problem that was found in an answer."""

MAX_ANSWER = 100_000
"""Characters of an answer that are read."""

MAX_DEPTH = 100
"""Parentheses nested in a condition."""

MAX_FORMS = 20
"""Metrics, and problems, looked at in one answer."""

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n`]*\n(.*?)^[ \t]*\1[`~]*[ \t]*$", re.DOTALL | re.M)
_HEAD = re.compile(r"\(\s*([^\s()]+)")
_METRIC = re.compile(r"\(\s*:metric(?=[\s()])", re.IGNORECASE)
_PROBLEM = re.compile(r"\(\s*define\s*\(\s*problem(?=[\s()])", re.IGNORECASE)
_GOAL = re.compile(r"\(\s*:goal(?=[\s()])", re.IGNORECASE)
_REMARK = re.compile(r"\(\s*(?:and|or|not|imply|forall|exists)\s+[^\s()]", re.IGNORECASE)
_KEYWORDS = frozenset({"and", "or", "not", "imply", "forall", "exists", ":goal", "define"})
_RELATIONS = frozenset({"=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class _Group:
    """Text in parentheses, with where it begins and ends."""

    start: int
    end: int
    text: str
    closed: bool = True

    @property
    def head(self) -> str:
        """Its first word, in lower case."""
        match = _HEAD.match(self.text)
        return match[1].lower() if match else ""


def read_answer(answer: str, task: Task) -> Condition:
    """The goal in an answer.

    Raises:
        PddlError: there is no condition, or several, or the one has errors.
    """
    text = _bounded(goal_text(answer, task.domain))
    return read_condition(text, task, SOURCE)


def read_metric(answer: str, task: Task) -> Metric | None:
    """The metric in an answer, None without one.

    Raises:
        PddlError: there are several, or the one has errors.
    """
    answer = blank_comments(_relevant(answer))
    found = {" ".join(text.lower().split()): text for text in _after(_METRIC, answer)}
    if not found:
        return None
    if len(found) > 1:
        raise _finding("several-metrics", f"the answer holds {len(found)} metrics, not one")
    bare = replace(task.problem, init=(), numbers=(), goal=TRUE, metric=None)
    text = write_problem(bare).rstrip().removesuffix(")") + _bounded(next(iter(found.values())))
    return read_problem(f"{text})", task.domain, SOURCE).metric


def read_whole(answer: str, domain: Domain) -> tuple[Problem, str]:
    """The problem in an answer, and its text as it stands there.

    Raises:
        PddlError: there is no problem, or several, or the one has errors.
    """
    blank = blank_comments(_relevant(answer))
    found = {" ".join(text.lower().split()): text for text in _after(_PROBLEM, blank)}
    if not found:
        raise _finding(
            "no-problem",
            "the answer holds no PDDL problem",
            "write one whole problem, `(define (problem …) …)`, in a fenced block",
        )
    if len(found) > 1:
        raise _finding(
            "several-problems",
            f"the answer holds {len(found)} different problems, not one",
            "write the one that is meant",
        )
    text = _bounded(next(iter(found.values())))
    return read_problem(text, domain, PROBLEM_SOURCE), text


def _relevant(answer: str) -> str:
    """An answer within bounds, without thoughts and, if it has fenced blocks, what is around."""
    answer = _spoken(answer)
    blocks = [b for b in (m[2] for m in _FENCE.finditer(answer)) if "(" in b]
    return "\n".join(blocks) if blocks else answer


def _spoken(answer: str) -> str:
    """An answer within bounds, without thoughts."""
    if len(answer) > MAX_ANSWER:
        raise _finding("too-long", f"the answer has more than {MAX_ANSWER} characters")
    return _THOUGHTS.sub(" ", answer)


def _after(head: re.Pattern[str], text: str) -> list[str]:
    """The parentheses that begin where a pattern matches; the last may lack its end."""
    starts = [m.start() for m in islice(head.finditer(text), MAX_FORMS)]
    return [_groups(text[start:])[0].text for start in starts]


def _bounded(text: str) -> str:
    if _depth(text) > MAX_DEPTH:
        raise _finding("depth", f"nested deeper than {MAX_DEPTH}", "write a flatter condition")
    return text


def goal_text(answer: str, domain: Domain) -> str:
    """The PDDL text of the one condition in an answer. Raises PddlError when there is not one."""
    answer = _without_metric(_spoken(answer))
    fenced = [m[2] for m in _FENCE.finditer(answer)]
    blocks = [b for b in fenced if blank_comments(b).lstrip().startswith("(")]
    found = [_block_condition(b) for b in blocks] if blocks else _in_prose(answer, domain)
    distinct = {" ".join(f.lower().split()): f for f in found}
    if not distinct:
        raise _finding(
            "no-condition",
            "the answer holds no PDDL condition",
            "write one condition, such as `(and …)`, in a fenced block",
        )
    if len(distinct) > 1:
        shown = " and ".join(f"`{' '.join(f.split())[:80]}`" for f in list(distinct.values())[:3])
        raise _finding(
            "several-conditions",
            f"the answer holds {len(distinct)} conditions, not one: {shown}",
            "write the whole goal as one condition; join parts that must all hold with `(and …)`",
        )
    return next(iter(distinct.values()))


def _without_metric(answer: str) -> str:
    """An answer whose metrics are blank: they say what is cheap, not what should hold."""
    for _ in range(MAX_FORMS):
        match = _METRIC.search(answer)
        if match is None:
            break
        start = match.start()
        end = start + _groups(answer[start:])[0].end
        answer = answer[:start] + " " * (end - start) + answer[end:]
    return answer


def _block_condition(block: str) -> str:
    """The condition in a fenced block; the block itself when it is not one, for its findings."""
    blank = blank_comments(block)
    groups = _groups(blank)
    first = groups[0]
    if len(groups) == 1 and not blank[first.end :].strip():
        return _unwrapped(first.text)
    if len(groups) > 1 and all(g.closed for g in groups):
        shown = " ".join(g.text for g in groups[:3])
        raise _finding(
            "several-conditions",
            f"the answer holds {len(groups)} conditions, not one: `{shown[:160]}`",
            "write the whole goal as one condition; join parts that must all hold with `(and …)`",
        )
    return blank.strip()


def _in_prose(answer: str, domain: Domain) -> list[str]:
    """The conditions in an answer without a fenced block.

    A remark in parentheses is no condition: what counts begins with a word that a condition begins
    with; failing that, what fills lines of its own.
    """
    groups = _groups(answer)
    heads = _KEYWORDS | _RELATIONS | {p.name.lower() for p in domain.predicates}
    known = [g for g in groups if g.head in heads and not _REMARK.match(g.text)]
    wholes = [g for g in known if g.head in {":goal", "define"}]
    chosen = wholes or known or [g for g in groups if _alone(answer, g)]
    return [_unwrapped(g.text) for g in chosen]


def _alone(answer: str, group: _Group) -> bool:
    before = answer[: group.start].rpartition("\n")[2]
    after = answer[group.end :].partition("\n")[0]
    return not before.strip() and not after.strip()


def _unwrapped(text: str) -> str:
    """The condition in `(:goal …)`, or in a problem that has one."""
    if not re.match(r"\(\s*(?::goal|define)[\s()]", text, re.IGNORECASE):
        return text
    blank = blank_comments(text)
    goal = _GOAL.search(blank)
    if goal is None:
        raise _finding("no-condition", "the answer defines something without a `(:goal …)`")
    inner = _groups(blank[goal.end() :])
    return inner[0].text if inner else blank[goal.start() :].strip()


def _groups(text: str) -> list[_Group]:
    """The outermost parentheses of a text; the last may lack its end."""
    found = []
    depth = start = 0
    for match in re.finditer(r"[()]", text):
        at = match.start()
        if match[0] == "(":
            if depth == 0:
                start = at
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                found.append(_Group(start, at + 1, text[start : at + 1]))
            # A `)` too many belongs to the prose.
    if depth:
        found.append(_Group(start, len(text), text[start:].rstrip(), closed=False))
    return found


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in re.finditer(r"[()]", text):
        depth += 1 if match[0] == "(" else -1
        deepest = max(deepest, depth)
    return deepest


def _finding(code: str, message: str, suggestion: str = "") -> PddlError:
    return PddlError([Diagnostic(code, message, source="<answer>", suggestion=suggestion)])
