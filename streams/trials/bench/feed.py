"""Input of the stream benchmark: transactions, laid out once and written for every run; counting what came out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from models.contracts.events import Transaction
from models.contracts.wire import dump
from models.errors import DeliveryError
from streams.kafka.clients import consumer_options, producer_options
from streams.kafka.topics import topic_name
from streams.messages.roles import Role
from streams.settings.settings import Settings
from streams.trials.bench.job import PARTITIONS

OUTPUTS = (Role.CATEGORIZED, Role.REVIEW, Role.DEAD_LETTER)

Record = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Feed:
    """Records of the input topic.

    Args:
        partitions: Partition to its (key, value) records in order; accounts are spread as Kafka's own clients do.
    """

    partitions: Mapping[int, Sequence[Record]]

    @classmethod
    def of(cls, transactions: Sequence[Transaction], messages: int) -> "Feed":
        """Lay out as many messages as asked for; when the transactions are used up they come again under new ids."""
        partition_of = DefaultPartitioner()
        every = list(range(PARTITIONS))
        partitions: dict[int, list[Record]] = defaultdict(list)
        for lap in count():
            for transaction in transactions[: messages - lap * len(transactions)]:
                key = transaction.account_id.encode()
                partitions[partition_of(key, every, every)].append((key, dump(_renamed(transaction, lap))))
            if (lap + 1) * len(transactions) >= messages:
                return cls(partitions)
        raise AssertionError

    async def write(self, settings: Settings) -> None:
        """Write all records to the input topic of `settings`."""
        topic = topic_name(settings, Role.TRANSACTIONS)
        async with AIOKafkaProducer(**producer_options(settings)) as producer:
            for partition, records in self.partitions.items():
                batch = producer.create_batch()
                for key, value in records:
                    if batch.append(key=key, value=value, timestamp=None) is None:
                        await (await producer.send_batch(batch, topic, partition=partition))
                        batch = producer.create_batch()
                        batch.append(key=key, value=value, timestamp=None)
                await (await producer.send_batch(batch, topic, partition=partition))


def _renamed(transaction: Transaction, lap: int) -> Transaction:
    if lap == 0:
        return transaction
    return transaction.model_copy(update={"transaction_id": f"{transaction.transaction_id}-{lap}"})


async def count_outputs(settings: Settings) -> int:
    """Committed records in the output topics of `settings`, read to their ends.

    Raises:
        DeliveryError: A topic gives nothing for 10 s before its end: it has an open transaction.
    """
    async with AIOKafkaConsumer(**consumer_options(settings)) as consumer:
        sources = [TopicPartition(topic_name(settings, role), p) for role in OUTPUTS for p in range(PARTITIONS)]
        consumer.assign(sources)
        await consumer.seek_to_beginning(*sources)
        ends = await consumer.end_offsets(sources)
        total = 0
        while behind := [source for source in sources if await consumer.position(source) < ends[source]]:
            before = [await consumer.position(source) for source in behind]
            fetched = await consumer.getmany(*behind, timeout_ms=10_000, max_records=5_000)
            total += sum(map(len, fetched.values()))
            if not fetched and before == [await consumer.position(source) for source in behind]:
                raise DeliveryError(f"{behind[0]} cannot be read to its end: a transaction is open")
    return total
