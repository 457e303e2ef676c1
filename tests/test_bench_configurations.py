"""Configurations: what they are, how they are called, and how a file has them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from goalsmith.benchmarks.configurations import OWNER, RACE, Configuration, available, chosen
from goalsmith.benchmarks.suites.manifest import read_manifest
from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.solve.engines import ENGINES


def _own(tmp_path: Path, text: str) -> tuple[Configuration, ...]:
    path = tmp_path / "configs.toml"
    path.write_text(text, encoding="utf-8")
    return read_manifest(path).configurations


def test_the_canonical_text_has_all_that_counts_and_nothing_else() -> None:
    different = [
        RACE,
        Configuration("x", quality="anytime"),
        Configuration("x", "kairos"),
        Configuration("x", "kairos", "anytime"),
        Configuration("x", "fast-downward"),
        Configuration("x", alias="lama"),
        Configuration("x", alias="lama", quality="anytime"),
        Configuration("x", search="astar(lmcut())"),
        Configuration("x", search="astar(blind())"),
    ]
    texts = [each.canonical for each in different]
    assert len(set(texts)) == len(texts)
    assert Configuration("y", "kairos", seeds=(1, 2)).canonical == texts[2]
    owner = Configuration("y", "fast-downward", alias="lama")
    assert owner.canonical == texts[5]
    assert RACE.canonical == "race"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": " "}, "a configuration's name"),
        ({"name": "two\nlines"}, "a configuration's name"),
        ({"quality": "optimum"}, "did you mean `optimal`?"),
        ({"search": "astar(blind())", "alias": "lama"}, "cannot be given together"),
        ({"engine": "kairos", "alias": "lama"}, "are for fast-downward, not for `kairos`"),
        ({"engine": "two words"}, "one word"),
        ({"search": "two\nlines"}, "one line of text"),
        ({"seeds": ()}, "from 1 to"),
        ({"seeds": (1, 1)}, "each once"),
        ({"seeds": (-1,)}, "a seed is a whole number from 0"),
    ],
)
def test_what_no_configuration_can_be_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as raised:
        Configuration(**{"name": "x", **given})  # type: ignore[arg-type]
    assert message in str(raised.value)


def test_a_file_has_configurations_by_name(tmp_path: Path) -> None:
    own = _own(
        tmp_path,
        """
        [configurations.blind]
        search = "astar(blind())"
        [configurations."best of three"]
        quality = "anytime"
        seeds = "1..3"
        [configurations.lama]
        alias = "lama"
        seeds = [4, "6..7"]
        [configurations.kairos]
        engine = "kairos"
        seeds = 5
        """,
    )
    assert own == (
        Configuration("blind", search="astar(blind())"),
        Configuration("best of three", quality="anytime", seeds=(1, 2, 3)),
        Configuration("lama", alias="lama", quality="anytime", seeds=(4, 6, 7)),
        Configuration("kairos", "kairos", seeds=(5,)),
    )
    assert chosen([], own) == own
    assert chosen(["lama", "blind"], own) == (own[2], own[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[configuration.x]", "unknown key `configuration`: did you mean `configurations`?"),
        ("configurations = 1", "configurations: a table is expected"),
        ("[configurations.x]\nengin = 'a'", "configurations.x: unknown key `engin`: did you mean"),
        ("[configurations.x]\nengine = 3", "configurations.x: engine: a text is expected"),
        ("[configurations.x]\nquality = 'best'", "configurations.x: unknown quality `best`"),
        ("[configurations.x]\nseeds = true", "configurations.x: seeds: a number"),
        ("[configurations.x]\nseeds = '3..1'", "configurations.x: seeds: a range goes up"),
        ("[configurations.x]\nseeds = []", "configurations.x: a configuration has from 1"),
    ],
)
def test_errors_in_a_file_tell_the_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        _own(tmp_path, text)
    assert message in str(raised.value)
    assert "configs.toml" in str(raised.value)


def test_without_names_and_files_the_engines_race() -> None:
    assert chosen([], []) == (RACE,)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("race", RACE),
        ("anytime", Configuration("anytime", quality="anytime")),
        ("optimal", Configuration("optimal", quality="optimal")),
        ("kairos", Configuration("kairos", "kairos")),
        ("kairos/anytime", Configuration("kairos/anytime", "kairos", "anytime")),
        ("symk-opt", Configuration("symk-opt", "symk-opt")),
        ("lama-first", Configuration("lama-first", alias="lama-first")),
        ("fast-downward/lama", Configuration("fast-downward/lama", None, "anytime", None, "lama")),
        ("seq-opt-lmcut", Configuration("seq-opt-lmcut", None, "optimal", None, "seq-opt-lmcut")),
        ("fast-downward/optimal", Configuration("fast-downward/optimal", OWNER, "optimal")),
    ],
)
def test_engines_and_aliases_are_configurations(name: str, expected: Configuration) -> None:
    assert chosen([name], []) == (expected,)


def test_ones_own_configuration_goes_before_another_of_its_name() -> None:
    own = Configuration("kairos", "kairos", "anytime")
    assert chosen(["kairos"], [own]) == (own,)


def test_an_unknown_name_is_met_with_those_that_are_near() -> None:
    with pytest.raises(InputError, match="did you mean `mine`"):
        chosen(["mime"], [Configuration("mine", "kairos")])
    with pytest.raises(InputError, match=r"did you mean .*`lama-first`"):
        chosen(["lama-frist"], [])


def test_one_thing_cannot_be_asked_for_under_two_names_nor_two_under_one() -> None:
    with pytest.raises(
        InputError, match="`lama-first` and `fast-downward/lama-first` are the same"
    ):
        chosen(["lama-first", "fast-downward/lama-first"], [])
    assert chosen(["race", "race"], []) == (RACE,)
    with pytest.raises(InputError, match="two different configurations called `x`"):
        chosen(["x"], [Configuration("x", "kairos"), Configuration("x", "fast-downward")])


def test_a_configuration_that_cannot_be_run_here_is_told_beforehand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Absent:
        name = "absent"

        def missing(self) -> str:
            return "absent is not installed: pip install absent"

    monkeypatch.setitem(ENGINES, "absent", Absent())  # type: ignore[arg-type]
    available(RACE)
    with pytest.raises(InputError, match="unknown alias `lame`"):
        available(Configuration("x", alias="lame"))
    with pytest.raises(UnsupportedError, match="pip install"):
        available(Configuration("x", "absent"))


def test_the_race_may_be_asked_for_like_an_engine() -> None:
    asked = Configuration("mine", engine="race")
    assert (asked.engine, asked.canonical) == (None, RACE.canonical)
    assert Configuration("mine", engine="race", quality="optimal") == replace(
        asked, quality="optimal"
    )
    with pytest.raises(InputError, match="are the same"):
        chosen(["race", "mine"], [asked])


def test_options_count_and_are_read_from_files(tmp_path: Path) -> None:
    path = tmp_path / "configs.toml"
    path.write_text(
        '[configurations.a]\nengine = "pyperplan"\noptions = {search = "gbf", heuristic = "hff"}\n',
        encoding="utf-8",
    )
    (found,) = read_manifest(path).configurations
    assert found.options == (("heuristic", "hff"), ("search", "gbf"))
    other = Configuration("b", "pyperplan", options=(("search", "gbf"), ("heuristic", "hff")))
    assert found.canonical == other.canonical != Configuration("c", "pyperplan").canonical
    path.write_text("[configurations.a]\noptions = {x = 1}\n", encoding="utf-8")
    with pytest.raises(InputError, match="name it with `engine`"):
        read_manifest(path)
    path.write_text("[configurations.a]\noptions = [1]\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"options: a table is expected"):
        read_manifest(path)
