"""Rules made as they are asked for, and the grammar that they form."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

from goalsmith.translate.grammar.grammar import Expression, Grammar, Record, Ref, Rule, parts_of


class RuleBook:
    """Rules as they are asked for, each made once."""

    def __init__(self) -> None:
        self._bodies: dict[str, Expression] = {}
        self._names: dict[object, str] = {}
        self._counts: Counter[str] = Counter()

    def ref(self, kind: str, key: object, body: Callable[[], Expression]) -> Ref:
        """The rule of a kind for a key. Its body is made at the first use, and may refer to it."""
        name = self._names.get((kind, key))
        if name is None:
            self._counts[kind] += 1
            name = self._names[kind, key] = f"{kind}{self._counts[kind]}"
            self._bodies[name] = body()
        return Ref(name)

    def grammar(self, name: str, start: Record) -> Grammar:
        """The grammar of what begins with a record: its rules as they come up there."""
        used: dict[str, Expression] = {}
        waiting: deque[Expression] = deque([start])
        while waiting:
            part = waiting.popleft()
            if not isinstance(part, Ref):
                waiting.extend(parts_of(part))
            elif part.rule not in used:
                used[part.rule] = self._bodies[part.rule]
                waiting.append(used[part.rule])
        made = [Rule(rule, body) for rule, body in used.items()]
        return Grammar(name, (Rule("answer", start), *made))
