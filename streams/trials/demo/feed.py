"""The input: the sample at its compressed pace, with the planted messages spread among it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from models.contracts.events import Transaction
from models.errors import DeliveryError
from streams.files.sample import Planted, span
from streams.kafka.clients import producer_options
from streams.kafka.topics import topic_name
from streams.messages.roles import Role
from streams.operate.replay import Pace, replay
from streams.settings.settings import Settings
from streams.trials.demo.board import Board


@dataclass(frozen=True, slots=True)
class SentPlanted:
    """A planted message, and its place at the broker."""

    planted: Planted
    partition: int
    offset: int


async def feed(
    settings: Settings,
    transactions: Sequence[Transaction],
    planted: Sequence[Planted],
    *,
    seconds: float,
    board: Board,
) -> list[SentPlanted]:
    """Send everything; the whole span of the transactions takes about so many seconds.

    Gaps such as nights and weekends shrink in proportion. The planted messages go at even distances in between.

    Returns:
        The planted messages' places, in their order.

    Raises:
        ConfigurationError: The broker cannot be reached.
        DeliveryError: The broker stopped taking messages.
    """
    pace = Pace(speed=span(transactions) / timedelta(seconds=seconds))
    planting = asyncio.ensure_future(_plant(settings, planted, seconds=seconds, board=board))
    try:
        await replay(settings, transactions, pace=pace, on_sent=board.count_sent)
        return await planting
    finally:
        planting.cancel()
        await asyncio.gather(planting, return_exceptions=True)


async def _plant(settings: Settings, planted: Sequence[Planted], *, seconds: float, board: Board) -> list[SentPlanted]:
    producer = AIOKafkaProducer(**producer_options(settings))
    topic = topic_name(settings, Role.TRANSACTIONS)
    sent = []
    try:
        await producer.start()
        for message in planted:
            await asyncio.sleep(seconds / (len(planted) + 1))
            placed = await producer.send_and_wait(topic, message.value, key=message.key)
            sent.append(SentPlanted(message, placed.partition, placed.offset))
            board.planted_sent += 1
    except KafkaError as error:
        raise DeliveryError(f"a planted message was not taken ({type(error).__name__})") from None
    finally:
        await producer.stop()
    return sent
