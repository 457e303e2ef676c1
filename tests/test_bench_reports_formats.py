"""A report in each format: readable, complete, and safe whatever the stores say."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import stat
import string
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bench_reports_rows import result, runs

from goalsmith.benchmarks.reports import FORMATS, ReportData, assemble, write_report
from goalsmith.benchmarks.reports import latex as latex_
from goalsmith.benchmarks.reports.columns import parquet, spreadsheet
from goalsmith.benchmarks.reports.latex import latex
from goalsmith.benchmarks.reports.markdown import escaped, markdown
from goalsmith.benchmarks.reports.page import page
from goalsmith.benchmarks.reports.plain_text import one_line, visible
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.results.results import Results
from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.domains.outcome import Outcome

GOLDEN = Path(__file__).parent / "golden_reports"

HOSTILE = "</script><script>window.taken=1</script><img src=x onerror=window.taken=1>"
SPECIAL = r"a_b & 50% \input{x} $y$ #1 ~^ | `c` *d* [e](f) <g>"
ACCENTS = "".join(map(chr, range(0xA0, 0x180)))
LOG = "search: 12 states\n```\ncaught signal 11 -- exiting\n"


def small() -> list[Result]:
    """Two configurations on six tasks, with a crash, a wrong answer and a task nobody solves."""
    told = {
        # For each task, cost and seconds of either; None is out of time.
        ("blocks", "p1"): ((6, 0.2), (6, 0.5)),
        ("blocks", "p2"): ((10, 1.0), (8, 4.0)),
        ("blocks", "p3"): ((14, 12.0), None),
        ("gripper", "p1"): ((11, 0.1), (11, 0.3)),
        ("gripper", "p2"): ((17, 0.4), (23, 9.0)),
        ("gripper", "p3"): (None, None),
    }
    rows = []
    for (domain, problem), both in told.items():
        for name, got in zip(("race", "lama_first"), both, strict=True):
            if got is None:
                how = {"outcome": Outcome.OUT_OF_TIME, "wall_seconds": 30.0}
            else:
                cost, seconds = got
                how = {"cost": cost, "plan_length": cost, "wall_seconds": seconds}
                how |= {"cpu_seconds": seconds, "expansions": int(1000 * seconds)}
            rows.append(result(domain, problem, name, **how))
    crash = {"evidence": "the search died of signal 11", "log": LOG, "wall_seconds": 3.0}
    rows[5] = result("blocks", "p3", "lama_first", Outcome.ENGINE_FAILED, **crash)
    rows[10] = result("gripper", "p3", "race", Outcome.INVALID_PLAN, evidence="step 4: not free")
    return rows


def report_of(rows: list[Result]) -> ReportData:
    return assemble(Results(tuple(rows)), sources=["small.sqlite"])


def hostile(text: str) -> ReportData:
    """A report in which everything that a store may say is a certain text."""
    rows = []
    for row in small():
        key = replace(
            row.key,
            configuration=text + row.configuration,
            engine_versions=text,
            code_version=text,
        )
        rows.append(
            replace(
                row,
                key=key,
                domain=text,
                problem=text + row.domain + row.problem,
                configuration=text + row.configuration,
                engine=text,
                evidence=text + row.evidence,
                host=text,
                started=text,
                log=row.log and text + row.log,
            )
        )
    return assemble(Results(tuple(rows)), sources=[text])


# Golden files


@pytest.mark.parametrize(("name", "render"), [("small.md", markdown), ("small.tex", latex)])
def test_a_small_report_is_as_in_the_golden_file(name: str, render: object) -> None:
    text = render(report_of(small()))  # type: ignore[operator]
    file = GOLDEN / name
    if os.environ.get("GOALSMITH_WRITE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


# Markdown


def test_markdown_shows_texts_of_stores_as_they_are() -> None:
    assert escaped("a|b") == r"a\|b"
    assert escaped("[x](y)\n<b>") == r"\[x\](y) \<b\>"
    text = markdown(hostile(HOSTILE + SPECIAL))
    outside = re.sub(r"^(`{3,})\n.*?\n\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert outside != text
    assert not re.search(r"(?<!\\)<(?!small)", outside)


def test_every_row_of_a_markdown_table_has_all_its_cells() -> None:
    tables = re.findall(r"(?:^\|.*\n)+", markdown(hostile(SPECIAL)), flags=re.MULTILINE)
    assert len(tables) >= 7
    for table in tables:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(cells) == 1


def test_a_log_cannot_end_its_fence() -> None:
    text = markdown(report_of(small()))
    fences = [line for line in text.splitlines() if re.fullmatch(r"`{3,}", line)]
    assert fences == ["````", "```", "````"]


# LaTeX


def test_latex_has_no_command_of_a_store() -> None:
    text = latex(hostile(SPECIAL))
    assert r"\input" not in text
    assert r"a\_b \& 50\% \textbackslash{}input\{x\} \$y\$ \#1" in text
    # Whatever opens is closed, in the right order.
    open_: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            open_.append(name)
        else:
            assert open_.pop() == name
    assert open_ == []
    bare = re.sub(r"\\[\\{}]", "", text)
    assert bare.count("{") == bare.count("}")


def test_latex_has_only_characters_of_its_usual_fonts() -> None:
    text = latex_.escaped("naïve − 漢 🤖 “x” a--b ?`")
    assert text == r"naïve $-$ ? ? ?x? a-{}-b ?{}\textasciigrave{}"


def test_each_row_of_a_latex_table_has_all_its_cells() -> None:
    tables = re.findall(r"\\toprule\n(.*?)\\bottomrule", latex(hostile(SPECIAL)), flags=re.DOTALL)
    assert len(tables) >= 7
    for table in tables:
        lines = [line for line in table.splitlines() if line.endswith(r"\\")]
        assert len({len(re.findall(r"(?<!\\)&", line)) for line in lines}) == 1


def test_no_row_begins_with_what_the_row_before_would_take() -> None:
    for start in ("[4cm]", "*"):
        text = latex(hostile(start))
        assert not re.search(r"\\\\\s*[\[*]", text)
        assert f"{{}}{start}" in text


def test_a_long_latex_table_goes_over_several_pages() -> None:
    rows = [result(f"domain{i:02}", "p1", "one", cost=1) for i in range(60)]
    text = latex(report_of(rows))
    assert r"\begin{longtable}{lrr}" in text
    assert r"\endlastfoot" in text


def has_latex() -> bool:
    found = shutil.which("kpsewhich") and shutil.which("pdflatex")
    if not found:
        return False
    said = subprocess.run(["kpsewhich", "pgfplots.sty"], capture_output=True, check=False)
    return said.returncode == 0


@pytest.mark.skipif(not has_latex(), reason="LaTeX with pgfplots is not installed")
@pytest.mark.parametrize("text", ["a", f"[4cm]*{SPECIAL}{string.printable}{ACCENTS}漢"])
def test_latex_itself_reads_the_report(text: str, tmp_path: Path) -> None:
    report = latex(hostile(text))
    wanted = [line[1:] for line in report.splitlines()[:4] if line.startswith("%   ")]
    lines = [r"\documentclass{article}", *wanted, r"\begin{document}", report, r"\end{document}"]
    (tmp_path / "paper.tex").write_text("\n".join(lines), encoding="utf-8")
    ended = subprocess.run(
        ["pdflatex", "-no-shell-escape", "-halt-on-error", "-interaction=nonstopmode", "paper"],
        cwd=tmp_path,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-2000:]
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000


# CSV and Parquet


def test_csv_has_a_line_for_each_run_with_its_scores() -> None:
    lines = list(csv.DictReader(io.StringIO(spreadsheet(report_of(small())))))
    assert len(lines) == 12
    second = next(x for x in lines if (x["problem"], x["configuration"]) == ("p2", "race"))
    assert (second["cost"], second["best_cost"], second["ipc_satisficing"]) == ("10", "8", "0.8")
    assert (second["outcome"], second["explained"], second["wall_seconds"]) == (
        "solved",
        "true",
        "1.0",
    )
    crash = next(line for line in lines if line["outcome"] == "engine-failed")
    assert (crash["explained"], crash["cost"], crash["ipc_satisficing"]) == ("false", "", "0.0")
    assert crash["evidence"] == "the search died of signal 11"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "\n=1"])
def test_no_text_is_a_formula_in_a_spreadsheet(start: str) -> None:
    lines = list(csv.DictReader(io.StringIO(spreadsheet(hostile(start)), newline="")))
    assert len(lines) == 12
    for line in lines:
        for name in ("configuration", "domain", "problem", "evidence", "host"):
            assert line[name][:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert {line["domain"][:1] for line in lines} <= {"'", "x"}


def test_parquet_has_every_value_as_it_is() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.read_parquet(io.BytesIO(parquet(hostile("=1"))))
    assert frame.height == 12
    assert frame["domain"].to_list() == ["=1"] * 12
    assert frame["cost"].to_list()[:4] == [6.0, 6.0, 10.0, 8.0]
    assert frame.schema["expansions"] == polars.Int64
    assert frame["explained"].to_list().count(False) == 2
    header = next(csv.reader(io.StringIO(spreadsheet(report_of(small())))))
    assert frame.columns == header


# The page


@pytest.fixture
def no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without plotly's five megabytes, which are looked at in a browser."""
    offline = pytest.importorskip("plotly.offline")
    monkeypatch.setattr(offline, "get_plotlyjs", lambda: "/* plotly */")


class Reader(HTMLParser):
    """What a browser would make of a page: its elements, their attributes, and its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))


def test_the_page_has_no_element_of_a_store(no_charts: None) -> None:
    plain, rude = Reader(), Reader()
    plain.feed(page(report_of(small())))
    rude.feed(page(hostile(HOSTILE)))
    count = [sum(tag == "script" for tag, _ in each.elements) for each in (plain, rude)]
    assert count == [4, 4]
    assert not any(tag == "img" for tag, _ in rude.elements)
    named = {name for _, attributes in rude.elements for name in attributes}
    assert not any(name.startswith("on") for name in named)


def test_the_page_asks_for_nothing_from_elsewhere(no_charts: None) -> None:
    reader = Reader()
    reader.feed(page(report_of(small())))
    links = [a.get(n) for _, a in reader.elements for n in ("src", "href") if n in a]
    assert links
    assert all(link and link.startswith("#") for link in links)
    policy = next(a["content"] for tag, a in reader.elements if tag == "meta" and "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "connect-src" not in policy


def test_links_of_the_page_lead_to_parts_of_it(no_charts: None) -> None:
    for rows in (small(), [result("blocks", "p1", "alone", cost=3)]):
        reader = Reader()
        reader.feed(page(report_of(rows)))
        ids = [a["id"] for _, a in reader.elements if "id" in a]
        assert len(ids) == len(set(ids))
        assert {a["href"][1:] for _, a in reader.elements if a.get("href")} <= set(ids)  # type: ignore[index]


def test_logs_are_in_the_page(no_charts: None) -> None:
    assert "caught signal 11 -- exiting" in page(report_of(small()))


# All of them


def test_invisible_characters_are_left_out_everywhere() -> None:
    assert visible("a\u202eb\x00c\ud800d\n") == "abcd\n"
    assert one_line(" a\n\n b\u200b ") == "a b"
    report = hostile("a\u202e\x1b[31m\ud800")
    for name in ("md", "tex", "csv"):
        text = FORMATS[name][1](report)
        assert isinstance(text, str)
        assert not set("\u202e\x1b\ud800") & set(text)


def test_files_are_written_whole_and_in_place_of_older_ones(tmp_path: Path) -> None:
    pytest.importorskip("plotly")
    pytest.importorskip("polars")
    folder = tmp_path / "new" / "report"
    report = report_of(small())
    files = write_report(report, folder)
    assert [file.name for file in files] == [
        *("report.html", "report.md", "results.csv", "report.tex", "results.parquet")
    ]
    assert sorted(folder.iterdir()) == sorted(files)
    (folder / "report.md").write_text("old", encoding="utf-8")
    assert write_report(report, folder, ["md"]) == (folder / "report.md",)
    assert (folder / "report.md").read_text(encoding="utf-8") == markdown(report)
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((folder / "report.md").stat().st_mode) == 0o666 & ~umask


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be made"):
        write_report(report_of(small()), tmp_path / "file", ["md"])
    (tmp_path / "taken" / "report.md").mkdir(parents=True)
    with pytest.raises(InputError, match="cannot be written"):
        write_report(report_of(small()), tmp_path / "taken", ["md"])
    assert [each.name for each in (tmp_path / "taken").iterdir()] == ["report.md"]


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no format `htm`.*html"):
        write_report(report_of(small()), tmp_path / "new", ["md", "htm"])
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("missing", "format_"), [("plotly", "html"), ("jinja2", "html"), ("polars", "parquet")]
)
def test_without_a_package_its_extra_is_named_and_nothing_is_written(
    missing: str, format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("plotly")
    for name in [each for each in sys.modules if each.split(".")[0] == missing]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, missing, None)
    report = report_of(small())
    with pytest.raises(UnsupportedError, match=rf"{missing}: pip install 'goalsmith\[report\]'"):
        write_report(report, tmp_path / "new", ["md", format_])
    assert not (tmp_path / "new").exists()
    assert len(write_report(report, tmp_path / "new", ["md", "csv", "tex"])) == 3


def test_pages_grow_little_with_the_runs(no_charts: None) -> None:
    few, many = (len(page(report_of(runs(rows)))) for rows in (200, 2_000))
    assert many - few < 200_000
