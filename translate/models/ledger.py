"""What calls to models have cost, and a limit that no call passes.

A call is booked before it is made, at the most that it may cost: no text has more tokens than bytes
(the tokens of byte-level vocabularies are strings of at least one byte), and no answer more than it
is allowed. When it has ended it is entered with what the endpoint says. So the limit holds for any
number of threads; calls that are refused may have fitted.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from goalsmith.domains.errors import InputError, ModelRefusedError
from goalsmith.translate.models.replies import Usage

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a million tokens, in any one currency; `cached` is that of cached prompt tokens.

    Raises:
        InputError: a price is negative or not a number.
    """

    input: float
    output: float
    cached: float | None = None

    def __post_init__(self) -> None:
        for price in (self.input, self.output, self.cached or 0.0):
            if not (math.isfinite(price) and price >= 0):
                raise InputError(f"a price must be a number from 0, not {price}")

    def cost(self, usage: Usage) -> float:
        """The price of one call."""
        cached = self.input if self.cached is None else self.cached
        fresh = usage.prompt - usage.cached
        return (
            fresh * self.input + usage.cached * cached + usage.completion * self.output
        ) / MILLION


@dataclass(frozen=True, slots=True)
class Entry:
    """One call.

    Attributes:
        model: the model's name, as the endpoint says it.
        prompt_tokens: tokens of the request.
        completion_tokens: tokens of the answer, with those of hidden reasoning.
        cached_tokens: how many of the request's the endpoint had in its cache, if it tells.
        cost: in the currency of the prices; None: there are no prices.
        seconds: wall time, with all attempts.
        attempts: requests that were sent; 0: none was.
        estimated: the endpoint did not count, so the tokens are the most that they can have been.
    """

    model: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    cost: float | None
    seconds: float
    attempts: int
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of some entries; `estimated` counts the entries that are."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    estimated: int = 0

    @property
    def tokens(self) -> int:
        """Tokens of requests and answers together."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(slots=True)
class Call:
    """A call that is booked: filled in while it runs, entered when it has ended.

    Attributes:
        usage: what the endpoint counts.
        attempts: requests that were sent.
        free: the endpoint refused it, so it cost nothing.
    """

    model: str
    usage: Usage | None = None
    attempts: int = 0
    free: bool = False
    started: float = field(default_factory=time.monotonic)


class Ledger:
    """The calls of any number of models and threads.

    Args:
        prices: what tokens cost; without, only tokens are counted.
        money: what all calls may cost together; needs prices.
        tokens: what all calls may take together, requests and answers.

    Raises:
        InputError: a limit is negative or not a number, or one in money lacks prices.
    """

    def __init__(
        self,
        prices: Prices | None = None,
        *,
        money: float | None = None,
        tokens: int | None = None,
    ) -> None:
        if money is not None and prices is None:
            raise InputError("a limit in money needs the prices of tokens: give them, too")
        for limit in (money, tokens):
            if limit is not None and not (math.isfinite(limit) and limit >= 0):
                raise InputError(f"a limit must be a number from 0, not {limit}")
        self.prices = prices
        self.money = money
        self.tokens = tokens
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._booked: list[Usage] = []

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The calls that have ended, in the order of their ends."""
        with self._lock:
            return tuple(self._entries)

    @property
    def totals(self) -> Totals:
        """The sums of all calls that have ended."""
        return self._totals(self.entries)

    @contextmanager
    def call(self, model: str, most: Usage) -> Iterator[Call]:
        """Books a call that takes at most so much, lets it run, and enters it.

        A call that ends in an error after it was sent is entered at its most, unless the endpoint
        refused it or said what it took.

        Raises:
            ModelRefusedError: together with what is spent and booked it could pass the limit.
        """
        with self._lock:
            self._check(most)
            self._booked.append(most)
        call = Call(model)
        try:
            yield call
        finally:
            with self._lock:
                self._booked.remove(most)
                if call.attempts and not call.free:
                    self._entries.append(self._entry(call, most))

    def _entry(self, call: Call, most: Usage) -> Entry:
        usage = call.usage or most
        return Entry(
            call.model,
            usage.prompt,
            usage.completion,
            usage.cached,
            None if self.prices is None else self.prices.cost(usage),
            time.monotonic() - call.started,
            call.attempts,
            estimated=call.usage is None,
        )

    def _check(self, most: Usage) -> None:
        spent = self._totals(self._entries)
        open_calls = f", {len(self._booked)} calls under way" if self._booked else ""
        wanted = most.prompt + most.completion
        if self.tokens is not None:
            open_tokens = sum(u.prompt + u.completion for u in self._booked)
            if spent.tokens + open_tokens + wanted > self.tokens:
                raise ModelRefusedError(
                    f"the call could pass the limit of {self.tokens} tokens: {spent.tokens} are "
                    f"spent{open_calls}, and it may take up to {wanted}; raise the limit, or "
                    "allow shorter answers"
                )
        if self.money is not None and self.prices is not None:
            cost = self.prices.cost(most)
            open_cost = sum(self.prices.cost(u) for u in self._booked)
            if (spent.cost or 0.0) + open_cost + cost > self.money:
                raise ModelRefusedError(
                    f"the call could pass the limit of {self.money:g}: {spent.cost or 0.0:.6g} is "
                    f"spent{open_calls}, and it may cost up to {cost:.6g}; raise the limit, or "
                    "allow shorter answers"
                )

    def _totals(self, entries: tuple[Entry, ...] | list[Entry]) -> Totals:
        return Totals(
            len(entries),
            sum(e.prompt_tokens for e in entries),
            sum(e.completion_tokens for e in entries),
            sum(e.cached_tokens for e in entries),
            None if self.prices is None else math.fsum(e.cost or 0.0 for e in entries),
            math.fsum(e.seconds for e in entries),
            sum(e.estimated for e in entries),
        )
