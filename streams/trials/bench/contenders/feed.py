"""Input of the stream benchmark: transactions, laid out once and written for every run."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner

from models.contracts.events import Transaction
from models.contracts.wire import dump
from streams.kafka.clients import producer_options
from streams.kafka.topics import topic_name
from streams.kafka.write_batches import write_batches
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.settings.settings import Settings
from streams.trials.bench.job import PARTITIONS


@dataclass(frozen=True, slots=True)
class InputRecords:
    """Records of the input topic.

    Args:
        partitions: Partition to its records in order; accounts are spread as Kafka's own clients do.
    """

    partitions: Mapping[int, Sequence[Output]]

    @classmethod
    def of(cls, transactions: Sequence[Transaction], messages: int) -> "InputRecords":
        """Lay out as many messages as asked for, as `laid_out` does."""
        partitions: dict[int, list[Output]] = defaultdict(list)
        for partition, record in laid_out(transactions, messages):
            partitions[partition].append(record)
        return cls(partitions)

    async def write(self, settings: Settings) -> None:
        """Write all records to the input topic of the settings."""
        async with AIOKafkaProducer(**producer_options(settings)) as producer:
            await self.write_by(producer, settings)

    async def write_by(self, producer: AIOKafkaProducer, settings: Settings) -> None:
        """Write all records by a producer that is started, and in a transaction if it is transactional."""
        topic = topic_name(settings, Role.TRANSACTIONS)
        for partition, records in self.partitions.items():
            await write_batches(producer, topic, partition, records)


def laid_out(transactions: Sequence[Transaction], messages: int) -> Iterator[tuple[int, Output]]:
    """Records in the order of the transactions, each with its partition; used up, they come again under new ids."""
    partition_of, every = DefaultPartitioner(), list(range(PARTITIONS))
    for number in range(messages):
        lap, place = divmod(number, len(transactions))
        transaction = transactions[place]
        key = transaction.account_id.encode()
        yield partition_of(key, every, every), Output(Role.TRANSACTIONS, key, dump(_renamed(transaction, lap)), [])


def _renamed(transaction: Transaction, lap: int) -> Transaction:
    if lap == 0:
        return transaction
    return transaction.model_copy(update={"transaction_id": f"{transaction.transaction_id}-{lap}"})
