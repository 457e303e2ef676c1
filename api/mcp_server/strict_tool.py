"""Tools that refuse arguments which they do not have, and whose errors are sentences."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, cast

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import ToolAnnotations
from pydantic import ConfigDict, ValidationError

from goalsmith.domains.diagnostics import did_you_mean, printable
from goalsmith.domains.errors import GoalsmithError

MOST_SHOWN = 5_000
"""Characters of an error that a client is told."""


class StrictTool(Tool):
    """A tool as `mcp` has it, but for what it says where something is wrong.

    Its package passes over arguments that a tool does not have, so that a misspelt one would be
    taken for left out, and says nothing of errors that are not its own.
    """

    @classmethod
    def of(cls, function: Callable[..., Any], title: str, *, harmless: bool = True) -> StrictTool:
        """A tool from an `async` function, whose docstring is its description.

        Args:
            function: the function.
            title: for a person.
            harmless: whether it changes nothing; the others act in the owner's environments.
        """
        annotations = ToolAnnotations(
            title=title,
            read_only_hint=harmless,
            destructive_hint=None if harmless else True,
            open_world_hint=not harmless,
        )
        made = cls.from_function(
            function, title=title, description=inspect.getdoc(function), annotations=annotations
        )
        assert isinstance(made, StrictTool)
        loose = made.fn_metadata.arg_model
        forbidding = {"model_config": ConfigDict(extra="forbid"), "__module__": __name__}
        strict = cast("type[Any]", type(loose.__name__, (loose,), forbidding))
        made.fn_metadata.arg_model = strict
        made.parameters = strict.model_json_schema(by_alias=True)
        return made

    async def run(
        self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False
    ) -> Any:
        """What the tool answers. Raises ToolError with a sentence for the client."""
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as error:
            raise ToolError(self._said(error)) from error

    def _said(self, error: ToolError) -> str:
        match error.__cause__:
            case ValidationError() as wrong:
                return "; ".join(self._argument(each) for each in wrong.errors(include_url=False))
            case GoalsmithError() as told:
                text = str(told)
                return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"
            case Exception() as fault:
                what = printable(f"{type(fault).__name__}: {fault}")
                return f"internal error: {what}. This is a fault of goalsmith; please report it"
        return str(error)

    def _argument(self, wrong: Any) -> str:
        # Of a place, what is not a name or a number is the kind that was tried, of several.
        first, *further = wrong["loc"] or (self.name,)
        places = (str(part) for part in further if isinstance(part, int))
        place = ".".join([str(first), *places])
        if wrong["type"] == "missing":
            return f"`{self.name}` needs the argument `{place}`: {self._about(place)}"
        if wrong["type"] == "extra_forbidden":
            known = [str(name) for name in self.parameters["properties"]]
            hint = did_you_mean(place, known, "argument")
            return f"`{self.name}` has no argument `{printable(place, 80)}`: {hint}"
        return f"the argument `{printable(place, 80)}`: {printable(wrong['msg'])}"

    def _about(self, name: str) -> str:
        return str(self.parameters["properties"].get(name, {}).get("description", "it is missing"))
