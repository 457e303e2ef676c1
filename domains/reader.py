"""Reading PDDL: from texts and files to domains, problems, tasks and conditions.

Names are matched without regard to case, as PDDL asks, and come back spelled as their declaration
spells them. A text that is wrong raises one PddlError that holds all findings of all sections.
"""

from __future__ import annotations

from pathlib import Path

from goalsmith.domains.diagnostics import Diagnostic, Source, nearest
from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.formula import Condition
from goalsmith.domains.language import Domain, Problem, Task
from goalsmith.domains.reading import syntax
from goalsmith.domains.reading.domain import DomainReader
from goalsmith.domains.reading.problem import ProblemReader


def read_domain(text: str, name: str = "<domain>") -> Domain:
    """The domain in a PDDL text. `name` says in findings where the text came from.

    Raises:
        PddlError: the text has errors; all of them at once.
        UnsupportedPddlError: its only faults are features that goalsmith does not support.
    """
    reader = DomainReader(source_of(text, name))
    domain = reader.read()
    reader.finish()
    return domain


def read_problem(text: str, domain: Domain, name: str = "<problem>") -> Problem:
    """The problem in a PDDL text, checked against its domain.

    Raises:
        PddlError: the text has errors; all of them at once.
        UnsupportedPddlError: its only faults are features that goalsmith does not support.
    """
    reader = ProblemReader(source_of(text, name), domain)
    problem = reader.read()
    reader.finish()
    return problem


def read_task(domain_text: str, problem_text: str) -> Task:
    """The task that two PDDL texts form. Raises as `read_domain` and `read_problem` do."""
    domain = read_domain(domain_text)
    return Task(domain, read_problem(problem_text, domain))


def load_domain(path: str | Path) -> Domain:
    """The domain in a file. Raises InputError when it cannot be read, and as `read_domain`."""
    return read_domain(load_text(path), str(path))


def load_task(domain_path: str | Path, problem_path: str | Path) -> Task:
    """The task in two files. Raises InputError when one cannot be read, and as `read_task`."""
    domain = load_domain(domain_path)
    return Task(domain, read_problem(load_text(problem_path), domain, str(problem_path)))


def load_text(path: str | Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Raises:
        InputError: there is no such file, or it is a folder, too large, unreadable or not UTF-8.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder, not a file")
        with path.open(encoding="utf-8-sig") as file:
            # Read no more than is accepted: a device can be without end.
            text = file.read(syntax.MAX_TEXT + 1)
    except FileNotFoundError:
        siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        # A link to a file that is gone is there itself.
        close = nearest(path.name, (name for name in siblings if name != path.name), 1)
        hint = f"; did you mean {path.parent / close[0]}?" if close else ""
        raise InputError(f"there is no file {path}{hint}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None
    if len(text) > syntax.MAX_TEXT:
        raise InputError(f"{path} is too large: more than {syntax.MAX_TEXT} characters")
    return text


def read_condition(text: str, task: Task, name: str = "<goal>") -> Condition:
    """A ground condition, such as a goal, over a task's objects.

    Raises:
        PddlError: the text is not one condition, or names what the task does not have.
    """
    source = source_of(text, name)
    reader = ProblemReader(source, task.domain)
    reader.declare_objects(task.problem.objects)
    blank = syntax.blank_comments(source.text)
    tree = syntax.parse(blank, 0, len(blank), "condition", source)
    if isinstance(tree, Diagnostic):
        raise PddlError([tree])
    condition = reader.condition(tree, {}, 0)
    reader.finish()
    return condition


def source_of(text: str, name: str) -> Source:
    """A text with its name, without a byte order mark. Raises InputError when it is too long."""
    if len(text) > syntax.MAX_TEXT:
        raise InputError(f"{name} is too long: more than {syntax.MAX_TEXT} characters")
    return Source.of(text.removeprefix("\ufeff"), name)
