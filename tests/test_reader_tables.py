from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import lark
import pytest

from goalsmith.domains.reading import syntax, tables

READING = Path(tables.__file__).parent
GRAMMAR = (READING / "pddl.lark").read_text(encoding="utf-8")
KEPT = (READING / tables.FILE).read_text(encoding="utf-8")
LIBRARY = sorted((READING.parent / "library").glob("*/*.pddl"))


@pytest.fixture(scope="module")
def slow() -> lark.Lark:
    """The parser made from the grammar itself."""
    return tables.from_grammar(GRAMMAR)


@pytest.fixture(scope="module")
def fast() -> lark.Lark:
    """The parser loaded from tables made just now."""
    loaded = tables.from_tables(tables.tables(GRAMMAR), GRAMMAR)
    assert loaded is not None
    return loaded


def test_the_tables_kept_are_those_of_the_grammar() -> None:
    """If not: `python -m goalsmith.domains.reading.tables`."""
    assert json.loads(KEPT)["grammar"] == GRAMMAR
    if json.loads(KEPT)["lark"] == lark.__version__:
        assert tables.from_tables(KEPT, GRAMMAR) is not None


def answers(parser: lark.Lark, text: str) -> list[tuple[str, str, object]]:
    """What each rule makes of a text: a tree, or where it stumbles and what it expected."""
    found: list[tuple[str, str, object]] = []
    for rule in tables.STARTS:
        try:
            tree = parser.parse(lark.TextSlice(text, 0, len(text)), start=rule)
        except lark.UnexpectedInput as error:
            expected = getattr(error, "accepts", None) or getattr(error, "expected", None)
            where = (error.pos_in_stream, sorted(expected or ()))
            found.append((rule, type(error).__name__, where))
        else:
            places = [(token.type, str(token), token.start_pos) for token in leaves(tree)]
            found.append((rule, tree.pretty(), places))
    return found


def leaves(tree: lark.Tree[lark.Token]) -> list[lark.Token]:
    return list(tree.scan_values(lambda part: isinstance(part, lark.Token)))


@pytest.mark.parametrize("file", LIBRARY, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_tables_and_grammar_read_alike(file: Path, slow: lark.Lark, fast: lark.Lark) -> None:
    text = syntax.blank_comments(file.read_text(encoding="utf-8"))
    marks = [match.start() for match in syntax._SECTION.finditer(text)]
    for start, end in zip(marks, [*marks[1:], text.rindex(")")], strict=True):
        section = text[start:end]
        read = answers(fast, section)
        assert read == answers(slow, section)
        assert [rule for rule, _, places in read if isinstance(places, list)]
        # Cut in the middle it must stumble at the same place, over the same.
        assert answers(fast, section[: len(section) // 2]) == answers(
            slow, section[: len(section) // 2]
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.update(lark="0.1"),
        lambda made: made.update(grammar=GRAMMAR + "// changed\n"),
        lambda made: made["data"]["options"].update(start=["header"]),
    ],
)
def test_tables_of_something_else_are_not_used(change: Callable[[dict[str, object]], None]) -> None:
    made = json.loads(tables.tables(GRAMMAR))
    change(made)
    assert tables.from_tables(json.dumps(made), GRAMMAR) is None


def test_without_tables_the_parser_is_made_from_the_grammar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "FILE", "there-is-none.json")
    tree = tables.parser().parse("(:objects a b - block)", start="objects")
    assert [str(token).split() for token in leaves(tree)][-1] == ["a", "b", "-", "block"]


def test_reading_makes_no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    if json.loads(KEPT)["lark"] != lark.__version__:
        pytest.skip("the tables kept are those of another version of lark")
    monkeypatch.setattr(tables, "from_grammar", lambda _: pytest.fail("the grammar was read"))
    tree = tables.parser().parse("(:objects a b - block)", start="objects")
    assert tree.data == "objects"
