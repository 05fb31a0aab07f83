"""Writing records to one partition in whole batches, at a fraction of the cost of one `send` for each."""

from collections.abc import Iterable

from aiokafka import AIOKafkaProducer

from streams.messages.records import Output


async def write_batches(producer: AIOKafkaProducer, topic: str, partition: int, records: Iterable[Output]) -> None:
    """Write the records in their order and hand over each batch; returns when the broker has acknowledged all.

    Args:
        producer: Started, and in a transaction if it is transactional.
        topic: Name of the topic; the records' own roles are not looked at.
        records: Any number of them; their headers are lists, as aiokafka wants them.

    Raises:
        KafkaError: A batch was not taken.
    """
    batch = producer.create_batch()
    for record in records:
        fields = {"key": record.key, "value": record.value, "headers": record.headers, "timestamp": None}
        if batch.append(**fields) is None:
            await (await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(**fields)  # the first record of a batch is accepted whatever its size
    if batch.record_count():
        await (await producer.send_batch(batch, topic, partition=partition))
