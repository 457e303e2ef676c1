import pytest

from goalsmith.benchmarks import find_tasks, suite
from goalsmith.benchmarks.suite import MAX_DEPTH, natural_key
from goalsmith.domains.errors import InputError


def _files(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def _pairs(folder):
    """Problem and domain files of all tasks, relative to the folder."""
    return [
        (
            task.problem_path.relative_to(folder).as_posix(),
            task.domain_path.relative_to(folder).as_posix(),
        )
        for task in find_tasks([folder])
    ]


def test_numbers_in_names_are_sorted_as_numbers(tmp_path):
    _files(tmp_path / "d", "domain.pddl", "p10.pddl", "p2.pddl", "p1.pddl")
    assert [task.name for task in find_tasks([tmp_path])] == ["p1", "p2", "p10"]
    assert sorted(["a10b2", "a10b10", "a9", "10", "b"], key=natural_key) == [
        "10",
        "a9",
        "a10b2",
        "a10b10",
        "b",
    ]


def test_one_domain_file_serves_all_problems_beside_it(tmp_path):
    _files(tmp_path / "gripper", "domain.pddl", "p01.pddl", "prob02.pddl", "README.md")
    assert _pairs(tmp_path / "gripper") == [
        ("p01.pddl", "domain.pddl"),
        ("prob02.pddl", "domain.pddl"),
    ]
    assert {task.domain_name for task in find_tasks([tmp_path])} == {"gripper"}


@pytest.mark.parametrize("name", ["p01-domain", "domain-p01", "domain_p01", "p01_domain"])
def test_a_problem_has_its_own_domain_file_before_the_common_one(tmp_path, name):
    _files(tmp_path, "domain.pddl", f"{name}.pddl", "p01.pddl", "p02.pddl")
    assert _pairs(tmp_path) == [("p01.pddl", f"{name}.pddl"), ("p02.pddl", "domain.pddl")]


def test_a_domain_file_is_marked_by_the_first_part_of_a_problems_name(tmp_path):
    _files(tmp_path, "p01-domain.pddl", "p01-airport1-p1.pddl")
    _files(tmp_path, "p10-domain.pddl", "p10-airport4-p1.pddl")
    assert _pairs(tmp_path) == [
        ("p01-airport1-p1.pddl", "p01-domain.pddl"),
        ("p10-airport4-p1.pddl", "p10-domain.pddl"),
    ]


def test_problems_may_lie_in_a_folder_of_instances(tmp_path):
    _files(tmp_path / "ipc", "a/domain.pddl", "a/instances/instance-2.pddl")
    _files(tmp_path / "ipc", "a/instances/instance-10.pddl", "a/additional-notes/wrong.pddl")
    assert _pairs(tmp_path / "ipc") == [
        ("a/instances/instance-2.pddl", "a/domain.pddl"),
        ("a/instances/instance-10.pddl", "a/domain.pddl"),
    ]


def test_domains_and_instances_are_matched_by_their_numbers(tmp_path):
    for number in (1, 2, 12):
        _files(tmp_path, f"domains/domain-{number}.pddl", f"instances/instance-{number}.pddl")
    assert _pairs(tmp_path) == [
        (f"instances/instance-{n}.pddl", f"domains/domain-{n}.pddl") for n in (1, 2, 12)
    ]


def test_a_folder_called_domains_may_be_one_of_domain_folders(tmp_path):
    _files(tmp_path, "domains/a/domain.pddl", "domains/a/instances/instance-1.pddl")
    _files(tmp_path, "domains/b/domain.pddl", "domains/b/instances/instance-1.pddl")
    assert [task.domain_name for task in find_tasks([tmp_path])] == ["a", "b"]


def test_the_only_domain_file_serves_whatever_it_is_called(tmp_path):
    _files(tmp_path, "blocks_domain.pddl", "task1.pddl", "task2.pddl")
    assert {domain for _, domain in _pairs(tmp_path)} == {"blocks_domain.pddl"}


def test_a_problem_without_a_domain_file_is_not_left_out(tmp_path):
    _files(tmp_path, "p01-domain.pddl", "p01.pddl", "p02-domain.pddl", "p02.pddl", "p03.pddl")
    assert _pairs(tmp_path)[-1] == ("p03.pddl", "domain.pddl")
    assert not find_tasks([tmp_path])[-1].domain_path.exists()


def test_a_folder_that_is_given_twice_counts_once(tmp_path):
    _files(tmp_path / "d", "domain.pddl", "p1.pddl")
    assert len(find_tasks([tmp_path, tmp_path / "d", tmp_path / "d" / ".." / "d"])) == 1


def test_domains_of_one_name_are_told_apart_by_their_folders(tmp_path):
    for year in ("ipc-1998", "ipc-2000"):
        _files(tmp_path / year, "domains/gripper/domain.pddl", "domains/gripper/p1.pddl")
    _files(tmp_path, "blocks/domain.pddl", "blocks/p1.pddl")
    assert {task.domain_name for task in find_tasks([tmp_path])} == {
        "blocks",
        "ipc-1998/domains/gripper",
        "ipc-2000/domains/gripper",
    }


def test_links_in_a_circle_end_the_search(tmp_path):
    _files(tmp_path / "a", "domain.pddl", "p1.pddl")
    (tmp_path / "b").mkdir()
    for number in range(30):  # so many that going round until the depth is used up never ends
        (tmp_path / "b" / f"again{number}").symlink_to(tmp_path, target_is_directory=True)
    assert len(find_tasks([tmp_path])) == 1


def test_the_search_is_bounded_in_folders(tmp_path, monkeypatch):
    _files(tmp_path, "a/domain.pddl", "a/p1.pddl", "b/notes.txt")
    monkeypatch.setattr(suite, "MAX_FOLDERS", 3)
    assert len(find_tasks([tmp_path])) == 1
    _files(tmp_path, "c/notes.txt")
    with pytest.raises(InputError, match="more than 3 folders"):
        find_tasks([tmp_path])


def test_the_search_is_bounded_in_depth(tmp_path):
    within = tmp_path.joinpath(*"x" * MAX_DEPTH)
    _files(within, "domain.pddl", "p1.pddl")
    assert len(find_tasks([tmp_path])) == 1
    _files(tmp_path.joinpath(*"y" * (MAX_DEPTH + 1)), "domain.pddl", "p1.pddl")
    assert len(find_tasks([tmp_path])) == 1


def test_where_nothing_is_found_the_error_says_what_was_looked_for(tmp_path):
    _files(tmp_path, "notes.txt", "p1.pddl")
    with pytest.raises(InputError, match=r"no tasks in .*domain\.pddl.*instances/"):
        find_tasks([tmp_path])


def test_a_folder_that_is_not_there_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        find_tasks([tmp_path / "gone"])
    _files(tmp_path, "p1.pddl")
    with pytest.raises(InputError, match="is not a folder"):
        find_tasks([tmp_path / "p1.pddl"])


def test_the_competitions_files_are_all_found(data):
    tasks = find_tasks([data / "ipc"])
    found = {task.problem_path.name for task in tasks}
    assert found == {"p01.pddl", "p02.pddl", "p03.pddl", "p04.pddl"}
    assert len(tasks) == 4 * len({task.domain_name for task in tasks})
    assert all(task.domain_path.is_file() for task in tasks)
    own = [t for t in tasks if t.domain_path.name != "domain.pddl"]
    assert all(t.domain_path.name == f"{t.name}-domain.pddl" for t in own)
