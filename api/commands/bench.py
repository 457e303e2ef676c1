"""`goalsmith bench`: collections of tasks, texts to be translated, plans to be carried out."""

from __future__ import annotations

import typer

from goalsmith.commands.bench_execute import execute
from goalsmith.commands.bench_export_lab import export_lab
from goalsmith.commands.bench_llm_planner import llm_planner
from goalsmith.commands.bench_peers import peers
from goalsmith.commands.bench_report import report
from goalsmith.commands.bench_run import run
from goalsmith.commands.bench_score_plans import score_plans
from goalsmith.commands.bench_translate import translate

app = typer.Typer(no_args_is_help=True, help="Tasks, texts and plans put to the test.")
app.command("run")(run)
app.command("report")(report)
app.command("export-lab")(export_lab)
app.command("score-plans")(score_plans)
app.command("llm-planner")(llm_planner)
app.command("peers")(peers)
app.command("translate")(translate)
app.command("execute")(execute)
