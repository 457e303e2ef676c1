"""Relations that only grow, indexed by what is asked of them, and a budget for looking at them."""

from __future__ import annotations

from goalsmith.domains.effort import SpentError
from goalsmith.domains.facts import Args


class Relations:
    """Tuples by the name of their relation, indexed by the places that searches ask for.

    Relations only grow. At most `budget` tuples are looked at.
    """

    def __init__(self, budget: int) -> None:
        self._left = budget
        self._tuples: dict[str, set[Args]] = {}
        self._indexes: dict[str, dict[tuple[int, ...], dict[Args, list[Args]]]] = {}

    def spend(self, count: int) -> None:
        """Counts tuples that are looked at.

        Raises:
            SpentError: there were too many.
        """
        self._left -= count
        if self._left < 0:
            raise SpentError

    def add(self, relation: str, args: Args) -> bool:
        """Adds a tuple; says whether it is new."""
        known = self.tuples(relation)
        if args in known:
            return False
        known.add(args)
        for places, index in self._indexes.get(relation, {}).items():
            index.setdefault(tuple([args[p] for p in places]), []).append(args)
        return True

    def tuples(self, relation: str) -> set[Args]:
        """The tuples of a relation: always the same set, which grows with it."""
        return self._tuples.setdefault(relation, set())

    def index(self, relation: str, places: tuple[int, ...]) -> dict[Args, list[Args]]:
        """The tuples of a relation by what they have at some places; it grows with the relation."""
        indexes = self._indexes.setdefault(relation, {})
        if places not in indexes:
            index = indexes[places] = {}
            for args in self.tuples(relation):
                index.setdefault(tuple([args[p] for p in places]), []).append(args)
        return indexes[places]
