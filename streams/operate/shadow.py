"""A candidate beside the present model on real transactions: on the live topic, which it only reads, or on a file.

Nothing is written: no decision, no offset, no member of a group.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from aiokafka import AIOKafkaConsumer, TopicPartition

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.isolation import judge_each
from models.decisions.loading import online_model
from models.errors import ArtefactError, ContractError
from models.learned.online.model import OnlineModel
from models.learned.online.steps import Steps
from monitors.audits.shadow import Shadow
from streams.kafka.read_to_end import MOST, POLL_MS, read_to, reader, seek_back
from streams.kafka.topics import partition_counts, sources_of, topic_name
from streams.messages.cloudevents import Codec
from streams.messages.roles import Role
from streams.settings.settings import Settings

Told = Callable[[int], None]
"""Is told how many more transactions were compared."""


@dataclass(slots=True)
class Comparing:
    """Both models decide on the same transactions; with one memory of what people taught, and the same house rules.

    Args:
        refused: Transactions that break the contract, or that one of the two trips over.
        repeated: Transactions that were compared before.
    """

    present: Ensemble
    candidate: Ensemble
    shadow: Shadow
    told: Told = lambda _rows: None
    refused: int = 0
    repeated: int = 0
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.candidate = replace(self.candidate, online=self.present.online, house=self.present.house)

    def take(self, transactions: Sequence[Transaction]) -> None:
        """Decide on a batch, twice."""
        fresh = {one.transaction_id: one for one in transactions if one.transaction_id not in self._seen}
        self.repeated += len(transactions) - len(fresh)
        self._seen.update(fresh)
        rows = list(fresh.values())
        pairs = [
            (one.verdict, other.verdict)
            for one, other in zip(judge_each(self.present, rows), judge_each(self.candidate, rows), strict=True)
            if not isinstance(one, ContractError) and not isinstance(other, ContractError)
        ]
        self.refused += len(rows) - len(pairs)
        self.shadow.take([one for one, _ in pairs], [other for _, other in pairs])
        self.told(len(pairs))


async def shadow_topic(
    settings: Settings, comparing: Comparing, *, transactions: int, seconds: float, past: bool
) -> None:
    """Compare on the topic `transactions`, read committed.

    Args:
        transactions: After so many it ends.
        seconds: After so long it ends, however many there were.
        past: Take the newest that are there, in place of those that come.

    Raises:
        ConfigurationError: The topic does not exist.
        KafkaError: The broker does not answer.
    """
    sources = sources_of(settings, Role.TRANSACTIONS, await partition_counts(settings))
    codec, clock = Codec(source="/evenhand/shadow"), asyncio.get_running_loop().time
    until = clock() + seconds
    async with reader(settings, sources) as consumer:
        ends = await _start(consumer, sources, transactions, past=past)
        while comparing.shadow.rows < transactions and clock() < until:
            left = transactions - comparing.shadow.rows
            found = await consumer.getmany(*sources, timeout_ms=POLL_MS, max_records=min(MOST, left))
            rows: list[Transaction] = []
            for record in (record for records in found.values() for record in records):
                try:
                    rows.append(codec.decode(record)[0])
                except ContractError:
                    comparing.refused += 1
            comparing.take(rows)
            # By position: the last offsets before an end may be control records, which are never given.
            if past and all([await consumer.position(source) >= ends[source] for source in sources]):
                return


async def _start(
    consumer: AIOKafkaConsumer, sources: Sequence[TopicPartition], transactions: int, *, past: bool
) -> dict[TopicPartition, int]:
    """Seek to where reading starts; gives the ends of now."""
    ends: dict[TopicPartition, int] = await consumer.end_offsets(list(sources))
    await seek_back(consumer, ends, -(-transactions // len(sources)) if past else 0)
    return ends


async def learned_so_far(settings: Settings) -> OnlineModel | None:
    """What people taught until now, as a worker has it; None where workers do not follow it.

    Raises:
        ArtefactError: It was written by another release, or something of it is missing.
        KafkaError: The broker does not answer.
    """
    if not settings.learn or not (await partition_counts(settings))[Role.UPDATES]:
        return None
    model = online_model(settings.learn_secret.get_secret_value().encode())
    source = TopicPartition(topic_name(settings, Role.UPDATES), 0)
    steps = Steps(model)
    async with reader(settings, [source]) as consumer:
        ends = await consumer.end_offsets([source])
        await consumer.seek_to_beginning(source)
        async for record in read_to(consumer, ends):
            # What the learner is about to write is not waited for.
            steps.take((record.key or b"").decode("utf-8", "replace"), record.value)
    if not steps.is_whole:
        raise ArtefactError(f"{source.topic} does not hold all that version {model.version} says: restart the learner")
    return model
