"""Functions that are described by a schema, as OpenAI's tools are.

The form is that of https://platform.openai.com/docs/guides/function-calling: a name, a description,
and parameters as a JSON Schema object, for Chat Completions inside of `{"type": "function"}`.
"""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Literal

from goalsmith.agents.kinds import Hint
from goalsmith.domains.errors import InputError


def from_schema(
    schema: Mapping[str, Any],
    function: Callable[..., Any],
    types: Mapping[str, Hint] | None = None,
) -> Callable[..., Any]:
    """A function with the signature that a schema describes, to be declared with `Toolkit.action`.

    Its parameters are the required properties. They are texts: of the type that `types` gives, or
    one of their `enum`, or any thing.

    Args:
        schema: of the function.
        function: called with the properties as keyword arguments.
        types: type hints of properties.

    Raises:
        InputError: it is no schema of a function, or a required property is no text.
    """
    inner = schema.get("function", schema)
    name = inner.get("name") if isinstance(inner, Mapping) else None
    if not isinstance(name, str) or not name:
        raise InputError("a function's schema needs a name")
    where = f"the schema of `{name[:80]}`"
    parameters = inner.get("parameters") or {}
    properties = parameters.get("properties", {}) if isinstance(parameters, Mapping) else None
    if not isinstance(properties, Mapping):
        raise InputError(f"{where}: `parameters` should be an object with `properties`")
    required = parameters.get("required", ())
    hints: dict[str, Hint] = {}
    for key in properties:
        if key in required:
            hints[key] = _hint(properties[key], (types or {}).get(key), f"{where}: `{key}`")
            if not key.isidentifier() or keyword.iskeyword(key):
                raise InputError(f"{where}: `{key}` cannot be the name of an argument in Python")
    for key in types or ():
        if key not in hints:
            raise InputError(f"{where}: `{key}`, whose type is given, is no required property")

    @wraps(function)
    def call(**arguments: Any) -> Any:
        return function(**arguments)

    call.__name__ = name
    call.__doc__ = str(inner.get("description") or "")
    call.__annotations__ = hints
    kind = inspect.Parameter.KEYWORD_ONLY
    vars(call)["__signature__"] = inspect.Signature([inspect.Parameter(k, kind) for k in hints])
    return call


def _hint(schema: object, given: Hint | None, where: str) -> Hint:
    if not isinstance(schema, Mapping):
        raise InputError(f"{where} should be an object with a `type`")
    if schema.get("type", "string") != "string":
        raise InputError(f"{where} is of type {schema.get('type')!r:.40}: objects are texts")
    if given is not None:
        return given
    values = schema.get("enum")
    if values is None:
        return str
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InputError(f"{where}: `enum` should be a list of texts")
    return Literal.__getitem__(tuple(values))
