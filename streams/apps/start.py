"""What every process of ours does first: its log, its event loop, a look at the topics."""

import asyncio
import logging
import os
from collections.abc import Mapping

import uvloop

from streams.apps.logs import configure_logging
from streams.kafka.topics import check_partitions, partition_counts
from streams.messages.roles import Role
from streams.settings.settings import Settings, unknown_variables

log = logging.getLogger(__name__)


def checked(settings: Settings, process: str = "") -> tuple[asyncio.AbstractEventLoop, dict[Role, int]]:
    """The loop to serve in, and the partitions of each topic, which fit together.

    Args:
        process: Name of this process in the log, where it is one of several.

    Raises:
        ConfigurationError: No broker answers, a topic is missing, or the partitions do not fit together.
    """
    configure_logging(settings.log_level, process)
    _warn_of_unknown_variables(os.environ)
    loop = new_loop()
    counts = loop.run_until_complete(partition_counts(settings))
    check_partitions(settings, counts)
    return loop, counts


def new_loop() -> asyncio.AbstractEventLoop:
    """Make this process's event loop."""
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def _warn_of_unknown_variables(environ: Mapping[str, str]) -> None:
    """Log variables of the environment that look like settings and are none: they would have no effect, silently."""
    for variable in unknown_variables(environ):
        log.warning("%s", variable)
