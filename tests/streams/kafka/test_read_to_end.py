"""Reading outside a group, without a broker: a reader that cannot start leaves nothing open."""

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from streams.kafka.read_to_end import reader
from streams.settings.settings import Settings

NOBODY = Settings(bootstrap_servers="127.0.0.1:1")


async def test_a_reader_that_cannot_start_is_closed() -> None:
    """An open consumer would warn when it is collected, and warnings are errors."""
    with pytest.raises(KafkaConnectionError):
        async with reader(NOBODY, [TopicPartition("transactions", 0)]):
            raise AssertionError("there is no broker")
