import pytest

from goalsmith.benchmarks import find_tasks
from goalsmith.benchmarks.suites import folders, library_problem
from goalsmith.benchmarks.suites import suite as suites
from goalsmith.benchmarks.suites.folders import MAX_DEPTH
from goalsmith.benchmarks.suites.suite import find_suite, natural_key
from goalsmith.domains.errors import InputError
from goalsmith.domains.library import bundled
from goalsmith.domains.reader import read_domain, read_problem


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


def test_files_that_are_links_to_one_content_are_tasks_of_their_own(tmp_path):
    _files(tmp_path / "store", "domain.pddl", "x1.pddl")
    for name in ("opt", "sat"):
        (tmp_path / "suite" / name).mkdir(parents=True)
        for link, content in (("domain", "domain"), ("p1", "x1"), ("p2", "x1")):
            place = tmp_path / "suite" / name / f"{link}.pddl"
            place.symlink_to(tmp_path / "store" / f"{content}.pddl")
    names = [("opt", "p1"), ("opt", "p2"), ("sat", "p1"), ("sat", "p2")]
    for given in ("suite", "suite/*/p*.pddl"):
        found = find_tasks([tmp_path / given])
        assert [(task.domain_name, task.name) for task in found] == names


def test_a_link_to_a_folder_gives_the_domain_its_name(tmp_path):
    _files(tmp_path / "a1b2c3", "domain.pddl", "p1.pddl")
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite" / "gripper").symlink_to(tmp_path / "a1b2c3", target_is_directory=True)
    assert [task.domain_name for task in find_tasks([tmp_path / "suite"])] == ["gripper"]
    # The same folder counts once, whichever way leads there.
    assert len(find_tasks([tmp_path / "suite", tmp_path / "a1b2c3"])) == 1


@pytest.mark.parametrize("given", ["x/instances", "*/instances", "x/instances/../instances"])
def test_a_folder_of_problems_stands_for_them_with_the_domain_above(tmp_path, given):
    _files(tmp_path, "x/domain.pddl", "x/instances/p2.pddl", "x/instances/p10.pddl")
    found = find_tasks([tmp_path / given])
    assert [(task.domain_name, task.name) for task in found] == [("x", "p2"), ("x", "p10")]
    assert {task.domain_path.resolve() for task in found} == {tmp_path / "x" / "domain.pddl"}


def test_the_folder_of_work_may_be_one_of_problems(tmp_path, monkeypatch):
    _files(tmp_path, "x/domains/domain-1.pddl", "x/instances/instance-1.pddl")
    monkeypatch.chdir(tmp_path / "x" / "instances")
    (task,) = find_tasks(["."])
    assert (task.domain_name, task.domain_path.name) == ("x", "domain-1.pddl")
    monkeypatch.chdir(tmp_path / "x" / "domains")
    with pytest.raises(InputError, match="no tasks"):
        find_tasks(["."])


def test_links_in_a_circle_end_the_search(tmp_path):
    _files(tmp_path / "a", "domain.pddl", "p1.pddl")
    (tmp_path / "b").mkdir()
    for number in range(30):  # so many that going round until the depth is used up never ends
        (tmp_path / "b" / f"again{number}").symlink_to(tmp_path, target_is_directory=True)
    assert len(find_tasks([tmp_path])) == 1


def test_the_search_is_bounded_in_folders(tmp_path, monkeypatch):
    _files(tmp_path, "a/domain.pddl", "a/p1.pddl", "b/notes.txt")
    monkeypatch.setattr(folders, "MAX_FOLDERS", 3)
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


def test_what_is_not_there_is_an_input_error_that_names_what_is(tmp_path):
    _files(tmp_path, "gripper/domain.pddl", "gripper/p1.pddl")
    with pytest.raises(InputError, match=r"no folder or file .*/griper; did you mean .*/gripper\?"):
        find_tasks([tmp_path / "griper"])


# Files and patterns


def _named(given):
    return [f"{task.domain_name}/{task.name}" for task in find_tasks(given)]


@pytest.mark.parametrize("problem", ["a/p1.pddl", "b/instances/p1.pddl", "c/p1.pddl"])
def test_a_problem_file_is_a_task_with_the_domain_file_of_its_folder(tmp_path, problem):
    _files(tmp_path, "a/domain.pddl", "a/p1.pddl", "a/p2.pddl")
    _files(tmp_path, "b/domain.pddl", "b/instances/p1.pddl", "b/instances/p2.pddl")
    _files(tmp_path, "c/domain.pddl", "c/p1-domain.pddl", "c/p1.pddl", "c/p2.pddl")
    (task,) = find_tasks([tmp_path / problem])
    assert (task.domain_name, task.name) == (problem[0], "p1")
    assert task.problem_path == tmp_path / problem
    own = "p1-domain.pddl" if problem[0] == "c" else "domain.pddl"
    assert task.domain_path == tmp_path / problem[0] / own


def test_a_problem_may_be_named_as_in_downward_lab(tmp_path):
    _files(tmp_path, "gripper/domain.pddl", "gripper/p1.pddl", "gripper/p2.pddl")
    assert _named([f"{tmp_path}/gripper:p2.pddl"]) == ["gripper/p2"]
    with pytest.raises(InputError, match="there is no folder or file"):
        find_tasks([f"{tmp_path}/gripper:p3.pddl"])


def test_a_pattern_stands_for_problems_and_folders_of_problems(tmp_path, monkeypatch):
    _files(tmp_path, "ipc/a/domain.pddl", "ipc/a/p2.pddl", "ipc/a/p10.pddl", "ipc/a/notes.txt")
    _files(tmp_path, "ipc/old/b/domain.pddl", "ipc/old/b/p2.pddl", "ipc/old/b/p3.pddl")
    monkeypatch.chdir(tmp_path)
    assert _named(["ipc/**/p2.pddl"]) == ["a/p2", "b/p2"]
    assert _named(["ipc/a/*.pddl"]) == ["a/p2", "a/p10"]
    assert _named(["ipc/*"]) == ["a/p2", "a/p10"]
    assert _named([f"{tmp_path}/ipc/old/[bc]"]) == ["b/p2", "b/p3"]
    assert _named(["ipc/a/p?.pddl", "ipc/a", "ipc/a/p2.pddl"]) == ["a/p2", "a/p10"]


def test_a_folder_may_be_called_like_a_pattern(tmp_path):
    _files(tmp_path, "a[1]/domain.pddl", "a[1]/p1.pddl", "a1/domain.pddl", "a1/p2.pddl")
    assert _named([tmp_path / "a[1]"]) == ["a[1]/p1"]


def test_a_pattern_that_stands_for_nothing_or_too_much_is_an_error(tmp_path, monkeypatch):
    _files(tmp_path, "a/domain.pddl", "a/p1.pddl", "a/p2.pddl")
    with pytest.raises(InputError, match=r"p9\* stands for no problem"):
        find_tasks([f"{tmp_path}/a/p9*"])
    monkeypatch.setattr(suites, "MOST_MATCHES", 2)
    assert len(find_tasks([f"{tmp_path}/a/p*"])) == 2
    with pytest.raises(InputError, match="more than 2 files and folders"):
        find_tasks([f"{tmp_path}/a/*"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a/p1.pddl", "has no domain file beside it.*a manifest can name any two files"),
        ("b/domain.pddl", "is called like a domain"),
        ("b/notes.txt", r"neither a folder, nor a problem \(.pddl\), nor a manifest"),
    ],
)
def test_a_file_that_is_no_problem_of_a_domain_is_an_error(tmp_path, name, message):
    _files(tmp_path, "a/p1.pddl", "b/domain.pddl", "b/p1.pddl", "b/notes.txt")
    with pytest.raises(InputError, match=message):
        find_tasks([tmp_path / name])


# The library


def test_the_library_gives_its_instances(tmp_path):
    names = [each.name for each in bundled("logistics").instances]
    assert _named(["library:logistics"]) == [f"library:logistics/{name}" for name in names]
    assert _named(["library:logistics/p2"]) == ["library:logistics/p2"]


def test_the_library_makes_problems_of_all_sizes_and_seeds():
    tasks = find_tasks(["library:logistics,packages=2..3,seed=1..2"])
    assert [task.name for task in tasks] == [
        "packages-2-seed-1",
        "packages-2-seed-2",
        "packages-3-seed-1",
        "packages-3-seed-2",
    ]
    texts = [task.load() for task in tasks]
    assert len(set(texts)) == 4
    assert [task.load() for task in tasks] == texts
    domain = read_domain(texts[-1][0], "domain")
    problem = read_problem(texts[-1][1], domain, "problem")
    assert problem == bundled("logistics").generate(2, packages=3)


def test_a_task_of_the_library_says_what_gives_it_alone():
    given = ["library:logistics,packages=2..3,seed=1..2", "library:gripper"]
    for task in find_tasks(given):
        assert find_tasks([task.places()[1]]) == (task,)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("library:logistic", "did you mean `logistics`?"),
        ("library:logistics/p99", "has no instance `p99`"),
        ("library:logistics/p1,seed=1", "neither sizes nor seeds"),
        ("library:logistics,seeds=1", "no size `seeds`: did you mean `seed`?"),
        ("library:logistics,packages=0", "must be from 1 to 200, not 0"),
        ("library:logistics,packages", "said once each, as in library:logistics,packages=4,seed"),
        ("library:logistics,seed=1,seed=2", "said once each"),
        ("library:logistics,seed=few", "a whole number such as 3, or a range 1..10, not 'few'"),
        ("library:logistics,seed=5..2", "a range goes up"),
        ("library:logistics,seed=1..9999999", "a range goes up from a number, by less than"),
    ],
)
def test_what_the_library_cannot_give_is_an_error_that_helps(given, message):
    with pytest.raises(InputError) as raised:
        find_tasks([given])
    assert message in str(raised.value)


def test_the_problems_of_a_text_are_bounded(monkeypatch):
    monkeypatch.setattr(library_problem, "MOST_NUMBERS", 10)
    assert len(find_tasks(["library:logistics,packages=1..2,seed=1..5"])) == 10
    with pytest.raises(InputError, match="more than 10 problems"):
        find_tasks(["library:logistics,packages=1..3,seed=1..5"])


# Manifests


@pytest.fixture
def manifest(tmp_path):
    _files(tmp_path, "ipc/a/domain.pddl", "ipc/a/p1.pddl", "ipc/a/p2.pddl", "ipc/a/p3.pddl")
    _files(tmp_path, "own/robots.pddl", "own/kitchen.pddl")

    def write(text, name="suite.toml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_manifest_lists_what_is_found_relative_to_it(manifest, tmp_path):
    path = manifest(
        """
        suites = ["ipc/a", "library:gripper/p1", "ipc/a:p2.pddl"]
        exclude = ["ipc/*/p1.pddl"]
        [[tasks]]
        domain = "own/robots.pddl"
        problem = "own/kitchen.pddl"
        [[tasks]]
        domain = "ipc/a/domain.pddl"
        problem = "ipc/a/p3.pddl"
        name = "letters/third"
        """
    )
    assert _named([path]) == ["a/p2", "letters/third", "library:gripper/p1", "own/kitchen"]
    assert find_tasks([path])[-1].domain_path == tmp_path / "own" / "robots.pddl"


def test_manifests_may_name_manifests_even_each_other(manifest):
    first = manifest('suites = ["more/second.toml", "ipc/a"]\n[configurations.x]\nengine="kairos"')
    manifest('suites = ["../suite.toml", "library:gripper/p1"]', "more/second.toml")
    found = find_suite([first])
    assert [task.name for task in found.tasks] == ["p1", "p1", "p2", "p3"]
    assert [each.name for each in found.configurations] == ["x"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("suite = []", "suite.toml: unknown key `suite`: did you mean `suites`?"),
        ("suites = 3", "suite.toml: suites: a list is expected, not 3"),
        ('suites = ["ipc/a", 3]', "suite.toml: suites[2]: a text is expected, not 3"),
        ('suites = ["ipc/b"]', "suite.toml: suites[1]: there is no folder or file"),
        ('suites = ["ipc/a"]\nexclude = ["own/k*"]', "suite.toml: exclude[1]: "),
        ('suites = ["ipc/a"]\nexclude = ["library:gripper"]', "stands for no task that is in"),
        ("suites = [", "suite.toml:1:"),
        ("tasks = 1", "suite.toml: tasks: a list is expected"),
        ("[[tasks]]\ndomain = 'd'", "suite.toml: tasks[1]: `problem` is missing"),
        ("[[tasks]]\nproblm = 'd'", "tasks[1]: unknown key `problm`: did you mean `problem`?"),
        (
            "[[tasks]]\ndomain='d.pddl'\nproblem='p.pddl'\nname='p'",
            "suite.toml: tasks[1]: name: `domain/problem` is expected, not 'p'",
        ),
        (
            "[[tasks]]\ndomain='d.pddl'\nproblem='p.pddl'\nname='../../d/p'",
            "suite.toml: tasks[1]: name: `domain/problem` is expected, not '../../d/p'",
        ),
        ("[[tasks]]\ndomain='d.pddl'\nproblem='p.pddl'\nname='/d/p'", "`domain/problem` is"),
        (
            "suites=['ipc/a']\n[[tasks]]\ndomain='own/robots.pddl'\nproblem='own/kitchen.pddl'\n"
            "name='a/p1'",
            "two tasks are called a/p1: ",
        ),
    ],
)
def test_what_a_manifest_cannot_have_is_an_error_with_its_place(manifest, text, message):
    path = manifest(text)
    with pytest.raises(InputError) as raised:
        find_tasks([path])
    assert message in str(raised.value)


# Real collections


def test_the_competitions_files_are_all_found(data):
    tasks = find_tasks([data / "ipc"])
    found = {task.problem_path.name for task in tasks}
    assert found == {"p01.pddl", "p02.pddl", "p03.pddl", "p04.pddl"}
    assert len(tasks) == 4 * len({task.domain_name for task in tasks})
    assert all(task.domain_path.is_file() for task in tasks)
    own = [t for t in tasks if t.domain_path.name != "domain.pddl"]
    assert all(t.domain_path.name == f"{t.name}-domain.pddl" for t in own)


def test_of_several_domain_files_that_fit_the_longest_mark_counts(tmp_path):
    _files(tmp_path, "domain_p01.pddl", "domain_p01_2.pddl", "p01.pddl", "p01_2.pddl")
    assert _pairs(tmp_path) == [
        ("p01.pddl", "domain_p01.pddl"),
        ("p01_2.pddl", "domain_p01_2.pddl"),
    ]


def test_hidden_files_are_no_tasks(tmp_path):
    _files(tmp_path, "domain.pddl", "p01.pddl", "._p01.pddl", ".p02.pddl")
    assert _pairs(tmp_path) == [("p01.pddl", "domain.pddl")]


def test_a_link_that_leads_nowhere_is_a_task_that_cannot_be_read(tmp_path):
    _files(tmp_path, "domain.pddl", "p02.pddl")
    (tmp_path / "p01.pddl").symlink_to("nowhere")
    (task, _) = find_tasks([tmp_path])
    assert task.name == "p01"
    with pytest.raises(InputError, match="p01"):
        task.load()
    assert find_tasks([tmp_path / "p0?.pddl"])[0].name == "p01"


def test_names_of_tasks_stand_in_a_line(tmp_path):
    _files(tmp_path / "a\nb\x1b[31m \u202eü", "domain.pddl", "p\t1.pddl")
    (task,) = find_tasks([tmp_path])
    assert (task.domain_name, task.name) == ("a?b?[31m ?ü", "p?1")
    assert task.load() == ("", "")


def test_an_empty_text_is_not_the_folder_of_work(tmp_path, monkeypatch):
    _files(tmp_path, "domain.pddl", "p01.pddl")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="empty"):
        find_tasks([""])
    assert len(find_tasks(["."])) == 1


def test_what_a_manifest_leaves_out_others_still_have(tmp_path):
    _files(tmp_path, "a/domain.pddl", "a/p1.pddl", "b/domain.pddl", "b/p1.pddl")
    more, less = tmp_path / "more.toml", tmp_path / "less.toml"
    more.write_text('suites = ["b"]', encoding="utf-8")
    for given in ('"a", "b"', '"a", "more.toml"'):
        less.write_text(f'suites = [{given}]\nexclude = ["more.toml"]', encoding="utf-8")
        names = [[task.domain_name for task in find_tasks(g)] for g in ([less], [less, more])]
        assert names == [["a"], ["a", "b"]]
        assert [task.domain_name for task in find_tasks([more, less])] == ["b", "a"]


def test_manifests_that_leave_each_other_out_are_read_to_an_end(tmp_path, monkeypatch):
    _files(tmp_path, "a/domain.pddl", "a/p1.pddl", "b/domain.pddl", "b/p1.pddl")
    for name, other in (("a", "b"), ("b", "a")):
        text = f'suites = ["{name}", "{other}"]\nexclude = ["{other}.toml"]'
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="stands for no task"):
        find_tasks([tmp_path / "a.toml"])
    # Each names the next one twice.
    for number in range(30):
        text = f'suites = ["{number + 1}.toml", "{number + 1}.toml"]'
        (tmp_path / f"{number}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "30.toml").write_text('suites = ["a"]', encoding="utf-8")
    monkeypatch.setattr(suites, "MOST_MANIFESTS", 100)
    with pytest.raises(InputError, match="more than 100 manifests"):
        find_tasks([tmp_path / "0.toml"])
