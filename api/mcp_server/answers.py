"""What the tools answer: the shapes of their structured content, which clients get as schemas."""

from __future__ import annotations

from typing import Any, Literal

from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel, ConfigDict, Field

from goalsmith.mcp_server.environments import Approval, Sort


class Answer(BaseModel):
    """Content of an answer. Steps, and versions of plans, count from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def answer(content: Answer, text: str) -> CallToolResult:
    """The result of a tool: its structured content, and what a person reads."""
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structured_content=content.model_dump(mode="json"),
    )


class InstanceName(Answer):
    """A known problem of a domain."""

    name: str
    goal: str = Field(description="The goal in English; empty where nobody wrote it down.")


class DomainSummary(Answer):
    """A known domain, in short."""

    name: str
    title: str
    summary: str
    instances: list[InstanceName]


class DomainList(Answer):
    """All known domains."""

    domains: list[DomainSummary]


class DomainPage(DomainSummary):
    """A domain in full."""

    pddl: str
    predicates: dict[str, str] = Field(description="How each predicate is said in English.")
    actions: dict[str, str] = Field(description="How each action is said in English.")
    problem: str | None = Field(description="The PDDL of the problem that was asked for.")


class Finding(Answer):
    """Something about a text: an error is proved, the others are what is usual."""

    code: str
    severity: Literal["error", "warning", "note"]
    message: str
    source: str
    line: int | None
    column: int | None
    suggestion: str


class CheckAnswer(Answer):
    """What is wrong, impossible or odd in a domain and a problem."""

    errors: int
    warnings: int
    notes: int
    findings: list[Finding] = Field(
        description="Errors first, and so many at most; the counts are of all."
    )


class Option(Answer):
    """One of the meanings that a text may have."""

    said: str
    goal: str


class TranslationAnswer(Answer):
    """A text made into a goal or a problem; or, where it is not clear, a question."""

    clear: bool
    goal: str | None = Field(description="The goal in PDDL.")
    said: str | None = Field(description="The goal in English again, for a person to check.")
    problem: str | None = Field(description="The whole problem in PDDL.")
    method: str = Field(description="`offline`, or the model's name.")
    confidence: float | None = Field(description="The share of several samples that agree.")
    doubts: list[str]
    question: str | None = Field(description="To be asked of the person, if it is not clear.")
    options: list[Option]


class PlanAnswer(Answer):
    """A validated plan, or why there is none."""

    outcome: str = Field(description="`solved`, `unsolvable` (proved), `out-of-time` …")
    evidence: str
    engine: str
    plan: list[str] | None
    said: list[str] | None = Field(description="The steps in English.")
    cost: int | float | None
    optimal: bool
    lower_bound: int | float | None = Field(description="No plan costs less: that is proved.")


class ValidationAnswer(Answer):
    """Whether a plan solves its task, and where it fails if not."""

    valid: bool
    steps: int
    cost: int | float | None
    failing_step: int | None = Field(description="None where all steps apply.")
    reasons: list[str]


class StepReason(Answer):
    """Why a step is in a plan."""

    step: int
    action: str
    said: str
    provides: list[str]
    needs: list[str]
    order: list[str] = Field(description="What it must come before or after, and why.")
    without: str | None = Field(description="How the plan fails without it; None: it does not.")


class ExplanationAnswer(Answer):
    """Why a plan is as it is, or why there is none."""

    outcome: str
    plan: list[str] | None
    steps: list[StepReason]
    next: int | None = Field(description="`since` of the next call; None: that was all.")
    idle_steps: list[int] = Field(description="Steps that serve no part of the goal.")
    impossible: list[str] = Field(description="Parts of the goal that cannot be had at all.")
    conflict: list[str] = Field(description="Parts of the goal that cannot be had together.")
    unsettled: list[str] = Field(description="Parts of the goal of which neither is known.")


class OrderAnswer(Answer):
    """A plan with no more order than it needs."""

    steps: list[str]
    stages: list[list[int]] = Field(description="Steps of a stage do not interfere.")
    orderings: list[str] = Field(description="Which step must come before which, and why.")
    critical_path: list[int]


class EnvironmentSummary(Answer):
    """A world that runs may act in."""

    name: str
    kind: Sort
    about: str
    domain: str | None = Field(description="The only one it is for; None: any bundled domain.")
    problems: list[str] = Field(description="The only ones it is for; none: any.")
    approval: Approval = Field(description="Who may approve plans.")
    shared: bool = Field(description="Whether several runs may act in it at the same time.")


class EnvironmentList(Answer):
    """All worlds that runs may act in."""

    environments: list[EnvironmentSummary]


class RunSummary(Answer):
    """A run, in short."""

    run: str = Field(description="Its id.")
    name: str
    environment: str
    status: Literal["pending", "running", "waiting", "paused", "ended"]
    outcome: str = Field(
        description="How it ended: `reached`, `ended-short`, `interrupted` (cancelled), "
        "`rejected`; or why it is paused; empty before."
    )
    driven: bool = Field(description="Whether a server is going on with it at this moment.")
    entries: int = Field(description="How many entries its journal has.")


class RunList(Answer):
    """Runs, the newest first."""

    runs: list[RunSummary]


class JournalEntry(Answer):
    """An entry of a run's journal."""

    sequence: int
    kind: str
    body: dict[str, Any] | None
    shortened: str | None = Field(description="The beginning of a body that is too long.")


class RunPage(RunSummary):
    """How far a run has come."""

    goal: str
    reason: str = Field(description="Why it ended so, in a sentence; empty before.")
    plan: list[str] = Field(description="The plan in force, or the one to begin with.")
    version: int = Field(description="That of the plan in force; 0 before there is one.")
    done: int = Field(description="How many steps of that plan are done.")
    steps: int = Field(description="How many steps were taken in all.")
    replans: int
    wrong: list[str] = Field(description="Steps that did not go as expected, in words.")
    review: int | None = Field(description="The version of the plan that waits for approval.")
    journal: list[JournalEntry]
    next: int = Field(description="Where the journal goes on: `since` of the next call.")


class Sent(Answer):
    """What a run was told."""

    run: str
    message: str
    status: str = Field(description="Of the run at this moment; it takes a message a bit later.")
