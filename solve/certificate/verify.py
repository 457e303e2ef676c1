"""Checks a certificate: its plan by replaying it, and all that it says of the plan.

The evaluator is written here anew, so that no mistake of an engine or of our semantics vouches for
itself. For a given task the time is linear in the certificate's size. Steps count from 1.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce
from operator import add, eq, ge, gt, le, lt, mul, sub, truediv
from typing import Any, cast

from goalsmith.domains import formula as f
from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task, TypeHierarchy
from goalsmith.domains.plans import read_plan
from goalsmith.domains.stratify import strata
from goalsmith.solve.certificate.seal import demand, unsealed

LINK = {"kind", "fact", "provider", "consumer", "before", "after"}
RELATIONS = {"<": lt, "<=": le, "=": eq, ">=": ge, ">": gt}
OPERATORS = {"+": add, "-": sub, "*": mul, "/": truediv}
CHANGES = {"increase": add, "decrease": sub, "scale-up": mul, "scale-down": truediv}


def verify(text: str, task: Task) -> str | None:
    """What is wrong with the text of a certificate for a task; None if nothing is."""
    try:
        _Replay(task).check(unsealed(text, task))
    except InputError as error:
        return str(error)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError):
        return "it has not the form of a certificate, or reads a number that has no value"
    return None


def _rank(part: f.Condition, free: Mapping[str, Any]) -> int:
    return len(f.free_variables(part) & free.keys()) if isinstance(part, f.Atom) else 1000


class _Replay:
    """What is so as the steps are taken, and who made it so."""

    def __init__(self, task: Task) -> None:
        self.task, self.types = task, TypeHierarchy(task.domain, task.objects)
        self.rules = {rule.predicate for rule in task.domain.derived}
        metric = task.problem.metric
        self.cost = cast(Any, metric.expression if metric else "total-time")
        counts = f.function_terms_in(self.cost)  # they begin at zero if nothing else is said
        self.numbers = {**dict.fromkeys(counts, Fraction(0)), **dict(task.problem.numbers)}
        self.relations: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        named: Any = (*task.domain.predicates, *task.domain.functions, *task.objects)
        self.names = {each.name for each in named}
        self.last: dict[Any, Any] = {}
        for atom in task.problem.init:
            self.relations[atom.predicate].add(atom.args)
            self.last[False, str(atom)] = "atom", None
        self.changed: dict[str, list[int]] = defaultdict(list)
        self.undone: dict[Any, list[int]] = defaultdict(list)
        self.derive()

    def derive(self) -> None:
        """The derived atoms: the least fixpoint of the rules, stratum by stratum."""
        for rules in strata(self.task.domain.derived):
            new = self.relations.update((rule.predicate, set()) for rule in rules) or True
            while new:
                new = False
                for rule in rules:
                    known = self.relations[rule.predicate]
                    found = self.choices(rule.parameters, rule.condition, {})
                    heads = {tuple(own[p.name] for p in rule.parameters) for own in found}
                    new = new or not heads <= known
                    known |= heads

    def holds(self, condition: f.Condition, own: f.Bindings) -> bool:
        """Whether a condition holds, its variables being bound."""
        match condition:
            case f.Atom(predicate, args):
                return tuple(own.get(a, a) for a in args) in self.relations[predicate]
            case f.Not(part):
                return not self.holds(part, own)
            case f.And(parts):
                return all(self.holds(part, own) for part in parts)
            case f.Or(parts):
                return any(self.holds(part, own) for part in parts)
            case f.Imply(premise, conclusion):
                return not self.holds(premise, own) or self.holds(conclusion, own)
            case f.Exists(parameters, part):
                return any(True for _ in self.choices(parameters, part, own))
            case f.Forall(parameters, part):
                return not any(True for _ in self.choices(parameters, f.negation(part), own))
            case f.Equal(left, right):
                return own.get(left, left) == own.get(right, right)
            case f.Compare(relation, left, right):
                try:
                    return bool(RELATIONS[relation](self.value(left, own), self.value(right, own)))
                except (KeyError, ZeroDivisionError):  # a number without a value
                    return False

    def value(self, expression: Any, own: f.Bindings) -> Fraction:
        """The value of an expression. Raises KeyError or ZeroDivisionError if it has none."""
        ground = f.instantiate_expression(expression, own)
        if isinstance(ground, f.Arithmetic):
            values = [self.value(part, {}) for part in ground.parts]
            return reduce(OPERATORS[ground.operator], values) if values[1:] else -values[0]
        return self.numbers[ground] if isinstance(ground, f.FunctionTerm) else ground

    def choices(self, free: Sequence[f.Parameter], part: f.Condition, own: f.Bindings) -> Any:
        """The choices of objects for which a condition holds, some more than once."""
        objects = {p.name: self.types.objects_of(p.types) for p in free}
        yield from self.join([part], {n: o for n, o in own.items() if n not in objects}, objects)

    def join(self, parts: list[f.Condition], own: dict[str, str], free: dict[str, Any]) -> Any:
        """Tests what is bound; then binds by an atom's tuples or, without one, object by object."""
        every = [each for part in parts for each in f.conjuncts(part)]
        later = [each for each in every if f.free_variables(each) & free.keys()]
        if not all(self.holds(each, own) for each in every if each not in later):
            return
        part = min(later, key=lambda each: _rank(each, free), default=None)
        rest = [each for each in later if each is not part]
        match part:
            case f.Atom(predicate, args):
                for values in tuple(self.relations[predicate]):
                    new = {**own, **{a: v for a, v in zip(args, values, strict=True) if a in free}}
                    typed = all(new[a] in free[a] for a in args if a in free)
                    if typed and tuple(new.get(a, a) for a in args) == values:
                        still = {name: o for name, o in free.items() if name not in new}
                        yield from self.join(rest, new, still)
            case f.Or(alternatives):
                for each in alternatives:
                    yield from self.join([each, *rest], own, free)
            case f.Exists(inner, body) if not {p.name for p in inner} & {*own, *free}:
                more = {p.name: self.types.objects_of(p.types) for p in inner}
                yield from self.join([body, *rest], own, {**free, **more})
            case _ if free:
                name, *others = free
                for each in free[name]:
                    yield from self.join(later, {**own, name: each}, {n: free[n] for n in others})
            case _:
                yield own

    def effects(self, effects: Sequence[f.Effect], own: f.Bindings) -> Any:
        """The simple effects that take place, each with its bindings."""
        for effect in effects:
            if isinstance(effect, f.When | f.ForEach):
                variables = effect.parameters if isinstance(effect, f.ForEach) else ()
                condition = effect.condition if isinstance(effect, f.When) else f.TRUE
                for bound in self.choices(variables, condition, own):
                    yield from self.effects(effect.effects, bound)
            else:
                yield effect, own

    def take(self, step: int, effects: Sequence[tuple[Any, Any]]) -> None:
        """Takes a step by its effects, and notes who makes and undoes what."""
        adds: Any = {f.instantiate(e.atom, own) for e, own in effects if isinstance(e, f.Add)}
        deletes: Any = {f.instantiate(e.atom, own) for e, own in effects if isinstance(e, f.Delete)}
        values: dict[Any, Any] = {}
        kinds: dict[Any, Any] = {}
        for effect, own in (each for each in effects if isinstance(each[0], f.Assign)):
            term: Any = f.instantiate_expression(effect.target, own)
            value, change = self.value(effect.value, own), CHANGES.get(effect.operator)
            kind = "+" if change in (add, sub) else "*" if change else value
            demand(kinds.setdefault(term, kind) == kind, f"step {step} changes {term} in two ways")
            before = values.get(term, self.numbers.get(term))
            values[term] = change(before, value) if change else value
        for atoms, kind, other in ((deletes - adds, "not", "atom"), (adds, "atom", "not")):
            for atom in atoms:
                self.undone[other, str(atom)].append(step)
                if (atom.args in self.relations[atom.predicate]) == (kind == "not"):
                    self.relations[atom.predicate] ^= {atom.args}
                    self.last[False, str(atom)] = kind, step
                    self.changed[atom.predicate].append(step)
        for term in values:
            self.last[True, str(term)] = "number", step
            self.undone["number", str(term)].append(step)
        self.numbers.update(values)
        self.derive()

    def need(self, whose: str, condition: f.Condition, links: list[Any], plain: bool) -> None:
        """Checks that a ground condition holds, and the links by which it does."""
        demand(self.holds(condition, {}), f"the condition of {whose} does not hold")
        asked = set()
        for part in f.conjuncts(condition):
            atom = part.part if isinstance(part, f.Not) else part
            if isinstance(atom, f.Atom) and atom.predicate not in self.rules:
                asked.add(("atom" if atom is part else "not", str(atom)))
            else:
                plain = False
        given = {(link["kind"], link["fact"], link["provider"]) for link in links}
        linked = {(kind, fact) for kind, fact, _ in given}
        fits = asked == linked if plain else asked <= linked
        demand(fits and len(given) == len(links), f"the links of {whose} are not those it needs")
        for kind, fact, provider in given:
            number = kind == "number"
            last = self.last.get((number, fact), ("number" if number else "not", None))
            right = provider in self.changed[fact] if kind == "all" else last == (kind, provider)
            known = kind == "all" or self.names.issuperset(fact[1:-1].split(" "))
            demand(right and known, f"{fact} is not provided to {whose} as it says")

    def check(self, said: dict[str, Any]) -> None:
        """Takes the steps; raises InputError unless all is as the certificate says."""
        plan = read_plan("\n".join(said["plan"]), self.task)
        demand([str(step) for step in plan] == said["plan"], "its plan is not one of the task")
        links = defaultdict(list)
        for link in said["links"]:
            ends = link["provider"] or 0, link["consumer"] or 0
            numbered = {type(n) for n in (*ends, *link["before"], *link["after"])} == {int}
            demand(numbered and set(link) == LINK, "a link does not have the form of one")
            links[link["consumer"]].append(link)
        for number, step in enumerate(plan, 1):
            action, own = self.task.domain.action(step.action), step.bindings(self.task.domain)
            typed = all(own[p.name] in self.types.objects_of(p.types) for p in action.parameters)
            demand(typed, f"an object of step {number} is of the wrong type")
            condition = f.instantiate(action.precondition, own)
            plain = all(isinstance(effect, f.Add | f.Delete) for effect in action.effects)
            self.need(f"step {number}", condition, links.pop(number, []), plain)
            self.take(number, list(self.effects(action.effects, own)))
        self.need("the goal", self.task.problem.goal, links.pop(None, []), True)
        demand(not links, "a link has no consumer")
        for link in said["links"]:
            ends = link["provider"] or 0, link["consumer"] or len(plan) + 1
            threats = [n for n in self.undone[link["kind"], link["fact"]] if n not in ends]
            before, after = [n for n in threats if n < ends[0]], [n for n in threats if n > ends[1]]
            fits = (link["before"], link["after"]) == (before, after)
            demand(fits and before + after == threats, f"the threats to {link['fact']} do not fit")
        claim = said["claim"]
        counted = self.cost == "total-time"
        cost = str(len(plan) if counted else self.value(self.cost, {}))
        bound = cost if claim["optimal"] else None
        demand(said["cost"] == cost and claim["bound"] == bound, "its cost or its bound is wrong")
        kinds = {"engine": str, "evidence": str, "optimal": bool, "bound": type(bound)}
        demand({key: type(value) for key, value in claim.items()} == kinds, "its claim is unclear")
