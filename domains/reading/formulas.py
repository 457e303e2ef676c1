"""What reading domains and problems has in common: declared names, findings, formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from goalsmith.domains.diagnostics import (
    MAX_FINDINGS,
    Diagnostic,
    Position,
    Source,
    did_you_mean,
    listed,
)
from goalsmith.domains.errors import PddlError, UnsupportedPddlError
from goalsmith.domains.formula import (
    ANY_TYPE,
    And,
    Arithmetic,
    Atom,
    Compare,
    Condition,
    Effect,
    Equal,
    Exists,
    Expression,
    Forall,
    FunctionTerm,
    Imply,
    Not,
    Or,
    Parameter,
)
from goalsmith.domains.language import (
    Action,
    Domain,
    Function,
    Object,
    Predicate,
    Type,
    TypeHierarchy,
)
from goalsmith.domains.reading import syntax
from goalsmith.domains.reading.atoms import AtomReader
from goalsmith.domains.reading.literals import LiteralReader
from goalsmith.domains.reading.syntax import all_tokens, is_tree, tokens_of, words_in

if TYPE_CHECKING:
    from lark import Token, Tree

MAX_DEPTH = 200
"""Formulas nested at most this deep are read."""

MAX_VARIABLES = 200
"""Variables that may be bound in one place."""

MAX_DIGITS = 100
"""Digits that a number may have."""

Scope = dict[str, Parameter]
"""Variables in force, by their names in lower case."""

Part: TypeAlias = Condition | Effect | FunctionTerm
"""What has a place of its own in a formula or an effect."""

_Declared = TypeVar("_Declared", Type, Object, Predicate, Function, Action)
_Part = TypeVar("_Part", bound=Part)


class FormulaReader:
    """What reading domains and problems has in common: declared names, findings, formulas."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Diagnostic] = []
        self.ignored: set[str] = set()
        self.types: dict[str, Type] = {ANY_TYPE: Type(ANY_TYPE, ())}
        self.objects: dict[str, Object] = {}
        self.predicates: dict[str, Predicate] = {}
        self.functions: dict[str, Function] = {}
        self.hierarchy = TypeHierarchy(Domain(""))
        self.runs = AtomReader(self)
        self.literals = LiteralReader(self)
        # Where parts of formulas and effects begin, by identity; the part is kept, so that no
        # other one gets its identity.
        self.offsets: dict[int, tuple[Part, int]] = {}
        # Where each kind of section first begins, and each requirement stands, in lower case.
        self.keywords: dict[str, int] = {}

    def finish(self) -> None:
        """Raises what was found, if anything, in the order of the text."""
        if not self.found:
            return
        self.found.sort(key=lambda d: d.position.offset if d.position else 0)
        unsupported = all(d.code == "unsupported" for d in self.found)
        if len(self.found) >= MAX_FINDINGS:
            more = "only the first findings are shown, there may be more"
            self.found.append(Diagnostic("more", more, "note", source=self.source.name))
        raise (UnsupportedPddlError if unsupported else PddlError)(self.found)

    def report(self, token: Token | int, code: str, message: str, suggestion: str = "") -> None:
        """Adds a finding at a token, or at an offset. Raises PddlError when there are too many."""
        if code in self.ignored:
            return
        offset = token if isinstance(token, int) else int(token.start_pos or 0)
        word = "" if isinstance(token, int) else str(token)
        self.found.append(syntax.finding(self.source, offset, code, message, word, suggestion))
        if len(self.found) >= MAX_FINDINGS:
            self.finish()

    def position(self, token: Token) -> Position:
        """Where a token stands."""
        return self.source.position(int(token.start_pos or 0))

    def locate(self, part: _Part, token: Token | None) -> _Part:
        """The part itself; that it begins with this token is noted."""
        if token is not None:
            self.offsets[id(part)] = part, int(token.start_pos or 0)
        return part

    # Declarations

    def declare(
        self, table: dict[str, _Declared], kind: str, token: Token, value: _Declared
    ) -> None:
        """Enters a declaration, or reports that its name is taken."""
        if token.lower() in table:
            self.report(token, f"duplicate-{kind}", f"{kind} `{token}` is declared twice")
        else:
            table[token.lower()] = value

    def typed_names(self, tree: Tree[Token]) -> Iterable[tuple[Token, tuple[Token, ...] | None]]:
        """Each name or variable of a typed list with its types as written (None: none given)."""
        types: tuple[Token, ...] | None
        for part in tree.children:
            if isinstance(part, str):
                words = iter(words_in(part))
                names = []
                for each in words:
                    if each != "-":
                        names.append(each)
                    else:
                        types = (next(words),)
                        for name in names:
                            yield name, types
                        names = []
            else:
                run, last = part.children[0], part.children[-1]
                assert isinstance(run, str)
                types = None
                if is_tree(last):
                    types = tuple(t for t in tokens_of(last) if t.type == "NAME")
                for name in words_in(run):
                    yield name, types

    def resolve_types(self, types: tuple[Token, ...] | None) -> tuple[str, ...]:
        """Declared spellings of types; unknown ones are reported and left out."""
        if types is None:
            return (ANY_TYPE,)
        known = []
        for token in types:
            declared = self.types.get(token.lower())
            if declared is None:
                names = [t.name for t in self.types.values()]
                self.report(
                    token,
                    "unknown-type",
                    f"unknown type `{token}`",
                    did_you_mean(token, names, "type"),
                )
                # What is declared with it would fit nowhere.
                self.ignored.add("type-mismatch")
            else:
                known.append(declared.name)
        return tuple(known) or (ANY_TYPE,)

    def places(self, tree: Tree[Token]) -> tuple[Parameter, ...]:
        """The places of a predicate or function: only order and types matter, not the names.

        Real domains repeat a name here (`(in ?obj ?obj)` in the competition's logistics).
        """
        return tuple(
            Parameter(str(token), self.resolve_types(types), self.position(token))
            for token, types in self.typed_names(tree)
        )

    def parameters(self, tree: Tree[Token]) -> tuple[Parameter, ...]:
        """Typed variables; one that occurs twice is reported."""
        parameters: dict[str, Parameter] = {}
        for token, types in self.typed_names(tree):
            if token.lower() in parameters:
                self.report(token, "duplicate-parameter", f"parameter `{token}` occurs twice")
            else:
                parameters[token.lower()] = Parameter(
                    str(token), self.resolve_types(types), self.position(token)
                )
        return tuple(parameters.values())

    def requirements(self, trees: Iterable[Tree[Token]]) -> tuple[str, ...]:
        """The requirements in sections of them, as written."""
        tokens = [t for tree in trees for t in tokens_of(tree)[1:]]
        for token in tokens:
            self.keywords.setdefault(token.lower(), int(token.start_pos or 0))
        return tuple(map(str, tokens))

    def extended(self, scope: Scope, parameters: tuple[Parameter, ...]) -> Scope:
        """The variables in force where more are bound; too many are reported."""
        within = {**scope, **{p.name.lower(): p for p in parameters}}
        if len(within) > MAX_VARIABLES:
            place = parameters[-1].position
            self.report(
                place.offset if place else 0,
                "too-many-variables",
                f"more than {MAX_VARIABLES} variables in one place",
            )
            self.ignored.add("unknown-variable")
            return scope
        return within

    def declare_objects(self, objects: Iterable[Object]) -> None:
        """Makes objects known whose types are already resolved."""
        for each in objects:
            self.objects.setdefault(each.name.lower(), each)

    # Formulas

    def terms(
        self, head: Token, args: list[Token], parameters: tuple[Parameter, ...], scope: Scope
    ) -> tuple[str, ...]:
        """Terms as declared; unknown ones, a wrong number, and wrong types are reported."""
        if len(args) != len(parameters):
            takes = f"{len(parameters)} argument" + ("" if len(parameters) == 1 else "s")
            self.report(
                head,
                "arity",
                f"`{head}` takes {takes}, not {len(args)}",
                f"`{head}` is declared as {signature(head, parameters)}",
            )
            parameters = ()
        resolved = []
        for index, token in enumerate(args):
            term = self.term(token, scope)
            if term is None:
                resolved.append(str(token))
                continue
            name, types = term
            resolved.append(name)
            if index < len(parameters):
                wanted = parameters[index].types
                fits = types == wanted or self.hierarchy.fits(types, wanted)
                if not fits and token.startswith("?"):
                    # A variable of a wider type may still stand for an object that fits.
                    fits = self.hierarchy.fits(wanted, types)
                if not fits:
                    self.report(
                        token,
                        "type-mismatch",
                        f"`{token}` is of type {listed(types, 'or')}, but "
                        f"`{head}` asks for {listed(wanted, 'or')} here",
                        self._fitting(wanted, scope),
                    )
        return tuple(resolved)

    def _fitting(self, wanted: tuple[str, ...], scope: Scope) -> str:
        names = [p.name for p in scope.values() if self.hierarchy.fits(p.types, wanted)]
        names += [o.name for o in self.objects.values() if self.hierarchy.fits(o.types, wanted)]
        if not names:
            return f"nothing of type {listed(wanted, 'or')} is in reach"
        more = f" and {len(names) - 6} more" if len(names) > 6 else ""
        return "these fit: " + ", ".join(f"`{n}`" for n in names[:6]) + more

    def term(self, token: Token, scope: Scope) -> tuple[str, tuple[str, ...]] | None:
        """A term's declared spelling and types; None, with a finding, if there is no such term."""
        if token.startswith("?"):
            parameter = scope.get(token.lower())
            if parameter is not None:
                return parameter.name, parameter.types
            self.report(
                token,
                "unknown-variable",
                f"unknown variable `{token}`",
                did_you_mean(token, (p.name for p in scope.values()), "variable"),
            )
            return None
        known = self.objects.get(token.lower())
        if known is not None:
            return known.name, known.types
        self.report(
            token,
            "unknown-object",
            f"unknown object `{token}`",
            did_you_mean(token, (o.name for o in self.objects.values()), "object"),
        )
        return None

    def atom(self, tree: Tree[Token], scope: Scope) -> Atom:
        """An atom of a declared predicate."""
        head, *args = tokens_of(tree)
        predicate = self.predicates.get(head.lower())
        if predicate is None:
            self.report(
                head,
                "unknown-predicate",
                f"unknown predicate `{head}`",
                did_you_mean(head, (p.name for p in self.predicates.values()), "predicate"),
            )
            return self.locate(Atom(str(head), tuple(map(str, args))), head)
        terms = self.terms(head, args, predicate.parameters, scope)
        return self.locate(Atom(predicate.name, terms), head)

    def condition(self, tree: Tree[Token], scope: Scope, depth: int) -> Condition:
        """A condition from its tree."""
        if depth > MAX_DEPTH:
            offset = next(all_tokens(tree), None)
            self.report(
                offset if offset is not None else 0, "depth", f"nested deeper than {MAX_DEPTH}"
            )
            return And()
        parts = [c for c in tree.children if is_tree(c)]

        def inner(part: Tree[Token]) -> Condition:
            return self.condition(part, scope, depth + 1)

        found: Condition
        match tree.data:
            case "empty":
                found = And()
            case "and_":
                found = And(tuple(self._conjuncts(tree, scope, depth)))
            case "or_":
                found = Or(tuple(map(inner, parts)))
            case "not_":
                found = Not(inner(parts[0]))
            case "imply":
                found = Imply(inner(parts[0]), inner(parts[1]))
            case "forall" | "exists":
                parameters = self.parameters(parts[0])
                within = self.extended(scope, parameters)
                quantifier = Forall if tree.data == "forall" else Exists
                found = quantifier(parameters, self.condition(parts[1], within, depth + 1))
            case "compare":
                found = self.comparison(tree, scope, depth)
            case _:
                found = self.atom(tree, scope)
        return self.locate(found, next(all_tokens(tree), None))

    def _conjuncts(self, tree: Tree[Token], scope: Scope, depth: int) -> Iterator[Condition]:
        """The parts of a conjunction, of which runs are several."""
        for child in tree.children:
            if not isinstance(child, str):
                yield self.condition(child, scope, depth + 1)
            elif child.type == "ATOMS":
                for atom, offset in self.runs.atoms(child):
                    # As elsewhere the place of an atom is that of its predicate.
                    self.offsets[id(atom)] = atom, offset + 1
                    yield atom
            elif child.type == "LITERALS":
                for literal in self.literals.literals(child, scope):
                    if literal.atom is None or depth + 2 > MAX_DEPTH:
                        yield self.condition(literal.tree("not_"), scope, depth + 1)
                    elif literal.negation is None:
                        yield literal.atom
                    else:
                        negated = Not(literal.atom)
                        self.offsets[id(negated)] = negated, literal.negation
                        yield negated

    def comparison(self, tree: Tree[Token], scope: Scope, depth: int) -> Condition:
        """Equality of terms, or a relation of numbers."""
        relation = tokens_of(tree)[0]
        operands = [c for c in tree.children if is_tree(c)]
        if relation == "=" and all(map(self._is_term, operands)):
            terms = [self.term(tokens_of(o)[0], scope) for o in operands]
            left, right = (t[0] if t else "" for t in terms)
            return Equal(left, right)
        left_value, right_value = (self.expression(o, scope, depth + 1) for o in operands)
        return Compare(str(relation), left_value, right_value)  # type: ignore[arg-type]

    def _is_term(self, operand: Tree[Token]) -> bool:
        """Whether an operand of `=` is a term: an object may be called `1`, as a number is."""
        if operand.data == "number":
            return tokens_of(operand)[0].lower() in self.objects
        return operand.data == "bare"

    def expression(self, tree: Tree[Token], scope: Scope, depth: int) -> Expression:
        """A numeric expression from its tree."""
        tokens = tokens_of(tree)
        if depth > MAX_DEPTH:
            self.report(next(all_tokens(tree), 0), "depth", f"nested deeper than {MAX_DEPTH}")
            return Fraction(0)
        match tree.data:
            case "number":
                return self.number(tokens[0])
            case "function_term":
                return self.function_term(tree, scope)
            case "arithmetic":
                operator = tokens[0]
                parts = tuple(
                    self.expression(c, scope, depth + 1) for c in tree.children if is_tree(c)
                )
                if (len(parts) == 1 and operator != "-") or (len(parts) > 2 and operator in "-/"):
                    self.report(operator, "arity", f"`{operator}` takes two operands")
                return Arithmetic(str(operator), parts)  # type: ignore[arg-type]
            case _:
                self.report(
                    tokens[0],
                    "not-a-number",
                    f"`{tokens[0]}` is not a number",
                    f"a function is written in parentheses: `({tokens[0]})`",
                )
                return Fraction(0)

    def number(self, token: Token) -> Fraction:
        """An exact number."""
        if len(token) > MAX_DIGITS:
            self.report(token, "number", f"numbers may have {MAX_DIGITS} digits at most")
            return Fraction(0)
        return Fraction(token)

    def function_term(self, tree: Tree[Token], scope: Scope) -> FunctionTerm:
        """A function term of a declared function."""
        head, *args = tokens_of(tree)
        function = self.functions.get(head.lower())
        if function is None and head.lower() == "is-violated":
            self.report(head, "unsupported", "preferences (PDDL 3.0) are not supported")
            return FunctionTerm(str(head))
        if function is None:
            self.report(
                head,
                "unknown-function",
                f"unknown function `{head}`",
                did_you_mean(head, (f.name for f in self.functions.values()), "function"),
            )
            return FunctionTerm(str(head), tuple(map(str, args)))
        terms = self.terms(head, args, function.parameters, scope)
        return self.locate(FunctionTerm(function.name, terms), head)


def signature(head: str, parameters: tuple[Parameter, ...]) -> str:
    """A declaration as it is written: `(on ?x - block ?y - block)`."""
    words = [head]
    for parameter in parameters:
        words.append(parameter.name)
        if parameter.types != (ANY_TYPE,):
            types = parameter.types
            words += ["-", types[0] if len(types) == 1 else f"(either {' '.join(types)})"]
    return f"`({' '.join(words)})`"
