"""The slow lane without Kafka: diversion and back, portions by time, asking within the deadline."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from models.decisions.ensemble import Ensemble
from models.voters.contract import Method
from models.voters.llm.breaker import Breaker, BreakerState
from models.voters.llm.budget import Budget
from models.voters.llm.protocol import PROTOCOLS, ProtocolName, Request
from models.voters.llm.voter import CallOutcome, LlmVoter
from streams.categorizer.handler import BatchResult, CategorizeHandler
from streams.categorizer.metrics import WorkerMetrics
from streams.messages.cloudevents import Codec, digest
from streams.messages.diversion import divert, restore
from streams.messages.headers import DIGEST_HEADER, LANE_HEADER
from streams.messages.records import Headers, header
from streams.messages.roles import Role
from streams.slow_lane.asker import Asker
from streams.slow_lane.handler import SlowHandler
from tests.harness.voters import NOON, TripsOver, says, transaction
from tests.streams.categorizer.test_handler import an_empty_window, record

DEADLINE = 0.5
RIGHT = b'{"choices": [{"message": {"content": "{\\"category\\": \\"fuel\\"}"}}]}'
UNSURE = Ensemble([says(Method.TEXT, "fuel", 0.6)], "m1")

Post = Callable[[Request], Awaitable[bytes | CallOutcome]]


@dataclass(frozen=True)
class Diverted:
    """A record of the internal topic."""

    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: int
    offset: int = 5
    topic: str = "transactions.slow"
    partition: int = 3


def diverted(name: str = "t1", *, ago: float = 0.0, offset: int = 41) -> Diverted:
    """A transaction that was diverted so many seconds ago."""
    event = transaction(name)
    output = divert(record(event, offset=offset), event, digest(event))
    at = int((NOON - timedelta(seconds=ago)).timestamp() * 1000)
    return Diverted(output.key, output.value, output.headers, at)


async def answers(_: Request) -> bytes:
    """An endpoint that is right."""
    return RIGHT


async def hangs(_: Request) -> bytes:
    """An endpoint that is not there."""
    await asyncio.sleep(60)
    return b""


def asker(post: Post = answers, *, concurrency: int = 2, failures: int = 100) -> Asker:
    """An asker with a wide budget."""
    voter = LlmVoter(
        PROTOCOLS[ProtocolName.OPENAI],
        "small",
        24,
        Breaker(failures=failures, pause_seconds=30),
        Budget(calls_per_minute=1000, tokens_per_day=10**7),
    )
    return Asker(voter, post, concurrency=concurrency, deadline=DEADLINE, metrics=WorkerMetrics(CollectorRegistry()))


def slow(asks: Asker | None, ensemble: Ensemble = UNSURE) -> SlowHandler:
    """A handler at noon."""
    codec = Codec(source="/test", marks=(LANE_HEADER,))
    handler = CategorizeHandler(ensemble, codec, lambda: NOON)
    return SlowHandler(handler, asker=asks, clock=lambda: NOON, topic="transactions")


async def handled(records: Sequence[Diverted], asks: Asker | None, ensemble: Ensemble = UNSURE) -> BatchResult:
    """What a portion becomes."""
    return await slow(asks, ensemble)(records, an_empty_window())


def count(asks: Asker, outcome: CallOutcome) -> float:
    """How often it came to this."""
    return asks._metrics.registry.get_sample_value("evenhand_llm_calls_total", {"outcome": outcome.value}) or 0.0


SURE = Ensemble([says(Method.TEXT, "fuel", 0.95)], "m1")


@pytest.mark.parametrize(
    ("ensemble", "diverts", "role"),
    [(SURE, True, Role.CATEGORIZED), (UNSURE, True, Role.SLOW), (UNSURE, False, Role.REVIEW)],
    ids=["sure", "unsure", "unsure, diversion off"],
)
def test_only_unsure_decisions_are_diverted(ensemble: Ensemble, diverts: bool, role: Role) -> None:
    """A sure one is written at once; with diversion off an unsure one is a review request."""
    handler = CategorizeHandler(ensemble, Codec("/t"), lambda: NOON, diverts=lambda: diverts)
    assert [role] == [output.role for output in handler([record(transaction())], an_empty_window()).outputs]


def test_a_diverted_id_is_known_and_not_counted_as_decided() -> None:
    """The window takes it over as it does decisions, and headers carry what a rebuilt window needs."""
    handler = CategorizeHandler(UNSURE, Codec("/t"), lambda: NOON, diverts=lambda: True)
    result = handler([record(transaction()), record(transaction())], an_empty_window())
    assert (1, 1, 0) == (result.diverted, result.duplicates, result.tally.total)
    assert result.seen["t1"] == header(result.outputs[0].headers, DIGEST_HEADER)


async def test_the_decision_of_the_slow_lane_is_marked_and_has_all_votes() -> None:
    """An unsure vote with the LLM behind it is accepted; the digest is that of the diverted transaction."""
    result = await handled([diverted()], asker())
    (output,) = result.outputs
    assert (Role.CATEGORIZED, b"slow") == (output.role, header(output.headers, "evenhand_lane"))
    assert digest(transaction()) == header(output.headers, DIGEST_HEADER)
    assert b'"method":"llm"' in (output.value or b"")


async def test_without_an_asker_what_waits_is_decided_alone() -> None:
    """The LLM was switched off: its topic is emptied all the same."""
    result = await handled([diverted("a", ago=1e6), diverted("b")], None)
    assert [Role.REVIEW, Role.REVIEW] == [output.role for output in result.outputs]


async def test_what_is_late_is_not_asked_about() -> None:
    """Its deadline has passed while it waited in the topic."""
    asks = asker(hangs)
    async with asyncio.timeout(DEADLINE / 2):
        result = await handled([diverted(ago=DEADLINE + 1)], asks)
    assert [Role.REVIEW] == [output.role for output in result.outputs]
    assert 1 == count(asks, CallOutcome.NO_TIME)


async def test_nobody_waits_longer_than_the_oldest_may() -> None:
    """A portion ends with the deadline of its oldest record, however many are asked about."""
    asks = asker(hangs, concurrency=2)
    started = asyncio.get_running_loop().time()
    result = await handled([diverted("old", ago=0.3), *(diverted(f"t{n}") for n in range(9))], asks)
    seconds = asyncio.get_running_loop().time() - started
    assert 0.1 < seconds < 0.45
    assert {Role.REVIEW} == {output.role for output in result.outputs}
    assert (2, 8) == (count(asks, CallOutcome.TIMEOUT), count(asks, CallOutcome.NO_TIME))


async def test_a_clock_that_was_ahead_gives_no_more_than_the_deadline() -> None:
    """A record from the future waits as long as one from now."""
    started = asyncio.get_running_loop().time()
    await handled([diverted(ago=-3600)], asker(hangs))
    assert asyncio.get_running_loop().time() - started < DEADLINE + 0.3


async def test_calls_beyond_the_concurrency_wait_for_a_slot() -> None:
    """The endpoint never sees more at once."""
    now, most = 0, 0

    async def counting(_: Request) -> bytes:
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await asyncio.sleep(0.01)
        now -= 1
        return RIGHT

    asks = asker(counting, concurrency=3)
    await handled([diverted(f"t{n}") for n in range(12)], asks)
    assert (3, 12) == (most, count(asks, CallOutcome.VOTED))


async def test_portions_are_late_ones_first_then_as_many_as_can_be_asked() -> None:
    """What is late does not wait for what is not."""
    records = [diverted(ago=9), diverted(ago=9), *(diverted() for _ in range(5))]
    assert [2, 2, 2, 1] == [len(portion) for portion in slow(asker(concurrency=2)).portions(records)]


@pytest.mark.parametrize("open_", [True, False], ids=["breaker open", "switched off"])
async def test_what_cannot_be_asked_is_one_portion(open_: bool) -> None:
    """No detour costs more than one commit."""
    asks = asker(failures=1)
    asks._voter.failed(now=asyncio.get_running_loop().time())
    assert not asks.ready
    assert [5] == [len(portion) for portion in slow(asks if open_ else None).portions([diverted()] * 5)]


async def test_nothing_fetched_is_no_portion() -> None:
    """An idle topic causes no commit."""
    assert [] == list(slow(asker()).portions([]))


async def test_a_call_that_was_cut_short_does_not_speak_against_the_endpoint() -> None:
    """With a fifth of the deadline left, running out of time is not the endpoint's fault."""
    asks = asker(hangs, failures=1)
    await handled([diverted(ago=0.8 * DEADLINE)], asks)
    assert 1 == count(asks, CallOutcome.TIMEOUT)
    assert BreakerState.CLOSED == asks._voter.breaker.state(now=asyncio.get_running_loop().time())


async def test_a_refusal_names_the_place_in_the_input() -> None:
    """A voter with a bug: the dead letter names what the bank sent, not the internal topic."""
    result = await handled([diverted(offset=77)], asker(), Ensemble([TripsOver("TIM HORTONS #5547")], "m1"))
    (letter,) = result.outputs
    named = [header(letter.headers, f"evenhand_{name}") for name in ("topic", "partition", "offset", "reason")]
    assert [b"transactions", b"3", b"77", b"categorizer_failed"] == named


async def test_what_somebody_else_wrote_into_the_topic_is_a_dead_letter_of_its_own() -> None:
    """Garbage in the internal topic does not pose as the bank's."""
    garbage = Diverted(None, b"{", (("evenhand_offset", b"-1"),), int(NOON.timestamp() * 1000))
    assert restore(garbage, "transactions") is garbage
    (letter,) = (await handled([garbage], asker())).outputs
    assert (Role.DEAD_LETTER, b"transactions.slow") == (letter.role, header(letter.headers, "evenhand_topic"))


def test_the_attempt_of_a_dead_letter_that_was_sent_in_again_is_kept() -> None:
    """The detour does not make it a first attempt."""
    event = transaction()
    output = divert(record(event, headers=[("evenhand_attempt", b"3")]), event, digest(event))
    assert b"3" == header(output.headers, "evenhand_attempt")
