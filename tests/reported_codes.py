"""Which codes of findings a package's modules may report, found in their sources."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from itertools import product


class Codes(ast.NodeVisitor):
    """The codes of the findings that modules make, traced back from every `Diagnostic`.

    A code is written out where a finding is made, or is put together from parameters of the
    function that makes it, whose values are then sought in the same way in all calls of it.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        self._within: list[ast.FunctionDef] = []
        self._calls: list[tuple[ast.Call, str, ast.FunctionDef | None]] = []
        for source in sources:
            self.visit(ast.parse(source))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._within.append(node)
        self.generic_visit(node)
        self._within.pop()

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func).rpartition(".")[2]
        self._calls.append((node, name, self._within[-1] if self._within else None))
        self.generic_visit(node)

    def all(self) -> set[str]:
        return self._given("Diagnostic", "code", 0)

    def _given(self, function: str, parameter: str, place: int) -> set[str]:
        """The values that calls of a function give to a parameter."""
        calls = [(call, within) for call, name, within in self._calls if name == function]
        assert calls, f"{function} is not called"
        found: set[str] = set()
        for call, within in calls:
            by_name = {k.arg: k.value for k in call.keywords}
            value = call.args[place] if len(call.args) > place else by_name[parameter]
            found |= self._values(value, within)
        return found

    def _values(self, value: ast.expr, within: ast.FunctionDef | None) -> set[str]:
        match value:
            case ast.Constant(str(text)):
                return {text}
            case ast.FormattedValue(part):
                return self._values(part, within)
            case ast.JoinedStr(parts):
                return set(map("".join, product(*(self._values(p, within) for p in parts))))
            case ast.Name(name) if within is not None:
                names = [a.arg for a in within.args.args if a.arg != "self"]
                return self._given(within.name, name, names.index(name))
        raise AssertionError(f"{ast.unparse(value)}: what codes are these?")
