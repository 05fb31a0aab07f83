"""Dead letters: read what could not be processed, and send it to the input again.

A dead letter is the bytes as received, with headers that say why. Reading takes nothing away: a replayed dead letter
stays in its topic until its retention ends, and where it fails again another one follows, with the next attempt.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from heapq import heappush, heappushpop

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from models.errors import ConfigurationError, DeliveryError
from models.statistics.counting import several
from streams.kafka.clients import producer_options
from streams.kafka.read_to_end import read_to, reader
from streams.kafka.topics import partition_counts, sources_of, topic_name
from streams.messages.dead_letters import DeadLetter, decode_dead_letter
from streams.messages.headers import ATTEMPT_HEADER
from streams.messages.roles import Role
from streams.settings.settings import Settings

NOT_BY_DEFAULT = "conflicting_duplicate"
"""Reason whose dead letters are replayed only when they are asked for: see `replay_dead_letters`."""

CHUNK = 500
"""Most messages of one Kafka transaction of a replay."""

CHUNK_BYTES = 8 << 20
"""Bytes from which on a transaction of a replay is not made larger."""


def _nothing(_count: int) -> None:
    """Progress that goes nowhere."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Dead letters to look at or send, by reason and place.

    Args:
        reason: Only those with this reason; None for any.
        offsets: Only these (partition, offset) of the dead-letter topic; None for any.
    """

    reason: str | None = None
    offsets: frozenset[tuple[int, int]] | None = None

    def __contains__(self, letter: DeadLetter) -> bool:
        """True where a dead letter is one of them."""
        named = self.offsets is None or (letter.partition, letter.offset) in self.offsets
        return named and (self.reason is None or letter.reason == self.reason)


async def read_dead_letters(settings: Settings) -> AsyncIterator[DeadLetter]:
    """Every committed dead letter that there is now, partition by partition in offset order.

    Raises:
        ConfigurationError: The broker cannot be reached, or the topic does not exist.
        KafkaError: The broker stopped answering.
    """
    sources = sources_of(settings, Role.DEAD_LETTER, await partition_counts(settings))
    async with reader(settings, sources) as consumer:
        await consumer.seek_to_beginning(*sources)
        async for record in read_to(consumer, await consumer.end_offsets(sources)):
            yield decode_dead_letter(record)


@dataclass(frozen=True, slots=True)
class Listing:
    """The newest dead letters of a selection, newest first, with the number of all of it by reason."""

    letters: Sequence[DeadLetter]
    by_reason: Counter[str]


async def list_dead_letters(settings: Settings, selection: Selection, *, limit: int) -> Listing:
    """The newest `limit` dead letters of a selection; no more than these are held in memory.

    Raises:
        ConfigurationError: The broker cannot be reached, or the topic does not exist.
    """
    # A heap of `limit` entries: the topic may hold more than fits into memory.
    newest: list[tuple[datetime, int, int, DeadLetter]] = []
    by_reason: Counter[str] = Counter()
    async for letter in read_dead_letters(settings):
        if letter in selection:
            by_reason[letter.reason] += 1
            entry = (letter.at, letter.partition, letter.offset, letter)
            if len(newest) < limit:
                heappush(newest, entry)
            elif limit:
                heappushpop(newest, entry)
    return Listing([entry[-1] for entry in sorted(newest, key=lambda entry: entry[:3], reverse=True)], by_reason)


@dataclass(slots=True)
class ReplayResult:
    """Counts of a replay, or of its dry run.

    Args:
        repeats: Dead letters with the same key and bytes as one that was chosen; each body goes once.
        truncated: Dead letters whose bytes are incomplete, which cannot be sent.
        foreign: Dead letters that came from another topic than the input.
        conflicts: Conflicting duplicates, which were not asked for.
        missing: Places that were asked for and hold no dead letter.
    """

    by_reason: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    repeats: int = 0
    truncated: int = 0
    foreign: int = 0
    conflicts: int = 0
    missing: list[tuple[int, int]] = field(default_factory=list)


async def replay_dead_letters(
    settings: Settings,
    selection: Selection,
    *,
    dry_run: bool = False,
    on_chosen: Callable[[int], None] = _nothing,
    on_sent: Callable[[int], None] = _nothing,
) -> ReplayResult:
    """Send dead letters to the input again: original key and bytes, to the original partition, attempt raised by one.

    Each body goes once, with its highest attempt, however many dead letters it has left behind; so a second replay does
    not double what failed again. A conflicting duplicate goes only when it is selected by reason or by offset: once the
    worker has forgotten the first transaction of that id, it would be decided as if it were new.

    Raises:
        ConfigurationError: The broker cannot be reached, or a topic does not exist.
        DeliveryError: The broker stopped taking messages; the message says how many are committed.
    """
    result = ReplayResult()
    chosen = await _chosen(settings, selection, result)
    on_chosen(len(chosen))
    if dry_run or not chosen:
        return result
    partitions = (await partition_counts(settings))[Role.TRANSACTIONS]
    if not partitions:
        raise ConfigurationError("the input topic does not exist; run `evenhand topics create`")
    producer = AIOKafkaProducer(**producer_options(settings), transactional_id=f"{settings.app_id}-dead-letters")
    try:
        await producer.start()
        async for chunk in _chunks(settings, chosen):
            async with producer.transaction():
                await _send(producer, topic_name(settings, Role.TRANSACTIONS), chunk, partitions)
            result.sent += len(chunk)
            on_sent(len(chunk))
    except KafkaError as error:
        raise DeliveryError(f"stopped after {several(result.sent, 'message')} ({type(error).__name__})") from None
    finally:
        await producer.stop()
    return result


Place = tuple[int, int]
"""Partition and offset in the dead-letter topic."""


async def _chosen(settings: Settings, selection: Selection, result: ReplayResult) -> frozenset[Place]:
    """Places of the dead letters to send; bodies are not kept, only a digest of each."""
    best: dict[bytes, DeadLetter] = {}
    asked_for = selection.reason is not None or selection.offsets is not None
    missing = set(selection.offsets or ())
    async for letter in read_dead_letters(settings):
        missing.discard((letter.partition, letter.offset))
        if letter not in selection:
            continue
        if letter.source_topic != topic_name(settings, Role.TRANSACTIONS):
            # Corrections and summaries end here, too, and must not be sent as transactions.
            result.foreign += 1
        elif letter.truncated:
            result.truncated += 1
        elif letter.reason == NOT_BY_DEFAULT and not asked_for:
            result.conflicts += 1
        else:
            body = _body(letter)
            known = best.get(body)
            result.repeats += known is not None
            if known is None or letter.attempt >= known.attempt:
                # Without the bytes: a dead letter may have 16 MiB, and only its place is needed.
                best[body] = replace(letter, key=None, value=None)
    result.missing = sorted(missing)
    result.by_reason.update(letter.reason for letter in best.values())
    return frozenset((letter.partition, letter.offset) for letter in best.values())


def _body(letter: DeadLetter) -> bytes:
    key, value = letter.key, letter.value
    # With the lengths in front, so that no two pairs of key and value are joined to the same bytes.
    sizes = f"{-1 if key is None else len(key)}:{-1 if value is None else len(value)}:".encode()
    return blake2b(sizes + (key or b"") + (value or b""), digest_size=16).digest()


async def _chunks(settings: Settings, chosen: frozenset[Place]) -> AsyncIterator[list[DeadLetter]]:
    """The chosen dead letters, read again, in lists of bounded length and size."""
    chunk: list[DeadLetter] = []
    size = 0
    async for letter in read_dead_letters(settings):
        if (letter.partition, letter.offset) in chosen:
            chunk.append(letter)
            size += letter.size
            if len(chunk) >= CHUNK or size > CHUNK_BYTES:
                yield chunk
                chunk, size = [], 0
    if chunk:
        yield chunk


async def _send(producer: AIOKafkaProducer, topic: str, chunk: Sequence[DeadLetter], partitions: int) -> None:
    await asyncio.gather(
        *[
            await producer.send(
                topic,
                letter.value,
                key=letter.key,
                # The input may have been made anew with fewer partitions; then the key decides.
                partition=letter.source_partition if 0 <= letter.source_partition < partitions else None,
                headers=[(ATTEMPT_HEADER, str(letter.attempt + 1).encode()), *letter.trace],
            )
            for letter in chunk
        ]
    )
