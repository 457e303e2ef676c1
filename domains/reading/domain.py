"""Reading a domain from its syntax trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.formula import (
    ANY_TYPE,
    Add,
    And,
    Assign,
    Condition,
    Delete,
    Effect,
    ForEach,
    Parameter,
    When,
    simple_effects,
)
from goalsmith.domains.language import (
    Action,
    DerivedRule,
    Domain,
    Function,
    Object,
    Predicate,
    Type,
    TypeHierarchy,
)
from goalsmith.domains.reading.definition import definition
from goalsmith.domains.reading.formulas import MAX_DEPTH, FormulaReader, Scope
from goalsmith.domains.reading.syntax import all_tokens, is_tree, subtree, tokens_of
from goalsmith.domains.stratify import negative_cycle

if TYPE_CHECKING:
    from lark import Token, Tree


_FOLLOWS = {
    ":types": {"unknown-type", "type-mismatch"},
    ":constants": {"unknown-object"},
    ":predicates": {"unknown-predicate"},
    ":functions": {"unknown-function"},
}
"""Findings that a section causes in the others when it cannot be read."""


class DomainReader(FormulaReader):
    """Reads a domain: declarations first, wherever they stand, then rules and actions."""

    def read(self) -> Domain:
        """The domain, as far as it could be read."""
        parts = definition(self, "domain")
        for keyword in parts.broken:
            self.ignored |= _FOLLOWS.get(keyword, set())
        for tree in parts.sections(":types"):
            self.read_types(tree)
        self.hierarchy = TypeHierarchy(Domain("", types=tuple(self.types.values())))
        for tree in parts.sections(":constants"):
            for token, types in self.typed_names(subtree(tree)):
                value = Object(str(token), self.resolve_types(types), self.position(token))
                self.declare(self.objects, "object", token, value)
        for tree in parts.sections(":predicates"):
            self.read_predicates(tree)
        for tree in parts.sections(":functions"):
            self.read_functions(tree)
        derived = tuple(self.rule(tree) for tree in parts.sections(":derived"))
        actions: dict[str, Action] = {}
        for tree in parts.sections(":action"):
            token = tokens_of(tree)[1]
            self.declare(actions, "action", token, self.action(tree))
        self.check_derived(derived, actions)
        return Domain(
            parts.name,
            self.requirements(parts.sections(":requirements")),
            tuple(t for t in self.types.values() if t.name != ANY_TYPE),
            tuple(self.objects.values()),
            tuple(self.predicates.values()),
            tuple(self.functions.values()),
            derived,
            tuple(actions.values()),
        )

    def read_types(self, tree: Tree[Token]) -> None:
        """Types may be used as parents before they are declared, and need not be declared then."""
        given = list(self.typed_names(subtree(tree)))
        parents: dict[str, list[Token]] = {}
        spelled: dict[str, Token] = {}
        for token, types in given:
            spelled.setdefault(token.lower(), token)
            parents.setdefault(token.lower(), []).extend(types or ())
        for _, types in given:
            for token in types or ():
                spelled.setdefault(token.lower(), token)
        for lower, token in spelled.items():
            if lower == ANY_TYPE:
                continue
            above = tuple(
                dict.fromkeys(
                    ANY_TYPE if p.lower() == ANY_TYPE else str(spelled[p.lower()])
                    for p in parents.get(lower, ())
                )
            )
            # Everything is an object: stated beside another parent, it says nothing.
            above = tuple(p for p in above if p != ANY_TYPE) or (ANY_TYPE,)
            self.types[lower] = Type(str(token), above, self.position(token))
        hierarchy = TypeHierarchy(Domain("", types=tuple(self.types.values())))
        for lower, token in spelled.items():
            for parent in self.types[lower].parents:
                if parent != ANY_TYPE and self.types[lower].name in hierarchy.ancestors(parent):
                    self.report(token, "type-cycle", f"type `{token}` is its own ancestor")
                    self.types[lower] = Type(str(token), (ANY_TYPE,))
                    break

    def read_predicates(self, tree: Tree[Token]) -> None:
        """Declarations of predicates."""
        for child in tree.children:
            if is_tree(child):
                token = tokens_of(child)[0]
                places = self.places(subtree(child))
                value = Predicate(str(token), places, self.position(token))
                self.declare(self.predicates, "predicate", token, value)

    def read_functions(self, tree: Tree[Token]) -> None:
        """Declarations of functions, each group with the type of its results or without."""
        for child in tree.children[1:]:
            if not isinstance(child, str):
                token = tokens_of(child)[0]
                places = self.places(subtree(child))
                value = Function(str(token), places, self.position(token))
                self.declare(self.functions, "function", token, value)
            elif child.type == "NAME" and child.lower() != "number":
                self.report(
                    child,
                    "unsupported",
                    f"functions of type `{child}` are not supported",
                    "only numeric functions are: `- number`",
                )
                self.ignored.add("not-a-number")

    def rule(self, tree: Tree[Token]) -> DerivedRule:
        """A derived rule."""
        head, body = (c for c in tree.children if is_tree(c))
        token = tokens_of(head)[0]
        parameters = self.parameters(subtree(head))
        predicate = self.predicates.get(token.lower())
        if predicate is None:
            self.report(
                token,
                "unknown-predicate",
                f"unknown predicate `{token}`",
                did_you_mean(token, (p.name for p in self.predicates.values()), "predicate"),
            )
        elif len(predicate.parameters) != len(parameters):
            self.report(
                token,
                "arity",
                f"`{token}` takes {len(predicate.parameters)} arguments, not {len(parameters)}",
            )
        scope = self.extended({}, parameters)
        name = predicate.name if predicate else str(token)
        return DerivedRule(name, parameters, self.condition(body, scope, 0), self.position(token))

    def action(self, tree: Tree[Token]) -> Action:
        """An action schema, its parts in any order, each at most once."""
        token = tokens_of(tree)[1]
        parts: dict[str, Tree[Token]] = {}
        for part in (c for c in tree.children if is_tree(c)):
            keyword = tokens_of(part)[0]
            if str(part.data) in parts:
                self.report(keyword, "duplicate-part", f"`{keyword}` occurs twice in `{token}`")
            else:
                parts[str(part.data)] = part
        parameters: tuple[Parameter, ...] = ()
        if "action_parameters" in parts:
            parameters = self.parameters(subtree(parts["action_parameters"]))
        scope = self.extended({}, parameters)
        precondition: Condition = And()
        if "action_precondition" in parts:
            precondition = self.condition(subtree(parts["action_precondition"]), scope, 0)
        effects: tuple[Effect, ...] = ()
        if "action_effect" in parts:
            effects = self.effects(subtree(parts["action_effect"]), scope, 0)
        return Action(str(token), parameters, precondition, effects, self.position(token))

    def effects(self, tree: Tree[Token], scope: Scope, depth: int) -> tuple[Effect, ...]:
        """The effects in an effect's tree, conjunctions dissolved."""
        if depth > MAX_DEPTH:
            self.report(next(all_tokens(tree), 0), "depth", f"nested deeper than {MAX_DEPTH}")
            return ()
        parts = [c for c in tree.children if is_tree(c)]
        match tree.data:
            case "empty":
                return ()
            case "and_":
                return tuple(self._parallel(tree, scope, depth))
            case "delete":
                return (Delete(self.atom(parts[0], scope)),)
            case "forall":
                parameters = self.parameters(parts[0])
                within = self.extended(scope, parameters)
                each = ForEach(parameters, self.effects(parts[1], within, depth + 1))
                return (self.locate(each, tokens_of(tree)[0]),)
            case "when":
                condition = self.condition(parts[0], scope, depth + 1)
                when = When(condition, self.effects(parts[1], scope, depth + 1))
                return (self.locate(when, tokens_of(tree)[0]),)
            case "assign":
                operator = tokens_of(tree)[0]
                value = self.expression(parts[1], scope, depth + 1)
                if parts[0].data != "function_term":
                    self.report(
                        next(all_tokens(parts[0])),
                        "assignment",
                        f"`{operator}` changes a function's value",
                        "write the function in parentheses, such as `(total-cost)`",
                    )
                    return ()
                target = self.function_term(parts[0], scope)
                change = Assign(operator.lower(), target, value)  # type: ignore[arg-type]
                return (self.locate(change, operator),)
            case _:
                return (Add(self.atom(tree, scope)),)

    def _parallel(self, tree: Tree[Token], scope: Scope, depth: int) -> Iterator[Effect]:
        """The effects in a conjunction, of which runs of literals are several."""
        for child in tree.children:
            if not isinstance(child, str):
                yield from self.effects(child, scope, depth + 1)
            elif child.type == "LITERALS":
                for literal in self.literals.literals(child, scope):
                    if literal.atom is None or depth + 2 > MAX_DEPTH:
                        yield from self.effects(literal.tree("delete"), scope, depth + 1)
                    elif literal.negation is None:
                        yield Add(literal.atom)
                    else:
                        yield Delete(literal.atom)

    def check_derived(self, derived: tuple[DerivedRule, ...], actions: dict[str, Action]) -> None:
        """Derived predicates are changed by no action, and none depends on its own negation."""
        names = {r.predicate for r in derived}
        for action in actions.values():
            for effect in simple_effects(action.effects):
                if isinstance(effect, Add | Delete) and effect.atom.predicate in names:
                    offset = action.position.offset if action.position else 0
                    self.report(
                        offset,
                        "derived-effect",
                        f"action `{action.name}` changes `{effect.atom.predicate}`, "
                        "which is derived",
                    )
        if cycle := negative_cycle(derived):
            rule = next(r for r in derived if r.predicate == cycle)
            offset = rule.position.offset if rule.position else 0
            self.report(
                offset,
                "not-stratified",
                f"`{cycle}` depends on its own negation; such rules have no meaning",
            )
