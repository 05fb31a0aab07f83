"""Answers from another process: written to the journal while the queue runs, and what came of each is read there."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from models.errors import ConfigurationError
from streams.kafka.clients import producer_options
from streams.kafka.closing import in_time
from streams.kafka.read_to_end import reader
from streams.kafka.topics import topic_name
from streams.kafka.write_batches import write_batches
from streams.messages.roles import Role
from streams.review_queue.entries import ENTRY, Entry, Outcome, entry_record, read_outcome
from streams.settings.settings import Settings

AT_ONCE = 200
"""Entries that are on their way at once."""

SILENCE_SECONDS = 30.0
"""Longest wait for the queue to take an entry."""


class Outside:
    """Writes entries and follows the journal; made by `outside`."""

    def __init__(
        self, settings: Settings, journal: TopicPartition, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer
    ) -> None:
        self._source = f"/evenhand/{settings.app_id}"
        self._journal = journal
        self._producer = producer
        self._consumer = consumer

    async def ask(self, entries: Sequence[Entry], *, patience: float = SILENCE_SECONDS) -> Mapping[str, Outcome]:
        """Write entries, and wait for what comes of them.

        Args:
            patience: Longest wait, in seconds, in which nothing is heard of any of them.

        Returns:
            Id of the entry to what came of it. One that is written again under its id is done once.

        Raises:
            ConfigurationError: Nobody takes them.
            KafkaError: The broker does not answer.
        """
        outcomes: dict[str, Outcome] = {}
        for start in range(0, len(entries), AT_ONCE):
            part = entries[start : start + AT_ONCE]
            records = [entry_record(entry, source=self._source) for entry in part]
            await write_batches(self._producer, self._journal.topic, self._journal.partition, records)
            await self._follow({entry.entry_id for entry in part}, outcomes, patience)
        return outcomes

    async def _follow(self, missing: set[str], outcomes: dict[str, Outcome], patience: float) -> None:
        try:
            while missing:
                async with asyncio.timeout(patience):
                    found = await self._heard(missing)
                outcomes |= found
                missing -= found.keys()
        except TimeoutError:
            raise ConfigurationError(
                f"nobody has taken an answer for {patience:.0f} s: is `evenhand review serve` running? What was sent "
                "is done once it runs, and may be sent again"
            ) from None

    async def _heard(self, missing: set[str]) -> dict[str, Outcome]:
        """What came of some of these; waits until there is any."""
        while True:
            records: Sequence[Any] = (await self._consumer.getmany(self._journal, timeout_ms=200)).get(
                self._journal, ()
            )
            found = {}
            for record in records:
                kind, _, name = (record.key or b"").decode("utf-8", "replace").partition(":")
                if record.value is None and f"{kind}:" == ENTRY and name in missing:
                    outcome = read_outcome(record.headers)
                    if outcome is not None:
                        found[name] = outcome
            if found:
                return found


@asynccontextmanager
async def outside(settings: Settings) -> AsyncIterator[Outside]:
    """Open a way into the journal.

    Raises:
        KafkaError: The broker does not answer.
    """
    journal = TopicPartition(topic_name(settings, Role.REVIEW_JOURNAL), 0)
    producer = AIOKafkaProducer(**producer_options(settings))
    async with reader(settings, [journal]) as consumer:
        await consumer.seek_to_end(journal)
        await consumer.position(journal)  # now, and not at the first fetch: outcomes come soon
        try:
            await producer.start()
            yield Outside(settings, journal, producer, consumer)
        finally:
            await in_time(producer.stop, "the producer of answers not stopped")
