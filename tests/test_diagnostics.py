"""Findings: places, snippets, suggestions, and that what they quote is safe to show."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsmith.domains.diagnostics import (
    MAX_SENTENCE,
    SNIPPET_WIDTH,
    Diagnostic,
    Position,
    Source,
    did_you_mean,
    listed,
    nearest,
)


def at(text: str, offset: int, length: int = 1, message: str = "wrong") -> Diagnostic:
    source = Source.of(text, "file")
    position = source.position(offset)
    return Diagnostic(
        "code",
        message,
        source="file",
        position=position,
        length=length,
        snippet=source.snippet(position),
    )


@pytest.mark.parametrize(
    ("offset", "line", "column"), [(0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 2, 1), (4, 3, 1), (6, 3, 3)]
)
def test_lines_and_columns_count_from_one(offset: int, line: int, column: int) -> None:
    assert Source.of("ab\n\ncd", "x").position(offset) == Position(line, column, offset)


@given(st.text(alphabet="ab\r\n\t ü", max_size=60), st.integers(0, 60))
def test_a_position_leads_back_to_its_character(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    position = Source.of(text, "x").position(offset)
    lines = text.split("\n")
    assert (
        lines[position.line - 1][position.column - 1 :] == text[offset:].split("\n", maxsplit=1)[0]
    )


def test_a_finding_is_rendered_as_compilers_do() -> None:
    finding = Diagnostic(
        "code",
        "something is wrong",
        source="d.pddl",
        position=Position(12, 4, 99),
        length=3,
        snippet="(a bcd e)",
        expected=("x", "y", "z"),
        suggestion="do this",
    )
    assert str(finding) == (
        "d.pddl:12:4: error: something is wrong [code]\n"
        "   12 | (a bcd e)\n"
        "      |    ^^^\n"
        "  expected: x, y or z\n"
        "  help: do this"
    )


def test_a_finding_without_a_place_is_one_line() -> None:
    assert str(Diagnostic("c", "m", "note")) == "note: m [c]"
    assert str(Diagnostic("c", "m", source="f")) == "f: error: m [c]"


@given(st.integers(0, 400), st.integers(1, 500), st.integers(1, 400))
def test_the_caret_stands_below_what_it_points_at(offset: int, length: int, size: int) -> None:
    text = "".join(chr(0x100 + i) for i in range(size))
    offset = min(offset, size - 1)
    _, shown, carets = at(text, offset, length).render().split("\n")
    shown, carets = shown[8:], carets[8:]
    assert len(shown) <= SNIPPET_WIDTH
    assert carets.strip(" ") == "^" * len(carets.strip(" "))
    assert len(carets) <= len(shown)
    first = carets.index("^")
    assert shown[first] == text[offset]
    assert len(carets) - first == min(length, len(shown) - first)


def test_a_line_of_a_megabyte_gives_a_short_snippet() -> None:
    finding = at("x" * 1_000_000 + "y" + "z" * 1_000_000, 1_000_000)
    assert len(finding.render()) < 3 * SNIPPET_WIDTH
    assert len(json.dumps(finding.as_dict())) < 3 * SNIPPET_WIDTH
    assert "xyz" in finding.snippet


def test_snippets_end_with_their_line() -> None:
    text = "one\r\ntwo\r\nthree"
    assert [at(text, offset).snippet for offset in (1, 5, 11)] == ["one", "two", "three"]


def test_what_a_finding_quotes_is_safe_to_show_and_bounded() -> None:
    evil = "a\x1b[31mb\x07\u202ec\ud800d\te\x00"
    finding = at(evil, 0, message=f"unknown {evil}")
    text = finding.render()
    text.encode("utf-8")
    assert all(c.isprintable() or c == "\n" for c in text)
    assert finding.snippet.startswith("a\ufffd[31mb")
    assert len(Diagnostic("c", "m" * 10**6, found="f" * 10**6).message) == MAX_SENTENCE


def test_a_finding_as_data_survives_json() -> None:
    data = at("abc\ndef", 5, 2).as_dict()
    assert json.loads(json.dumps(data)) == data
    assert (data["file"], data["line"], data["column"], data["length"]) == ("file", 2, 2, 2)
    assert Diagnostic("c", "m").as_dict()["line"] is None


def test_words_are_listed_as_in_a_sentence() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(("a", "b", "c"), "or") == "a, b or c"


def test_the_nearest_names_come_first_and_as_they_are_spelled() -> None:
    assert nearest("CLAER", ["Clear", "clean", "on"], 1) == ("Clear",)
    assert nearest("xyzzy", ["Clear", "on"]) == ()
    assert nearest("a", []) == ()
    assert nearest("block10", [f"block{i}" for i in range(20_000)], 1) == ("block10",)


def test_a_suggestion_names_the_nearest_or_what_there_is() -> None:
    assert did_you_mean("claer", ["clear", "on"], "predicate") == "did you mean `clear`?"
    assert did_you_mean("zzz", ["clear", "on"], "predicate") == "known: `clear` and `on`"
    assert did_you_mean("zzz", [], "predicate") == "no predicate is declared"
    many = did_you_mean("zzz", [f"n{i}" for i in range(30)], "object")
    assert many.endswith("`n6`, `n7` and 22 more")
