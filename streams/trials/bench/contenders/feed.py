"""Input of the stream benchmark: transactions, laid out once and written for every run."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
        """Lay out as many messages as asked for; when the transactions are used up they come again under new ids."""
        partition_of, every = DefaultPartitioner(), list(range(PARTITIONS))
        partitions: dict[int, list[Output]] = defaultdict(list)
        for number in range(messages):
            lap, place = divmod(number, len(transactions))
            transaction = transactions[place]
            key = transaction.account_id.encode()
            record = Output(Role.TRANSACTIONS, key, dump(_renamed(transaction, lap)), [])
            partitions[partition_of(key, every, every)].append(record)
        return cls(partitions)

    async def write(self, settings: Settings) -> None:
        """Write all records to the input topic of the settings."""
        topic = topic_name(settings, Role.TRANSACTIONS)
        async with AIOKafkaProducer(**producer_options(settings)) as producer:
            for partition, records in self.partitions.items():
                await write_batches(producer, topic, partition, records)


def _renamed(transaction: Transaction, lap: int) -> Transaction:
    if lap == 0:
        return transaction
    return transaction.model_copy(update={"transaction_id": f"{transaction.transaction_id}-{lap}"})
