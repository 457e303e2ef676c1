"""Tasks of the bundled domains: their instances, and problems made at random.

`library:logistics` stands for the instances of a domain, `library:logistics/p1` for one of them,
and `library:logistics,packages=4..6,seed=1..10` for problems of its generator, here thirty. The
marks are such that a shell takes the text as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, product

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError
from goalsmith.domains.library import LibraryDomain, bundled
from goalsmith.domains.sizes import chosen_sizes
from goalsmith.domains.writer import write_domain, write_problem

PREFIX = "library:"

SEED = "seed"

MOST_NUMBERS = 100_000
"""Numbers that a range may stand for, and problems that a text may."""

_NUMBERS = re.compile(r"(?P<low>[0-9]{1,18})(?:\.\.(?P<high>[0-9]{1,18}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class LibraryProblem:
    """An instance of a bundled domain, or a problem that its generator makes.

    Attributes:
        domain: the domain's name.
        name: the instance's; of one that is made, `packages-4-seed-1`.
        seed: what it is made with; None for an instance.
        sizes: likewise; those that are not named have their defaults.
    """

    domain: str
    name: str
    seed: int | None = None
    sizes: tuple[tuple[str, int], ...] = ()

    @property
    def given(self) -> str:
        """The text that stands for this problem."""
        if self.seed is None:
            return f"{PREFIX}{self.domain}/{self.name}"
        sizes = "".join(f",{size}={number}" for size, number in self.sizes)
        return f"{PREFIX}{self.domain}{sizes},{SEED}={self.seed}"

    def texts(self) -> tuple[str, str]:
        """The domain and the problem as PDDL. They are made now, and the same every time."""
        found = bundled(self.domain)
        if self.seed is None:
            problem = found.instance(self.name).task.problem
        else:
            problem = found.generate(self.seed, **dict(self.sizes))
        return write_domain(found.domain), write_problem(problem)


def is_library(given: str) -> bool:
    """Whether a text is meant to stand for tasks of the library."""
    return given.startswith(PREFIX)


def library_problems(given: str) -> tuple[LibraryProblem, ...]:
    """The tasks that a text stands for; without sizes and seeds, the instances.

    Raises:
        InputError: there is no such domain or size, or the text is not understood.
    """
    first, *settings = given.removeprefix(PREFIX).split(",")
    name, is_instance, instance = first.partition("/")
    domain = bundled(name)
    if is_instance:
        if settings:
            raise InputError(f"{given}: an instance has neither sizes nor seeds")
        return (LibraryProblem(name, domain.instance(instance).name),)
    if not settings:
        if not domain.instances:
            raise InputError(f"{given}: {name} has no instances; to have some made: {given},seed=1")
        return tuple(LibraryProblem(name, each.name) for each in domain.instances)
    if domain.generator is None:
        raise InputError(f"{given}: {name} has no generator of problems")
    known = [*(size.name for size in domain.sizes), SEED]
    values: dict[str, tuple[int, ...]] = {}
    for setting in settings:
        key, is_set, numbers = setting.partition("=")
        if not is_set or key in values:
            example = f"{PREFIX}{name},{_example(domain)}seed=1..10"
            raise InputError(
                f"{given}: `{setting}` is not understood: sizes and seeds are said once each, "
                f"as in {example}"
            )
        if key not in known:
            hint = did_you_mean(key, known, "size")
            raise InputError(f"{given}: {name} has no size `{key}`: {hint}")
        values[key] = numbers_in(numbers, f"{given}: {key}")
    seeds = values.pop(SEED, (0,))
    combinations = product(*values.values(), seeds)
    chosen = list(islice(combinations, MOST_NUMBERS + 1))
    if len(chosen) > MOST_NUMBERS:
        raise InputError(f"{given}: these are more than {MOST_NUMBERS} problems")
    try:
        return tuple(_made(domain, tuple(values), each) for each in chosen)
    except InputError as error:
        raise InputError(f"{given}: {error}") from None


def numbers_in(text: str, place: str) -> tuple[int, ...]:
    """The whole numbers that `3` or `1..10` stands for.

    Raises:
        InputError: the text is something else, or stands for too many; `place` says which it is.
    """
    match = _NUMBERS.fullmatch(text)
    if match is None:
        raise InputError(f"{place} is a whole number such as 3, or a range 1..10, not {text!r}")
    low = int(match["low"])
    high = low if match["high"] is None else int(match["high"])
    if not low <= high < low + MOST_NUMBERS:
        raise InputError(
            f"{place}: a range goes up from a number, by less than {MOST_NUMBERS}; {text} does not"
        )
    return tuple(range(low, high + 1))


def _made(
    domain: LibraryDomain, names: tuple[str, ...], numbers: tuple[int, ...]
) -> LibraryProblem:
    """The problem of some sizes and, as the last number, a seed."""
    sizes = tuple(zip(names, numbers[:-1], strict=True))
    chosen_sizes(domain.sizes, dict(sizes))
    parts = [*sizes, (SEED, numbers[-1])]
    name = "-".join(f"{size}-{number}" for size, number in parts)
    return LibraryProblem(domain.name, name, numbers[-1], sizes)


def _example(domain: LibraryDomain) -> str:
    """A size of a domain, as it may be said."""
    return f"{domain.sizes[0].name}={domain.sizes[0].default}," if domain.sizes else ""
