"""Running what talks to Kafka: its errors become ours."""

from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop
from aiokafka.errors import KafkaConnectionError, KafkaError

from models.errors import ConfigurationError
from streams.kafka.topics import unreachable
from streams.settings.settings import Settings

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T], settings: Settings) -> T:
    """Run a coroutine that talks to Kafka.

    Raises:
        ConfigurationError: The broker cannot be reached or refuses; the message says which error of Kafka it is.
    """
    try:
        return uvloop.run(work)
    except KafkaConnectionError:
        raise unreachable(settings) from None
    except KafkaError as error:
        raise ConfigurationError(
            f"Kafka at {settings.bootstrap_servers} refuses ({type(error).__name__}): check the rights of this user"
        ) from error
