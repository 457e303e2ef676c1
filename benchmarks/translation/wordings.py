"""Which English a pair's domain has: a file of a folder, or what its names give."""

from __future__ import annotations

from pathlib import Path

from goalsmith.benchmarks.translation.pairs import Pair
from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Domain
from goalsmith.domains.reader import load_text
from goalsmith.domains.wording import Wording, default_wording, read_wording

SUFFIX = ".toml"


class Wordings:
    """The wordings of pairs.

    Args:
        folder: holds `SOURCE-DOMAIN.toml` for the pairs of a source in a domain; None: no folder,
            and every wording is made from the names in the domain.

    Raises:
        InputError: there is no such folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None and not folder.is_dir():
            raise InputError(f"there is no folder {folder} of wordings")
        # Names in a file of pairs never become paths: they are looked up among those found here.
        files = folder.iterdir() if folder is not None else ()
        self._files = {file.stem: file for file in files if file.suffix == SUFFIX}
        self._known: dict[tuple[str, Domain], Wording] = {}

    def of(self, pair: Pair) -> Wording:
        """The wording for a pair.

        Raises:
            InputError: the file cannot be read, or is wrong for the pair's domain.
        """
        name = f"{pair.source}-{pair.domain}"
        domain = pair.gold.domain
        known = self._known.get((name, domain))
        if known is None:
            file = self._files.get(name)
            if file is None:
                known = default_wording(domain)
            else:
                known = read_wording(load_text(file), domain, str(file))
            self._known[name, domain] = known
        return known
