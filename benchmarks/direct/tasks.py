"""Tasks of a suite as a model is told them: read, and with the English of their domains."""

from __future__ import annotations

from goalsmith.benchmarks.suites.suite import BenchmarkTask
from goalsmith.domains.language import Domain, Task
from goalsmith.domains.library import bundled
from goalsmith.domains.reader import load_text, read_domain, read_problem
from goalsmith.domains.wording import Wording, default_wording, read_wording

WORDING = "wording.toml"


def read(entry: BenchmarkTask) -> Task:
    """The task of an entry.

    Raises:
        InputError: a text of it cannot be read, or is wrong.
        UnsupportedError: it uses what goalsmith does not support.
    """
    texts, places = entry.load(), entry.places()
    domain = read_domain(texts[0], places[0])
    return Task(domain, read_problem(texts[1], domain, places[1]))


def wording_of(entry: BenchmarkTask, domain: Domain) -> Wording:
    """The English of a task's domain: its file's beside the domain, or what its names give.

    Raises:
        InputError: the file cannot be read, or is wrong for the domain.
    """
    if entry.source is not None:
        return bundled(entry.source.domain).wording
    file = entry.domain_path.parent / WORDING
    if not file.is_file():
        return default_wording(domain)
    return read_wording(load_text(file), domain, str(file))
