"""Hostile answers and descriptions: whatever comes back is one label of the closed set or no vote, and masks hold."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts.taxonomy import CATEGORIES
from models.voters.contract import Kind
from models.voters.llm.breaker import Breaker, BreakerState
from models.voters.llm.budget import Budget
from models.voters.llm.labels import read_label
from models.voters.llm.prompt import LONGEST, prompt_of
from models.voters.llm.protocol import LARGEST_ANSWER, PROTOCOLS, ProtocolName, Request
from models.voters.llm.voter import CallOutcome, LlmVoter
from tests.harness.voters import transaction

NAMES = list(ProtocolName)


def answer(content: Any, name: ProtocolName) -> bytes:
    """What an endpoint sends when its model wrote this."""
    message = {"role": "assistant", "content": content}
    return json.dumps(
        {"choices": [{"message": message}]} if name is ProtocolName.OPENAI else {"message": message, "done": True}
    ).encode()


def voter(name: ProtocolName = ProtocolName.OPENAI, **limits: int) -> LlmVoter:
    """A voter with a breaker that opens at the second failure."""
    budget = Budget(**({"calls_per_minute": 60, "tokens_per_day": 10**6} | limits))
    return LlmVoter(PROTOCOLS[name], "small", 24, Breaker(failures=2, pause_seconds=30), budget)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(CATEGORIES),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["category", "choices", "message"]) | st.text(), inner)
    ),
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.sampled_from(NAMES))
def test_any_bytes_give_a_label_or_no_vote(body: bytes, name: ProtocolName) -> None:
    """Reading never raises, and gives nothing outside of the closed set."""
    outcome, ballot = voter(name).answered(body, now=0.0)
    assert (outcome is CallOutcome.VOTED) == (ballot is not None)
    assert ballot is None or ballot.category in CATEGORIES


@given(st.text() | JSON.map(json.dumps), st.sampled_from(NAMES))
def test_any_content_gives_a_label_or_no_vote(content: str, name: ProtocolName) -> None:
    """The same for what a model may write inside of an answer that is of the protocol."""
    outcome, ballot = voter(name).answered(answer(content, name), now=0.0)
    label = read_label(content)
    assert (CallOutcome.VOTED if label else CallOutcome.UNKNOWN_LABEL) == outcome
    assert label == (ballot.category if ballot else None)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("category", CATEGORIES)
def test_every_label_is_read(category: str, name: ProtocolName) -> None:
    """A right answer is a ballot that names the model."""
    outcome, ballot = voter(name).answered(answer(json.dumps({"category": category}), name), now=0.0)
    assert ballot is not None
    assert (CallOutcome.VOTED, category, "llm small") == (outcome, ballot.category, ballot.evidence)
    assert Kind.LLM is ballot.kind


@pytest.mark.parametrize(
    "content",
    [
        "fuel",
        '"fuel"',
        '["fuel"]',
        '{"category": ["fuel"]}',
        '{"category": "fuel", "category": "pets"}',
        '{"category": "fuel", "why": "petrol"}',
        '{"category": "Fuel"}',
        '{"category": "fuel "}',
        '{"category": "fuel, pets"}',
        '```json\n{"category": "fuel"}\n```',
        '{"category": "fu',
        "",
        "[" * 50_000,
        "9" * 10_000,
    ],
)
def test_what_is_not_exactly_one_label_is_no_vote(content: str) -> None:
    """Nothing is guessed from an answer that is nearly right."""
    assert read_label(content) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"\xff\xfe",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": "{}"}}, {"message": {"content": "{}"}}]}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"error": "busy"}',
        b'{"message": {"content": "{}"}, "done": true}',
    ],
)
def test_what_is_not_of_the_protocol_speaks_against_the_endpoint(body: bytes) -> None:
    """Two such answers open the breaker; an unknown label does not."""
    asking = voter()
    for _ in range(2):
        assert (CallOutcome.NOT_PROTOCOL, None) == asking.answered(body, now=0.0)
    assert BreakerState.OPEN == asking.breaker.state(now=1.0)
    assert CallOutcome.CIRCUIT_OPEN == asking.question(transaction(), now=1.0)
    assert not asking.ready(now=1.0)


def test_unknown_labels_leave_the_breaker_closed() -> None:
    """A customer who talks the model into nonsense cannot switch the voter off for all others."""
    asking = voter()
    for _ in range(9):
        asking.answered(answer("nonsense", ProtocolName.OPENAI), now=0.0)
    assert BreakerState.CLOSED == asking.breaker.state(now=0.0)


def test_an_answer_that_is_too_large_is_not_read() -> None:
    """A right answer with padding is as good as none."""
    padded = answer('{"category": "fuel"}', ProtocolName.OPENAI) + b" " * LARGEST_ANSWER
    assert CallOutcome.NOT_PROTOCOL == voter().answered(padded, now=0.0)[0]


@pytest.mark.parametrize("limits", [{"calls_per_minute": 1}, {"tokens_per_day": 1_000}], ids=str)
def test_the_budget_ends_the_questions(limits: dict[str, int]) -> None:
    """The first question is paid for, the second is not asked."""
    asking = voter(**limits)
    assert isinstance(asking.question(transaction(), now=0.0), Request)
    assert CallOutcome.OVER_BUDGET == asking.question(transaction(), now=0.1)
    assert not asking.ready(now=0.1)


def test_what_is_refused_by_the_breaker_costs_nothing() -> None:
    """Only calls that are made are paid for."""
    asking = voter(calls_per_minute=1)
    for _ in range(2):
        asking.failed(now=0.0)
    asking.question(transaction(), now=1.0)
    assert asking.budget.allows(1, now=1.0)


@pytest.mark.parametrize("name", NAMES)
def test_requests_are_small_and_hold_the_model_to_the_labels(name: ProtocolName) -> None:
    """The schema has the closed set, the temperature is 0, and the whole is a few kilobytes."""
    request = voter(name).question(transaction(description="X" * 1024), now=0.0)
    assert isinstance(request, Request)
    body = json.loads(request.body)
    schema = body["format"] if name is ProtocolName.OLLAMA else body["response_format"]["json_schema"]["schema"]
    assert list(CATEGORIES) == schema["properties"]["category"]["enum"]
    assert 0 == body.get("options", body)["temperature"]
    assert len(request.body) < 6_000


@given(st.text(min_size=1, max_size=1024).filter(str.strip))
def test_a_description_stays_data(text: str) -> None:
    """Whatever it holds, it is one JSON string, cut to length, without the marks of chat templates."""
    try:
        prompt = prompt_of(transaction(description=text))
    except ValueError:
        return  # not a description by the contract
    assert {"description", "amount", "money", "currency"} == set(json.loads(prompt.user))
    assert len(json.loads(prompt.user)["description"]) <= LONGEST
    assert not set("<>[]|\n") & set(prompt.user)


@pytest.mark.parametrize(
    ("description", "sent"),
    [
        ("CARD 4111 1111 1111 1111 REF 12", "CARD [card] REF 12"),
        ("SEPA DE89 3704 0044 0532 0130 00", "SEPA [iban]"),
        ("TFR jane@bank.example", "TFR [email]"),
        ("CALL +44 20 7946 0958", "CALL [phone]"),
        ("x" * (LONGEST - 5) + " jane@bank.example", "x" * (LONGEST - 5) + " [ema"),
    ],
)
def test_what_identifies_is_masked_before_it_is_cut(description: str, sent: str) -> None:
    """I5: no part of a number or an address is left over at the cut."""
    assert sent == json.loads(prompt_of(transaction(description=description)).user)["description"]


def test_ids_exact_amounts_and_times_are_not_sent() -> None:
    """A category needs none of them."""
    prompt = prompt_of(transaction("tx-77", account_id="acct-88", amount="-1234.56", counterparty="JANE ROE"))
    data = {"description": "TIM HORTONS #5547", "amount": "over 1000", "money": "in", "currency": "CAD"}
    assert data == json.loads(prompt.user)
