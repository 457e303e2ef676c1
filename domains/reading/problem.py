"""Reading a problem from its syntax trees, against its domain."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from goalsmith.domains.diagnostics import Source, did_you_mean
from goalsmith.domains.formula import And, Atom, Condition, FunctionTerm
from goalsmith.domains.language import Domain, Metric, Object, Problem, TypeHierarchy
from goalsmith.domains.reading.definition import definition
from goalsmith.domains.reading.formulas import FormulaReader
from goalsmith.domains.reading.syntax import is_tree, subtree, tokens_of

if TYPE_CHECKING:
    from lark import Token, Tree


FOLLOW_A_WRONG_DOMAIN = {
    *("unknown-type", "unknown-object", "unknown-predicate", "unknown-function"),
    *("arity", "type-mismatch", "duplicate-object", "derived-fact"),
}
"""Findings that come of themselves when a problem is read against another's domain."""


class ProblemReader(FormulaReader):
    """Reads a problem against a domain."""

    def __init__(self, source: Source, domain: Domain, locate: bool = False) -> None:
        super().__init__(source)
        self.domain = domain
        self.types.update((t.name.lower(), t) for t in domain.types)
        self.predicates.update((p.name.lower(), p) for p in domain.predicates)
        self.functions.update((f.name.lower(), f) for f in domain.functions)
        self.derived = {r.predicate for r in domain.derived}
        self.hierarchy = TypeHierarchy(domain)
        self.declare_objects(domain.constants)
        self.init: dict[Atom, None] = {}
        self.numbers: dict[FunctionTerm, Fraction] = {}
        # Where each initial atom is stated, if asked for: there may be a hundred thousand.
        self.stated: dict[Atom, list[int]] | None = {} if locate else None

    def read(self) -> Problem:
        """The problem, as far as it could be read."""
        domain_name = ""
        parts = definition(self, "problem")
        domains = parts.sections(":domain")
        self._expect_one("domain", len(domains), parts.broken)
        for tree in domains:
            token = tokens_of(tree)[1]
            domain_name = str(token)
            if token.lower() != self.domain.name.lower():
                self.report(
                    token,
                    "wrong-domain",
                    f"the problem is for domain `{token}`, not `{self.domain.name}`",
                    "give the domain file that belongs to it",
                )
                self.ignored |= FOLLOW_A_WRONG_DOMAIN
        objects = [o for tree in parts.sections(":objects") for o in self.read_objects(tree)]
        if ":objects" in parts.broken:
            # Without the objects every name in the rest would be reported as unknown.
            return Problem(parts.name, domain_name)
        for tree in parts.sections(":init"):
            self.read_init(tree)
        goals = parts.sections(":goal")
        goal: Condition = And()
        if goals:
            goal = self.condition(subtree(goals[0]), {}, 0)
        self._expect_one("goal", len(goals), parts.broken)
        metric = None
        for tree in parts.sections(":metric"):
            metric = self.metric(tree)
        return Problem(
            parts.name,
            domain_name,
            tuple(objects),
            tuple(self.init),
            tuple(self.numbers.items()),
            goal,
            metric,
            self.requirements(parts.sections(":requirements")),
        )

    def _expect_one(self, name: str, count: int, broken: frozenset[str]) -> None:
        """Reports a section that is missing, or there more than once."""
        if count > 1 or (not count and not {"define", f":{name}"} & broken):
            self.report(
                0,
                f"{name}-count",
                f"a problem has one `(:{name} …)` section, this one has {count}",
            )

    def read_objects(self, tree: Tree[Token]) -> Iterable[Object]:
        """Declares objects; one that the domain has as a constant may be listed again."""
        constants = {c.name.lower(): c for c in self.domain.constants}
        for token, types in self.typed_names(subtree(tree)):
            position = self.source.position(int(token.start_pos or 0))
            value = Object(str(token), self.resolve_types(types), position)
            constant = constants.get(token.lower())
            if constant is not None:
                if constant.types != value.types:
                    self.report(
                        token,
                        "duplicate-object",
                        f"`{token}` is a constant of the domain, of another type",
                    )
                continue
            self.declare(self.objects, "object", token, value)
            yield value

    def metric(self, tree: Tree[Token]) -> Metric | None:
        """A metric; a bare function name is tolerated, as real files have it."""
        direction = tokens_of(tree)[1]
        operand = subtree(tree)
        if direction.lower() not in ("minimize", "maximize"):
            self.report(
                direction,
                "metric",
                f"unknown direction `{direction}`",
                did_you_mean(direction, ("minimize", "maximize"), "direction"),
            )
            return None
        words = [t.lower() for t in tokens_of(operand)]
        if words == ["total-time"] and "total-time" not in self.functions:
            return Metric(direction.lower(), "total-time")  # type: ignore[arg-type]
        function = self.functions.get(words[0]) if operand.data == "bare" else None
        if function is not None and not function.parameters:
            return Metric(direction.lower(), FunctionTerm(function.name))  # type: ignore[arg-type]
        return Metric(direction.lower(), self.expression(operand, {}, 0))  # type: ignore[arg-type]

    # The initial state

    def read_init(self, tree: Tree[Token]) -> None:
        """The initial state: atoms, numbers, and denials, which say nothing new."""
        for fact in tree.children[1:]:
            assert is_tree(fact)
            match fact.data:
                case "atoms":
                    for atom, offset in self.runs.atoms(tokens_of(fact)[0]):
                        if self.stated is None and atom.predicate not in self.derived:
                            self.init[atom] = None
                        else:
                            self.enter(atom, offset + 1)
                case "atom":
                    self.enter(self.atom(fact, {}), tokens_of(fact)[0])
                case "denied":
                    # What is not listed is false anyway; the names are still checked.
                    self.atom(subtree(fact), {})
                case "compare":
                    self.read_number(fact)
                case _:
                    token = tokens_of(fact)[0]
                    self.report(
                        token, "unsupported", "facts at a given time (PDDL 2.2) are not supported"
                    )

    def enter(self, atom: Atom, token: Token | int) -> None:
        """Makes an atom true initially."""
        if atom.predicate in self.derived:
            self.report(
                token,
                "derived-fact",
                f"`{atom.predicate}` is derived; it cannot be stated initially",
            )
        self.init[atom] = None
        if self.stated is not None:
            offset = token if isinstance(token, int) else int(token.start_pos or 0)
            self.stated.setdefault(atom, []).append(offset)

    def read_number(self, tree: Tree[Token]) -> None:
        """An initial value: `(= (function object …) number)`."""
        relation = tokens_of(tree)[0]
        left, right = (c for c in tree.children if is_tree(c))
        if relation != "=" or left.data != "function_term" or right.data != "number":
            self.report(
                relation,
                "initial-number",
                "an initial number is written `(= (function object …) number)`",
            )
            return
        term = self.function_term(left, {})
        value = self.number(tokens_of(right)[0])
        if self.numbers.setdefault(term, value) != value:
            self.report(tokens_of(left)[0], "duplicate-number", f"`{term}` has two initial values")
