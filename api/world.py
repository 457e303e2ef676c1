"""A domain as the planner and the commands use it: with its wording and its instances."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Domain, Task
from goalsmith.domains.reader import load_domain, load_text, read_problem

if TYPE_CHECKING:
    from goalsmith.domains.library import LibraryDomain
    from goalsmith.domains.wording import Wording


@dataclass(frozen=True)  # without slots, so that the wording can be kept once it is made
class World:
    """A domain as the planner uses it: with its wording and whatever instances it has.

    Attributes:
        domain: the domain.
        given: its wording, if it has one; see `wording`.
        library: the bundled or installed domain, or the folder, that it comes from.
        wording_text: the wording file that was read; empty for a bundled domain, or without one.
    """

    domain: Domain
    given: Wording | None = None
    library: LibraryDomain | None = None
    wording_text: str = ""

    @cached_property
    def wording(self) -> Wording:
        """The wording that was given, or one made from the domain's names."""
        from goalsmith.domains.wording import default_wording

        return self.given or default_wording(self.domain)

    @classmethod
    def of(cls, domain: str | Path | Domain) -> World:
        """A bundled domain's name, a domain file, a folder in the library's form, or a value.

        Raises:
            InputError: there is no such domain, or it has errors.
        """
        if isinstance(domain, Domain):
            return cls(domain)
        path = Path(domain)
        # A PDDL file is no name, and needs nothing of the library.
        if path.suffix != ".pddl" or path.is_dir():
            from goalsmith.domains.library import bundled, load_folder, names

            if isinstance(domain, str) and domain in names():
                return cls._of_library(bundled(domain))
            if path.is_dir():
                own = path / "wording.toml"
                return cls._of_library(load_folder(path), load_text(own) if own.is_file() else "")
            if (
                isinstance(domain, str)
                and not path.exists()
                and path.suffix == ""
                and "/" not in domain
            ):
                return cls._of_library(bundled(domain))
        loaded = load_domain(path)
        wording_file = path.with_name("wording.toml")
        if wording_file.is_file():
            from goalsmith.domains.wording import read_wording

            text = load_text(wording_file)
            return cls(loaded, read_wording(text, loaded, str(wording_file)), wording_text=text)
        return cls(loaded)

    @classmethod
    def again(cls, domain: Domain, wording_text: str = "") -> World:
        """The world of a domain that was kept: by a wording's text, as bundled, or by its names."""
        from goalsmith.domains.library import bundled, names

        if wording_text:
            from goalsmith.domains.wording import read_wording

            # What a later goalsmith finds wrong with it must not keep a run from going on.
            with suppress(InputError):
                wording = read_wording(wording_text, domain, "<kept wording>")
                return cls(domain, wording, wording_text=wording_text)
        if domain.name in names() and bundled(domain.name).domain == domain:
            return cls._of_library(bundled(domain.name))
        return cls(domain)

    @classmethod
    def _of_library(cls, library: LibraryDomain, wording_text: str = "") -> World:
        return cls(library.domain, library.wording, library, wording_text)

    def task(self, problem: str | Path | Task | None = None) -> Task:
        """A problem file, an instance's name, or, for None, the domain's first instance.

        Raises:
            InputError: there is no such problem, or it has errors.
        """
        if isinstance(problem, Task):
            return problem
        instances = self.library.instances if self.library else ()
        if problem is None:
            if not instances:
                raise InputError(
                    f"a problem is needed (`--problem`; in Python `problem=`): domain "
                    f"`{self.domain.name}` has no instances of its own"
                )
            return instances[0].task
        for instance in instances:
            if instance.name == str(problem):
                return instance.task
        if self.library and not Path(problem).exists() and Path(problem).suffix == "":
            return self.library.instance(str(problem)).task
        return Task(self.domain, read_problem(load_text(problem), self.domain, str(problem)))
