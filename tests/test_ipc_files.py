"""The competitions' files: all are read, and what is written of them reads back equal."""

from pathlib import Path

import pytest
from ipc import QUICK, SLOW, Instance

from goalsmith.domains.reader import read_domain, read_problem
from goalsmith.domains.writer import write_domain, write_problem

ALL = (*QUICK, *SLOW)
INSTANCES = [
    pytest.param(Instance(domain, number), id=f"{domain}-{number}", marks=marks)
    for number, marks in ((1, ()), (2, ()), (3, pytest.mark.long), (4, pytest.mark.long))
    for domain in ALL
]


def test_the_list_of_domains_is_that_of_the_data(data: Path) -> None:
    assert {p.name for p in (data / "ipc").iterdir() if p.is_dir()} == set(ALL)


@pytest.mark.parametrize("instance", INSTANCES)
def test_a_competition_file_reads_back_equal(data: Path, instance: Instance) -> None:
    task = instance.load(data)
    assert task.domain.actions
    assert task.problem.init
    domain = read_domain(write_domain(task.domain))
    assert domain == task.domain
    assert read_problem(write_problem(task.problem), domain) == task.problem
