"""Sending transactions to the input topic, at a pace: for the demo, for trials, and to feed a file into the stream."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from models.contracts.events import Transaction
from models.contracts.wire import dump
from models.errors import ConfigurationError, DeliveryError
from models.statistics.counting import several
from streams.kafka.clients import producer_options
from streams.kafka.topics import partition_counts, topic_name, unreachable
from streams.messages.cloudevents import transaction_headers
from streams.messages.roles import Role
from streams.settings.settings import Settings

CHUNK = 1000
"""Most messages under way that the broker has not acknowledged yet."""

TICK = 0.01
"""Seconds: a message that is due within this time goes at once, so that high rates do not sleep for each message."""

SOURCE = "/evenhand/replay"
"""CloudEvents source of what is sent here."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Times at which messages go: as fast as the broker takes them, or by the clock of the transactions, or evenly.

    Args:
        speed: Seconds of the transactions' own time per second; 3600 is an hour per second. One that is out of order
            goes at once.
        rate: Messages per second.

    Raises:
        ValueError: Both are given, or one is not above zero.

    >>> noon = datetime.fromisoformat("2025-03-04T12:00:00+00:00")
    >>> one = datetime.fromisoformat("2025-03-04T13:00:00+00:00")
    >>> Pace(speed=3600).due(7, first=noon, timestamp=one), Pace(rate=10).due(7, first=noon, timestamp=one)
    (1.0, 0.7)
    """

    speed: float | None = None
    rate: float | None = None

    def __post_init__(self) -> None:
        if self.speed is not None and self.rate is not None:
            raise ValueError("a pace is a speed or a rate, not both")
        if any(value is not None and not value > 0 for value in (self.speed, self.rate)):
            raise ValueError("a pace must be above zero")

    def due(self, index: int, *, first: datetime, timestamp: datetime) -> float:
        """Seconds after the start at which message `index` (from 0) is due; 0 where there is no pace.

        Args:
            index: How many messages were sent before it.
        """
        if self.speed is not None:
            return max(0.0, (timestamp - first).total_seconds() / self.speed)
        return index / self.rate if self.rate is not None else 0.0


def _nothing(_count: int) -> None:
    """Progress that goes nowhere."""


async def replay(
    settings: Settings,
    transactions: Iterable[Transaction],
    *,
    pace: Pace = Pace(),  # frozen
    on_sent: Callable[[int], None] = _nothing,
) -> int:
    """Send transactions to the topic `transactions`, keyed by account, so that each account keeps its order.

    Args:
        transactions: In the order in which they go; read as they are needed.
        on_sent: Told how many more messages the broker has acknowledged since it was told last.

    Returns:
        How many were sent and acknowledged.

    Raises:
        ConfigurationError: The broker cannot be reached, or the topic does not exist.
        DeliveryError: The broker stopped taking messages; the message says how many it took.
    """
    # Asked first: a producer waits for a missing topic until it times out.
    if not (await partition_counts(settings))[Role.TRANSACTIONS]:
        raise ConfigurationError(
            f"topic {topic_name(settings, Role.TRANSACTIONS)} does not exist; run `evenhand topics create`"
        )
    producer = AIOKafkaProducer(**producer_options(settings))
    sender = _Sender(producer, topic_name(settings, Role.TRANSACTIONS), on_sent)
    try:
        await producer.start()
        await _send_all(sender, transactions, pace)
    except KafkaConnectionError:
        raise unreachable(settings) from None
    except KafkaError as error:
        raise DeliveryError(f"stopped after {several(sender.sent, 'message')} ({type(error).__name__})") from None
    finally:
        await producer.stop()
    return sender.sent


async def _send_all(sender: "_Sender", transactions: Iterable[Transaction], pace: Pace) -> None:
    clock = asyncio.get_running_loop().time
    start, first = clock(), None
    for index, transaction in enumerate(transactions):
        first = first or transaction.timestamp
        # From the start, not from the message before: delays do not add up.
        wait = start + pace.due(index, first=first, timestamp=transaction.timestamp) - clock()
        if wait > TICK:
            await sender.flush()
            await asyncio.sleep(wait)
        await sender.send(transaction)
    await sender.flush()


class _Sender:
    """Keeps a bounded number of messages under way."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, on_sent: Callable[[int], None]) -> None:
        self._producer = producer
        self._topic = topic
        self._on_sent = on_sent
        self._under_way: list[asyncio.Future[object]] = []
        self.sent = 0

    async def send(self, transaction: Transaction) -> None:
        """Hand one message to the producer; waits for the broker when `CHUNK` are under way."""
        self._under_way.append(
            await self._producer.send(
                self._topic,
                dump(transaction),
                key=transaction.account_id.encode(),
                headers=transaction_headers(transaction, source=SOURCE),
            )
        )
        # Bounded: a fast file would otherwise be in memory as a whole before a slow broker takes it.
        if len(self._under_way) >= CHUNK:
            await self.flush()

    async def flush(self) -> None:
        """Wait until the broker has acknowledged all that is under way."""
        under_way, self._under_way = self._under_way, []
        if under_way:
            await asyncio.gather(*under_way)
            self.sent += len(under_way)
            self._on_sent(len(under_way))
