"""A table of a wording file that knows where it is, for errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Parameter
from goalsmith.domains.wording.defaults import placeholders
from goalsmith.domains.wording.templates import template_parts

MAX_PHRASING = 500
"""Characters that one phrasing may have."""


class Table:
    """A table of a wording file, with its values checked as they are asked for.

    What is wrong raises InputError, with the file, the place and the reason.
    """

    def __init__(self, source: str, path: str, content: Mapping[str, object]) -> None:
        self.source = source
        self.path = path
        self.content = content

    def error(self, message: str, key: str = "") -> InputError:
        """The error for a value, with its place."""
        place = ".".join(p for p in (self.path, key) if p)
        return InputError(f"{self.source}: {place}: {message}")

    def expect(self, keys: Iterable[str]) -> None:
        """Raises for a key that is none of these."""
        known = tuple(keys)
        for key in self.content:
            if key not in known:
                raise self.error(f"unknown key: {did_you_mean(key, known, 'key')}", key)

    def text(self, key: str) -> str:
        """The text under a key, spaces made single; empty when the key is left out."""
        value = self.content.get(key)
        return "" if value is None else self._text(value, key)

    def _text(self, value: object, key: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.error("a text that is not empty is expected", key)
        if len(value) > MAX_PHRASING:
            raise self.error(f"is longer than {MAX_PHRASING} characters", key)
        return " ".join(value.split())

    def template(self, key: str, parameters: Sequence[Parameter]) -> str:
        """The template under a key, checked; empty when the key is left out."""
        template = self.text(key)
        self._places(template, key, parameters)
        return template

    def full_template(self, key: str, parameters: Sequence[Parameter]) -> str:
        """Like `template`, of which every parameter must be a part exactly once."""
        template = self.text(key)
        if template:
            self._full(template, key, parameters)
        return template

    def full_templates(self, key: str, parameters: Sequence[Parameter]) -> tuple[str, ...] | None:
        """Several full templates under a key; None when the key is left out."""
        templates = self.texts(key)
        for template in templates or ():
            self._full(template, key, parameters)
        return templates

    def _places(self, template: str, key: str, parameters: Sequence[Parameter]) -> list[int]:
        try:
            parts = template_parts(template, parameters)
        except InputError as error:
            raise self.error(str(error), key) from None
        return [p for p in parts if isinstance(p, int)]

    def texts(self, key: str) -> tuple[str, ...] | None:
        """The texts in a list under a key; None when the key is left out."""
        values = self.content.get(key)
        if values is None:
            return None
        if not isinstance(values, list):
            raise self.error("a list of texts is expected", key)
        return tuple(self._text(value, key) for value in values)

    def text_lists(self, key: str) -> dict[str, tuple[str, ...]]:
        """A table of lists of texts, with its keys in lower case."""
        inner = self.content.get(key, {})
        if not isinstance(inner, dict):
            raise self.error("a table is expected", key)
        table = Table(self.source, key, inner)
        return {name.lower(): table.texts(name) or () for name in inner}

    def _full(self, template: str, key: str, parameters: Sequence[Parameter]) -> None:
        places = self._places(template, key, parameters)
        for index, shown in enumerate(placeholders(parameters)):
            if places.count(index) != 1:
                count = "does not name" if index not in places else "names more than once"
                raise self.error(f"`{template}` {count} the parameter {shown}", key)

    def tables(self, key: str, known: Iterable[str], kind: str) -> list[tuple[str, Table]]:
        """The tables in a table, under the declared spelling of their names."""
        declared = {k.lower(): k for k in known}
        inner = self.content.get(key, {})
        if not isinstance(inner, dict):
            raise self.error("a table is expected", key)
        found: dict[str, Table] = {}
        for name, content in inner.items():
            place = f"{key}.{name}"
            spelled = declared.get(name.lower())
            if spelled is None:
                hint = did_you_mean(name, declared.values(), kind)
                raise self.error(f"the domain has no {kind} `{name}`: {hint}", place)
            if spelled in found:
                raise self.error(f"the {kind} `{spelled}` occurs twice", place)
            if not isinstance(content, dict):
                raise self.error("a table is expected", place)
            found[spelled] = Table(self.source, place, content)
        return list(found.items())
