"""The ledger of calls: what is entered, what it costs, and a limit that no call passes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import pytest
from endpoint import Response, completes, events, fails, responds, says, serving, tool_call, whole
from processes import PATIENCE

from goalsmith.domains.errors import InputError, ModelError, ModelRefusedError
from goalsmith.translate.models.endpoint import OpenAIModel
from goalsmith.translate.models.ledger import Ledger, Prices, Totals
from goalsmith.translate.models.model import Message, Request
from goalsmith.translate.models.replies import Usage

ASK = Request((Message("user", "hello"),))
PRICES = Prices(input=2.0, output=8.0, cached=0.5)


def ask(url: str, ledger: Ledger, **options: Any) -> None:
    settings = {"retries": 0, "max_tokens": 1000, "timeout": PATIENCE, **options}
    OpenAIModel("tiny", url, "sk-secret-0123456789", ledger=ledger, **settings).complete(ASK)


def test_each_call_is_entered_with_what_the_endpoint_counts() -> None:
    ledger = Ledger(PRICES)
    with serving([fails(500), says("hi"), whole(responds(tool_call("x")))]) as endpoint:
        ask(endpoint.url, ledger, retries=1)
        ask(endpoint.url, ledger, dialect="openai-responses")
    first, second = ledger.entries
    assert (first.model, second.model) == ("loopback-1", "loopback-2")
    assert (first.prompt_tokens, first.completion_tokens, first.cached_tokens) == (100, 10, 40)
    assert (second.prompt_tokens, second.completion_tokens, second.cached_tokens) == (200, 20, 50)
    assert first.cost == pytest.approx((60 * 2 + 40 * 0.5 + 10 * 8) / 1e6)
    assert (first.attempts, second.attempts) == (2, 1)
    assert first.seconds > 0
    assert not first.estimated
    totals = ledger.totals
    assert (totals.calls, totals.tokens, totals.cached_tokens) == (2, 330, 90)
    assert totals.cost == pytest.approx((first.cost or 0) + (second.cost or 0))


def test_without_prices_there_is_no_cost() -> None:
    ledger = Ledger()
    assert ledger.totals == Totals()
    with serving([says("hi")]) as endpoint:
        ask(endpoint.url, ledger)
    assert ledger.entries[0].cost is None
    assert ledger.totals.cost is None


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_a_refused_call_costs_nothing(status: int) -> None:
    ledger = Ledger(PRICES)
    with serving([fails(status)]) as endpoint, pytest.raises(ModelError):
        ask(endpoint.url, ledger)
    assert not ledger.entries


def test_an_unusable_answer_is_entered_as_it_was_counted() -> None:
    ledger = Ledger(PRICES)
    with (
        serving([completes({"content": "(on"}, "length")]) as endpoint,
        pytest.raises(ModelError, match="cut off"),
    ):
        ask(endpoint.url, ledger)
    assert ledger.totals.tokens == 110
    assert not ledger.entries[0].estimated


@pytest.mark.parametrize(
    ("response", "fails_with"),
    [
        (Response(body=b'{"choices": [{"message": {"content": "hi"}}]}'), None),
        (events({"choices": [{"delta": {"content": "hi"}}]}), "broke off"),
    ],
)
def test_what_the_endpoint_does_not_count_is_entered_at_its_most(
    response: Response, fails_with: str | None
) -> None:
    ledger = Ledger(PRICES)
    failing = pytest.raises(ModelError, match=fails_with) if fails_with else nullcontext()
    with serving([response]) as endpoint, failing:
        ask(endpoint.url, ledger)
    entry = ledger.entries[0]
    assert entry.estimated
    assert entry.completion_tokens == 1000
    assert entry.prompt_tokens >= len("hello")
    assert ledger.totals.estimated == 1


def test_a_call_that_could_pass_the_limit_in_tokens_is_not_made() -> None:
    # The request has some 150 bytes, so a first call fits, and after it (110) no second does.
    ledger = Ledger(tokens=1200)
    with serving([says("hi")]) as endpoint:
        ask(endpoint.url, ledger)
        with pytest.raises(ModelRefusedError) as caught:
            ask(endpoint.url, ledger)
    assert len(endpoint.requests) == 1
    assert "limit of 1200 tokens: 110 are spent" in str(caught.value)
    assert "it may take up to 1" in str(caught.value)


def test_a_call_that_could_pass_the_limit_in_money_is_not_made() -> None:
    ledger = Ledger(PRICES, money=0.009)  # the answer alone may cost 0.008
    with serving([says("hi")]) as endpoint:
        ask(endpoint.url, ledger)
        with pytest.raises(ModelRefusedError) as caught:
            ask(endpoint.url, ledger, max_tokens=1200)
        ask(endpoint.url, ledger)
    assert len(endpoint.requests) == 2
    assert "limit of 0.009: 0.00022 is spent" in str(caught.value)
    assert "it may cost up to 0.00" in str(caught.value)


def test_calls_under_way_count_against_the_limit() -> None:
    ledger = Ledger(tokens=10)
    with ledger.call("m", Usage(3, 3)) as call:
        with (
            pytest.raises(ModelRefusedError, match="0 are spent, 1 calls under way"),
            ledger.call("m", Usage(3, 3)),
        ):
            pass
        call.attempts, call.usage = 1, Usage(1, 1)
    with ledger.call("m", Usage(3, 3)):
        pass
    assert ledger.totals.tokens == 2  # the last one was never sent


def test_the_end_of_one_call_leaves_the_others_booked() -> None:
    ledger = Ledger(tokens=12)
    with ledger.call("m", Usage(3, 3)):
        with ledger.call("m", Usage(3, 3)):
            pass
        with pytest.raises(ModelRefusedError, match="1 calls"), ledger.call("m", Usage(4, 3)):
            pass


def test_the_limit_holds_for_many_threads() -> None:
    ledger = Ledger(tokens=100)
    start = threading.Barrier(8)
    made = []

    def work(number: int) -> None:
        start.wait()
        for _ in range(20):
            try:
                with ledger.call("m", Usage(5, 5)) as call:
                    made.append(number)
                    call.attempts, call.usage = 1, Usage(2, 3)
            except ModelRefusedError:
                return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    # Below 95 a call of at most 10 may be refused while others are under way; above 100 never.
    assert 10 <= ledger.totals.tokens <= 100
    assert ledger.totals.tokens == 5 * len(made)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"money": 1.0}, "prices"),
        ({"prices": PRICES, "money": -1.0}, "from 0"),
        ({"prices": PRICES, "money": float("nan")}, "from 0"),
        ({"tokens": -1}, "from 0"),
    ],
)
def test_a_limit_that_means_nothing_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Ledger(**arguments)


@pytest.mark.parametrize("price", [-1.0, float("nan"), float("inf")])
def test_a_price_that_is_none_is_refused(price: float) -> None:
    for prices in ((price, 1.0), (1.0, price), (1.0, 1.0, price)):
        with pytest.raises(InputError, match="price"):
            Prices(*prices)
