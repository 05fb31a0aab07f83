"""The verification finds what is wrong: right outputs are spoilt in each way that an invariant forbids."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from models.errors import ConfigurationError, ContractError
from streams.categorizer.handler import CategorizeHandler
from streams.kafka.clients import producer_options
from streams.kafka.topics import topic_name
from streams.lanes.delivery import TransactionalDelivery
from streams.lanes.duplicate_window import DuplicateWindow
from streams.local.broker import LocalBroker
from streams.messages.cloudevents import Codec, dead_letter
from streams.messages.headers import BLIND_HEADER, REVIEWED_HEADER
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.operate.verification import Verification
from streams.operate.verify import verify
from streams.settings.settings import Settings
from tests.harness.messages import message
from tests.harness.runner import constant_ensemble
from tests.harness.workers import Message, Stage

pytestmark = pytest.mark.kafka

NOW = datetime(2026, 1, 1, tzinfo=UTC)
IDS = [f"t-{number}" for number in range(6)]

INPUTS: list[bytes | None] = [
    *(message(transaction_id=name) for name in IDS),
    b"{",
    message(transaction_id=IDS[0]),
    message(transaction_id=IDS[1], amount="2"),
    None,
]
"""Six transactions of one account, a bad message, an identical repeat, a conflict, a tombstone."""

Spoil = Callable[[list[Output]], Sequence[Output]]


@pytest.fixture
async def stage(broker: LocalBroker, prefix: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Topics with two partitions."""
    async with Stage(broker, prefix, tmp_path, {"partitions": 2}) as opened:
        yield opened


Deliver = Callable[[Spoil, int], Awaitable[Verification]]


@pytest.fixture
async def deliver(stage: Stage) -> Deliver:
    """Gives a function that delivers spoilt outputs for all inputs, with an offset, and verifies."""

    async def play(spoil: Spoil, offset: int) -> Verification:
        source = TopicPartition(topic_name(stage.settings, Role.TRANSACTIONS), await _partition_of_inputs(stage))
        handler = CategorizeHandler(constant_ensemble(), Codec(source="/test"), lambda: NOW)
        window = DuplicateWindow(max_ids=0, max_age=NOW - NOW)
        outputs = handler(await stage.read(Role.TRANSACTIONS), window).outputs
        delivery = TransactionalDelivery(stage.settings, source, AIOKafkaProducer)
        await delivery.open()
        await delivery.commit(spoil(outputs), offset)
        await delivery.close()
        return await verify(stage.settings)

    return play


async def _partition_of_inputs(stage: Stage) -> int:
    ((partition, _), *_) = await stage.send(Message(value, b"a-1", b"a-1") for value in INPUTS)
    return partition


def _decisions(outputs: list[Output]) -> list[Output]:
    return [output for output in outputs if output.role is not Role.DEAD_LETTER]


async def test_right_outputs_verify(deliver: Deliver) -> None:
    """Counts of everything, no problem; the repeat needs no output of its own."""
    found = await deliver(list, len(INPUTS))
    assert () == found.problems
    assert found.ok
    assert (10, 6, 3, 1, 1, 0) == (
        found.inputs,
        found.categorized + found.review,
        found.dead_letters,
        found.conflicts,
        found.duplicates_expected,
        found.lag,
    )


async def test_a_lag_is_not_ok_but_no_problem(deliver: Deliver) -> None:
    """What is not committed yet may lack its output."""
    found = await deliver(lambda outputs: [output for output in outputs if output.value is not None], len(INPUTS) - 1)
    assert (1, (), False) == (found.lag, found.problems, found.ok)


def _without(*positions: int) -> Spoil:
    return lambda outputs: [output for number, output in enumerate(outputs) if number not in positions]


def _again(position: int) -> Spoil:
    return lambda outputs: [*outputs, outputs[position]]


def _reversed_decisions(outputs: list[Output]) -> list[Output]:
    return [output for output in outputs if output.role is Role.DEAD_LETTER] + _decisions(outputs)[::-1]


def _of_another(outputs: list[Output]) -> list[Output]:
    """One more decision whose id no input has."""
    first = _decisions(outputs)[0]
    headers = [(name, b"t-99" if name == "ce_subject" else value) for name, value in first.headers]
    return [*outputs, Output(first.role, first.key, first.value, headers)]


def _with_another_digest(outputs: list[Output]) -> list[Output]:
    """The first transaction's decision claims other contents."""
    first = _decisions(outputs)[0]
    headers = [(name, b"0" * 16 if name == "evenhand_digest" else value) for name, value in first.headers]
    return [Output(o.role, o.key, o.value, headers) if o is first else o for o in outputs]


class _NeverSent:
    """Enough of a record for a dead letter."""

    def __init__(self, topic: str, partition: int) -> None:
        self.topic, self.partition, self.offset = topic, partition, 99
        self.key, self.value, self.headers = None, b"x", ()


def _dead_letter_of_nothing(outputs: list[Output]) -> list[Output]:
    letter = next(output for output in outputs if output.role is Role.DEAD_LETTER)
    place = dict(letter.headers)
    record = _NeverSent(place["evenhand_topic"].decode(), int(place["evenhand_partition"]))
    return [*outputs, dead_letter(record, ContractError("empty"), "decode")]


def _dead_letter_without_a_place(outputs: list[Output]) -> list[Output]:
    letter = next(output for output in outputs if output.role is Role.DEAD_LETTER)
    headers = [(name, b"seven" if name == "evenhand_offset" else value) for name, value in letter.headers]
    return [*outputs, Output(Role.DEAD_LETTER, letter.key, letter.value, headers)]


SPOILT: dict[str, tuple[Spoil, str]] = {
    # Outputs stand in the order of the inputs: six decisions, then the dead letters.
    "a dead letter is missing": (_without(6), "1 inputs without a terminal record"),
    "a decision and its repeat are missing": (_without(0), "2 inputs without a terminal record"),
    "a decision twice": (_again(0), "1 ids or inputs with more than one terminal record, such as t-0"),
    "a dead letter twice": (_again(6), "1 ids or inputs with more than one terminal record"),
    "in another order": (_reversed_decisions, "1 accounts out of order"),
    "a decision of no input": (_of_another, "1 outputs without an input, such as t-99"),
    "a dead letter of no input": (_dead_letter_of_nothing, "1 outputs without an input"),
    "a dead letter of a spoilt place": (_dead_letter_without_a_place, "1 outputs without an input"),
    "a decision about other contents": (_with_another_digest, "2 inputs without a terminal record"),
}


@pytest.mark.parametrize(("spoil", "problem"), SPOILT.values(), ids=SPOILT.keys())
async def test_what_is_wrong_is_found(deliver: Deliver, spoil: Spoil, problem: str) -> None:
    """Each way to break an invariant is the first problem, with where it is."""
    found = await deliver(spoil, len(INPUTS))
    assert problem in found.problems[0]
    assert not found.ok


def _with_copies(outputs: list[Output], *marks: tuple[str, bytes]) -> list[Output]:
    """Each accepted decision goes to review as well."""
    accepted = [output for output in outputs if output.role is Role.CATEGORIZED]
    return [*outputs, *(Output(Role.REVIEW, it.key, it.value, [*it.headers, *marks]) for it in accepted)]


async def test_blind_requests_are_no_second_outcome(deliver: Deliver) -> None:
    """I2: the decision stands, and its marked copy is counted apart."""
    found = await deliver(lambda outputs: _with_copies(outputs, BLIND_HEADER), len(INPUTS))
    assert ((), True) == (found.problems, found.ok)
    assert 0 < found.categorized == found.blind
    assert len(IDS) == found.categorized + found.review


async def test_copies_that_are_not_marked_are_doubled(deliver: Deliver) -> None:
    """The mark alone makes the difference."""
    found = await deliver(_with_copies, len(INPUTS))
    assert (0, False) == (found.blind, found.ok)
    assert found.categorized == found.doubled.count


def _with_ends_of_reviews(outputs: list[Output], times: int = 1) -> list[Output]:
    """Each request ends with a final decision."""
    requests = [output for output in outputs if output.role is Role.REVIEW]
    ends = [Output(Role.CATEGORIZED, it.key, it.value, [*it.headers, REVIEWED_HEADER]) for it in requests]
    return [*outputs, *ends * times]


async def test_the_end_of_a_review_is_no_second_outcome(deliver: Deliver) -> None:
    """I1 and I2: the request was the input's outcome; the final decision that follows is counted apart."""
    found = await deliver(_with_ends_of_reviews, len(INPUTS))
    assert ((), True) == (found.problems, found.ok)
    assert 0 < found.review == found.reviewed
    assert len(IDS) == found.categorized + found.review


async def test_a_review_that_ends_twice_is_doubled(deliver: Deliver) -> None:
    """I2: a ledger must not get two."""
    found = await deliver(lambda outputs: _with_ends_of_reviews(outputs, 2), len(INPUTS))
    assert found.review == found.doubled.count


async def test_the_end_of_a_review_that_nobody_asked_for_is_unexplained(deliver: Deliver) -> None:
    """An accepted decision has no request that could end."""

    def spoil(outputs: list[Output]) -> list[Output]:
        first = next(output for output in outputs if output.role is Role.CATEGORIZED)
        return [*outputs, Output(first.role, first.key, first.value, [*first.headers, REVIEWED_HEADER])]

    assert 1 == (await deliver(spoil, len(INPUTS))).unexplained.count


async def test_an_open_transaction_is_found(stage: Stage, deliver: Deliver) -> None:
    """I4: what is written but neither committed nor aborted holds up every reader, and is named by its partition."""
    topic = topic_name(stage.settings, Role.REVIEW)
    producer = AIOKafkaProducer(**producer_options(stage.settings), transactional_id=f"{stage.prefix}open")
    await producer.start()
    try:
        assert (await deliver(list, len(INPUTS))).ok
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"half done", partition=1)
        found = await verify(stage.settings)
        assert (f"1 partitions with an open transaction, such as {topic}:1",) == found.problems
        await producer.abort_transaction()
        assert (await verify(stage.settings)).ok
    finally:
        await producer.stop()


async def test_topics_that_are_not_there_are_named(broker: LocalBroker, prefix: str) -> None:
    """One line that says what to run."""
    settings = Settings(bootstrap_servers=broker.bootstrap_servers, topic_prefix=prefix)
    with pytest.raises(ConfigurationError, match=r"topics are missing: .*evenhand topics create"):
        await verify(settings)
