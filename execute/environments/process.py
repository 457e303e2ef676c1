"""A program in any language as a world, spoken to in lines of JSON.

The program reads requests from its standard input, one JSON object to a line, and answers each with
one line on its standard output, in order. It asks nothing and says nothing else there; what it
writes on its standard error is shown where something goes wrong. It should end when its input does.

    → {"id": 1, "method": "observe"}
    ← {"id": 1, "true": ["(at robby hall)"], "complete": true}
    → {"id": 2, "method": "act", "step": "(move hall lab)", "action": "move",
       "args": ["hall", "lab"], "key": "run-7/3", "attempt": 1}
    ← {"id": 2, "succeeded": true, "message": "there in 4 s"}

`observe`: facts in PDDL, as `FactReader` reads mappings. `complete` says that what is not listed is
false; without it, `false` lists what is known to be false, and of the rest nothing is known.

`act`: `succeeded` is a claim, `message` a sentence for a person and may be left out, and so may
`ending`, one of `done`, `failed`, `refused`, `timed-out`. A request with the `key` of an earlier
one is the same act, asked for again after a crash: it should not be carried out twice.

`error`, a text, in place of all this says that a request could not be served: a failed step, or no
observation.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import InputError, WorldError
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Step
from goalsmith.execute.claims import LONGEST_MESSAGE
from goalsmith.execute.environment import ActionReport, Attempt, Ending, Observation
from goalsmith.execute.environments.facts import FactReader
from goalsmith.execute.environments.given import command_words
from goalsmith.solve.programs.process import GRACE, has_ended
from goalsmith.solve.programs.watchdog import Watchdog

LONGEST_LINE = 2**25
"""Bytes of an answer at most."""

KEPT_ERRORS = 2**12
"""Bytes kept of what the program writes on its standard error: the last ones."""

SHOWN_ERRORS = 5
"""Lines of it that a message shows: the last ones."""

PIECE = 2**16
"""Bytes sent or received at a time: what a pipe holds."""


_ENDINGS = {e.value: e for e in Ending}


class _LateError(Exception):
    """There was no answer in time. Never leaves this module."""


class ProcessEnvironment:
    """A program as a world, for a `with` block; the module says what it is asked and answers.

    The program runs in a process group of its own that ends with the block, and with this process
    even if that is killed; only what leaves the group escapes. A program that breaks the rules is
    ended at once; from then on every request raises the same error. One that is late is not: its
    answer is passed over when it comes. Requests are made one after the other, whichever threads
    make them, and the end of the block waits for the one under way.

    Args:
        task: the task whose steps it carries out.
        command: the program and its arguments; no shell reads them.
        seconds: how long each answer may take.
        folder: where it runs; by default where this process does.
        variables: its environment variables, by default those of this process.

    Raises:
        InputError: there is no command, or no time.
    """

    def __init__(
        self,
        task: Task,
        command: Sequence[str | Path],
        *,
        seconds: float = 60.0,
        folder: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        words = command_words(command, '["node", "world.js"]')
        if not seconds > 0:
            raise InputError(f"a program needs more than 0 seconds to answer, not {seconds}")
        self._facts = FactReader(task)
        self._command = words
        self._seconds = seconds
        self._folder = folder
        self._variables = variables
        self._lock = RLock()
        self._guard: Watchdog | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._broken = ""
        self._asked = 0
        self._unsent = bytearray()
        self._heard = bytearray()
        self._errors = bytearray()

    def __enter__(self) -> ProcessEnvironment:
        """Starts the program. Raises InputError when it cannot be started."""
        if self._process is not None:
            raise InputError("the environment has been entered already")
        self._broken, self._asked = "", 0
        for buffer in (self._unsent, self._heard, self._errors):
            buffer.clear()
        guard = Watchdog()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
                self._command,
                cwd=self._folder,
                env=None if self._variables is None else dict(self._variables),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                process_group=guard.group,
            )
        except (OSError, ValueError) as error:
            guard.close()
            name = self._command[0]
            raise InputError(f"the program `{name}` cannot be started: {error}") from None
        except BaseException:
            guard.close()
            raise
        self._guard = guard
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._end()
            self._process = None

    def observe(self) -> State | Observation:
        """What the program says is true.

        Raises:
            WorldError: the program is gone, late, or broke the rules; or it says that it cannot.
            InputError: what it says are no facts of the task.
        """
        try:
            answer = self._ask({"method": "observe"})
        except _LateError:
            raise WorldError(
                f"the program did not say within {self._seconds:g} s what is true{self._said()}"
            ) from None
        if "error" in answer:
            raise WorldError(f"the program cannot observe: {_text(answer['error'])}")
        facts = {key: value for key, value in answer.items() if key != "id"}
        return self._facts.read(facts, "the program's answer")

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        """Has the program carry a step out; TIMED_OUT if there is no answer in time.

        Raises:
            WorldError: the program is gone or broke the rules.
        """
        request = {
            "method": "act",
            "step": str(step),
            "action": step.action,
            "args": list(step.args),
            "key": attempt.key,
            "attempt": attempt.number,
        }
        with self._lock:
            try:
                answer = self._ask(request)
            except _LateError:
                message = f"no answer within {self._seconds:g} s; it may still have its effects"
                return ActionReport(False, message, Ending.TIMED_OUT)
            if "error" in answer:
                return ActionReport(False, _text(answer["error"]), Ending.FAILED)
            succeeded = answer.get("succeeded")
            ending = _ENDINGS.get(str(answer.get("ending", "done" if succeeded else "failed")))
            if not isinstance(succeeded, bool) or succeeded is not (ending is Ending.DONE):
                raise self._break(
                    f"answered an act with {_text(answer)}: `succeeded` must be true or false, and "
                    f"`ending`, if it is given, one of {', '.join(_ENDINGS)} that agrees with it"
                )
            return ActionReport(succeeded, _text(answer.get("message", "")), ending)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request. Raises _LateError, and WorldError."""
        with self._lock:
            if self._broken:
                raise WorldError(self._broken)
            if self._process is None:
                raise WorldError(
                    "the program is not running: use the environment in a `with` block"
                )
            self._asked += 1
            line = json.dumps({"id": self._asked, **request}) + "\n"
            self._unsent += line.encode()
            deadline = time.monotonic() + self._seconds
            while True:
                answer = self._parsed(self._line(self._process, deadline))
                if answer["id"] == self._asked:
                    return answer
                # An answer to a request that was given up; it is of no use any more.

    def _parsed(self, line: bytes) -> dict[str, Any]:
        """A line as an answer to this request or an earlier one."""
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            answer = None
        number = answer.get("id") if isinstance(answer, dict) else None
        if isinstance(number, bool) or not isinstance(number, int):
            shown = printable(line[:200].decode(errors="replace"))
            raise self._break(
                f"wrote a line that is no answer, `{shown}`: its standard output is for JSON "
                "objects with the `id` of a request; other things belong on its standard error"
            )
        if not 0 < number <= self._asked:
            raise self._break(f"answered request {number}, which it was not asked")
        assert isinstance(answer, dict)
        return answer

    def _line(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        """The next line of the program; sends what is unsent and keeps its errors meanwhile."""
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        given, said, errors = (p.fileno() for p in (process.stdin, process.stdout, process.stderr))
        poller = select.poll()
        poller.register(said, select.POLLIN)
        poller.register(errors, select.POLLIN)
        if self._unsent:
            poller.register(given, select.POLLOUT)
        while (end := self._heard.find(b"\n")) < 0:
            if len(self._heard) > LONGEST_LINE:
                raise self._break(f"wrote a line of more than {LONGEST_LINE} bytes")
            left = deadline - time.monotonic()
            if left <= 0:
                raise _LateError
            ready = dict(poller.poll(left * 1000))
            if errors in ready and not self._hear(errors, self._errors):
                poller.unregister(errors)
            del self._errors[:-KEPT_ERRORS]
            if given in ready and not self._send(given):
                poller.unregister(given)
            if said in ready and not self._hear(said, self._heard):
                how = self._how_it_ended(process)
                self._hear_out(errors)
                raise self._break(how)
        line = bytes(self._heard[:end])
        del self._heard[: end + 1]
        return line

    def _send(self, pipe: int) -> bool:
        """Sends a piece; says whether there is more to be sent."""
        try:
            sent = os.write(pipe, self._unsent[:PIECE])
        except BlockingIOError:
            return True
        except OSError:
            # It does not listen any more; what it said before, and that it ended, is read next.
            self._unsent.clear()
            return False
        del self._unsent[:sent]
        return bool(self._unsent)

    @staticmethod
    def _hear(pipe: int, buffer: bytearray) -> bool:
        """Receives a piece; says whether there may be more."""
        try:
            data = os.read(pipe, PIECE)
        except BlockingIOError:
            return True
        buffer += data
        return bool(data)

    def _hear_out(self, pipe: int) -> None:
        """Receives what the program has written on its standard error and nobody has read."""
        before = -1
        while before != len(self._errors) < LONGEST_LINE:
            before = len(self._errors)
            self._hear(pipe, self._errors)
        del self._errors[:-KEPT_ERRORS]

    @staticmethod
    def _how_it_ended(process: subprocess.Popen[bytes]) -> str:
        if not has_ended(process.pid, GRACE):
            return "closed its standard output"
        code = process.wait()
        return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"

    def _said(self) -> str:
        """The last lines on the program's standard error, for a message."""
        lines = self._errors.decode(errors="replace").split("\n")
        last = [printable(line).strip() for line in lines if line.strip()][-SHOWN_ERRORS:]
        return "; it said last: " + " | ".join(last) if last else ""

    def _break(self, what: str) -> WorldError:
        """The error for a program that broke the rules or is gone; nothing of it is left."""
        self._broken = f"the program `{self._command[0]}` {what}{self._said()}"
        self._end()
        return WorldError(self._broken)

    def _end(self) -> None:
        """Ends the program: the end of its input, then TERM, then KILL to the whole group."""
        guard, process = self._guard, self._process
        if guard is None or process is None:
            return
        self._guard = None
        try:
            assert process.stdin is not None
            with suppress(OSError):
                process.stdin.close()
            if process.returncode is None and not has_ended(process.pid, GRACE):
                guard.terminate()
                has_ended(process.pid, GRACE)
        finally:
            guard.close()
            process.kill()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


def _text(value: object) -> str:
    """A value from outside as a message."""
    text = value if isinstance(value, str) else json.dumps(value)
    return printable(text, LONGEST_MESSAGE)
