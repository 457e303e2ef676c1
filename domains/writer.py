"""Writing PDDL that reads back equal: domains, problems, conditions, with names as declared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from goalsmith.domains.formula import (
    ANY_TYPE,
    Add,
    And,
    Arithmetic,
    Assign,
    Atom,
    Compare,
    Condition,
    Delete,
    Effect,
    Equal,
    Exists,
    Expression,
    Forall,
    ForEach,
    FunctionTerm,
    Imply,
    Not,
    Or,
    Parameter,
    When,
)
from goalsmith.domains.language import (
    Action,
    DerivedRule,
    Domain,
    Function,
    Metric,
    Object,
    Predicate,
    Problem,
    Type,
)

INDENT = "  "


def write_domain(domain: Domain) -> str:
    """The domain as PDDL text."""
    blocks = [f"(define (domain {domain.name})"]
    if domain.requirements:
        blocks.append(f"{INDENT}(:requirements {' '.join(domain.requirements)})")
    if domain.types:
        blocks.append(_section(":types", _typed(domain.types)))
    if domain.constants:
        blocks.append(_section(":constants", _typed(domain.constants)))
    if domain.predicates:
        blocks.append(_section(":predicates", map(_head, domain.predicates)))
    if domain.functions:
        heads = [f"{_head(f)} - number" for f in domain.functions]
        blocks.append(_section(":functions", heads))
    blocks += [_rule(rule) for rule in domain.derived]
    blocks += [_action(action) for action in domain.actions]
    return "\n".join(blocks) + "\n)\n"


def write_problem(problem: Problem) -> str:
    """The problem as PDDL text."""
    blocks = [
        f"(define (problem {problem.name})",
        f"{INDENT}(:domain {problem.domain_name})",
    ]
    if problem.requirements:
        blocks.append(f"{INDENT}(:requirements {' '.join(problem.requirements)})")
    if problem.objects:
        blocks.append(_section(":objects", _typed(problem.objects)))
    facts = [str(atom) for atom in problem.init]
    facts += [f"(= {term} {_number(value)})" for term, value in problem.numbers]
    blocks.append(_section(":init", facts))
    blocks.append(f"{INDENT}(:goal {write_condition(problem.goal)})")
    if problem.metric:
        blocks.append(f"{INDENT}{_metric(problem.metric)}")
    return "\n".join(blocks) + "\n)\n"


def write_condition(condition: Condition) -> str:
    """A condition on one line."""
    match condition:
        case Atom():
            return str(condition)
        case Equal(left, right):
            return f"(= {left} {right})"
        case Not(part):
            return f"(not {write_condition(part)})"
        case And(parts):
            return _applied("and", map(write_condition, parts))
        case Or(parts):
            return _applied("or", map(write_condition, parts))
        case Imply(premise, conclusion):
            return f"(imply {write_condition(premise)} {write_condition(conclusion)})"
        case Forall(parameters, part):
            return f"(forall ({_parameters(parameters)}) {write_condition(part)})"
        case Exists(parameters, part):
            return f"(exists ({_parameters(parameters)}) {write_condition(part)})"
        case Compare(relation, left_value, right_value):
            return f"({relation} {write_expression(left_value)} {write_expression(right_value)})"


def write_expression(expression: Expression) -> str:
    """A numeric expression on one line."""
    match expression:
        case FunctionTerm():
            return str(expression)
        case Arithmetic(operator, parts):
            return _applied(operator, map(write_expression, parts))
        case _:
            return _number(expression)


def write_effects(effects: Sequence[Effect]) -> str:
    """Effects on one line: one alone, or several under `and`."""
    if len(effects) == 1:
        return _effect(effects[0])
    return _applied("and", map(_effect, effects))


def _effect(effect: Effect) -> str:
    match effect:
        case Add(atom):
            return str(atom)
        case Delete(atom):
            return f"(not {atom})"
        case Assign(operator, target, value):
            return f"({operator} {target} {write_expression(value)})"
        case When(condition, effects):
            return f"(when {write_condition(condition)} {write_effects(effects)})"
        case ForEach(parameters, effects):
            return f"(forall ({_parameters(parameters)}) {write_effects(effects)})"


def _applied(head: str, parts: Iterable[str]) -> str:
    return f"({' '.join((head, *parts))})"


def _number(value: Fraction) -> str:
    """A number as a decimal: exact if 90 places suffice, else the nearest with 15 digits."""
    if value.denominator == 1:
        return str(value.numerator)
    rest = value.denominator
    places = 0
    while rest % 10 == 0 or rest % 5 == 0 or rest % 2 == 0:
        rest //= 10 if rest % 10 == 0 else 5 if rest % 5 == 0 else 2
        places += 1
    if rest != 1 or places > 90:
        with localcontext(prec=15):
            near = Decimal(value.numerator) / Decimal(value.denominator)
        return f"{near:.90f}".rstrip("0").rstrip(".")
    scaled = abs(value.numerator) * 10**places // value.denominator
    digits = str(scaled).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}".rstrip("0")


def _types(types: tuple[str, ...]) -> str:
    return types[0] if len(types) == 1 else f"(either {' '.join(types)})"


def _typed(declared: Iterable[Type | Object]) -> list[str]:
    """Declarations in lines of one type each; types are left out only where all are `object`."""
    lines: list[tuple[list[str], tuple[str, ...]]] = []
    for each in declared:
        types = each.parents if isinstance(each, Type) else each.types
        if lines and lines[-1][1] == types:
            lines[-1][0].append(each.name)
        else:
            lines.append(([each.name], types))
    if all(types == (ANY_TYPE,) for _, types in lines):
        return [" ".join(names) for names, _ in lines]
    return [f"{' '.join(names)} - {_types(types)}" for names, types in lines]


def _parameters(parameters: tuple[Parameter, ...]) -> str:
    if all(p.types == (ANY_TYPE,) for p in parameters):
        return " ".join(p.name for p in parameters)
    return " ".join(f"{p.name} - {_types(p.types)}" for p in parameters)


def _head(declared: Predicate | Function) -> str:
    variables = _parameters(declared.parameters)
    return f"({declared.name}{' ' if variables else ''}{variables})"


def _section(keyword: str, lines: Iterable[str]) -> str:
    body = "".join(f"\n{INDENT * 2}{line}" for line in lines)
    return f"{INDENT}({keyword}{body})"


def _rule(rule: DerivedRule) -> str:
    variables = _parameters(rule.parameters)
    head = f"({rule.predicate}{' ' if variables else ''}{variables})"
    return f"{INDENT}(:derived {head}\n{INDENT * 2}{write_condition(rule.condition)})"


def _action(action: Action) -> str:
    lines = [
        f"{INDENT}(:action {action.name}",
        f"{INDENT * 2}:parameters ({_parameters(action.parameters)})",
        f"{INDENT * 2}:precondition {write_condition(action.precondition)}",
        f"{INDENT * 2}:effect {write_effects(action.effects)})",
    ]
    return "\n".join(lines)


def _metric(metric: Metric) -> str:
    if metric.expression == "total-time":
        return f"(:metric {metric.direction} (total-time))"
    return f"(:metric {metric.direction} {write_expression(metric.expression)})"
