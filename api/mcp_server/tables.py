"""Reading a table of TOML key by key: what is wrong or unknown is told with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goalsmith.domains.diagnostics import did_you_mean, listed
from goalsmith.domains.errors import InputError

MOST = 10**9
"""No number is larger."""


class Table:
    """A table, of which each key is asked for once; `finish` refuses the others.

    Args:
        values: what TOML says.
        place: the file and the table's name, for errors.
    """

    def __init__(self, values: Mapping[str, object], place: str) -> None:
        self.place = place
        self._values = values
        self._asked: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def tables(self, key: str) -> dict[str, Table]:
        """The tables in a table, by name; none where there is none."""
        found = self._get(key, {})
        if not isinstance(found, dict):
            raise self._wrong(key, f"tables `[{key}.NAME]`")
        tables = {}
        for name, values in found.items():
            if not isinstance(values, dict):
                raise self._wrong(f"{key}.{name}", f"a table `[{key}.{name}]`")
            tables[name] = Table(values, f"{self.place}: [{key}.{name}]")
        return tables

    def table(self, key: str) -> Table:
        """A table; an empty one where there is none."""
        found = self._get(key, {})
        if not isinstance(found, dict):
            raise self._wrong(key, f"a table `[{key}]`")
        return Table(found, f"{self.place}: [{key}]")

    def text(self, key: str, default: str | None = "") -> str:
        """A text. Without a default it must be there."""
        found = self._get(key, default)
        if not isinstance(found, str) or not (found or default == found):
            raise self._wrong(key, "a text")
        return found

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of some words. Without a default it must be there."""
        found = self._get(key, default)
        if not isinstance(found, str) or found not in choices:
            raise self._wrong(key, listed([f'"{each}"' for each in choices], "or"))
        return found

    def words(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts. Without a default it must be there, with a text in it."""
        found = self._get(key, default)
        if (
            not isinstance(found, list | tuple)
            or not all(isinstance(word, str) for word in found)
            or not (found or default == ())
        ):
            raise self._wrong(key, 'a list of texts, such as ["python", "world.py"]')
        return tuple(found)

    def texts(self, key: str) -> dict[str, str]:
        """Texts by name; none where there is none."""
        found = self._get(key, {})
        if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
            raise self._wrong(key, 'texts by name, such as { move = "drive" }')
        return dict(found)

    def number(self, key: str, default: float, low: float, high: float = MOST) -> float:
        """A number between two others."""
        found = self._get(key, default)
        # Written so that what is not a number is out of range, too.
        if (
            isinstance(found, bool)
            or not isinstance(found, int | float)
            or not low <= found <= high
        ):
            raise self._wrong(key, f"a number {_range(low, high)}")
        return float(found)

    def whole(self, key: str, default: int, low: int, high: int = MOST) -> int:
        """A whole number between two others."""
        found = self._get(key, default)
        if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
            raise self._wrong(key, f"a whole number {_range(low, high)}")
        return found

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        found = self._get(key, default)
        if not isinstance(found, bool):
            raise self._wrong(key, "true or false")
        return found

    def finish(self) -> None:
        """Raises InputError at the first key that was not asked for."""
        for key in self._values:
            if key not in self._asked:
                hint = did_you_mean(key, self._asked, "key")
                raise InputError(f"{self.place}: unknown key `{key[:80]}`: {hint}")

    def _get(self, key: str, default: object) -> object:
        self._asked.append(key)
        if key not in self._values and default is None:
            raise InputError(f"{self.place}: `{key}` is missing")
        return self._values.get(key, default)

    def _wrong(self, key: str, wanted: str) -> InputError:
        return InputError(f"{self.place}: `{key}` must be {wanted}")


def _range(low: float, high: float) -> str:
    return f"from {low:g} up" if high == MOST else f"between {low:g} and {high:g}"
