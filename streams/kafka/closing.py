"""Closing clients without waiting for a broker that may never answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiokafka.errors import KafkaError

log = logging.getLogger(__name__)

CLOSE_SECONDS = 2.0
"""Longest time in which a producer may abort, and again in which it may stop, before it is abandoned."""


async def in_time(step: Callable[[], Awaitable[object]], otherwise: str) -> None:
    """Take a step of closing, for `CLOSE_SECONDS` at most; never raises for a broker that does not answer.

    Args:
        otherwise: What is logged where the step was not done.
    """
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await step()
    except (KafkaError, TimeoutError) as error:
        log.warning("%s (%s)", otherwise, type(error).__name__)
