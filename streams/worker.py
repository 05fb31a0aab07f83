"""Running a worker in the foreground, until SIGTERM or SIGINT."""

import asyncio
import logging

import faust
import uvloop
from aiokafka import AIOKafkaProducer

from models.ensemble import Ensemble
from streams.app import create_app
from streams.collector import calm_collector
from streams.delivery import ProducerFactory
from streams.settings import Settings
from streams.topics import check_partitions, partition_counts

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

QUIET = ("aiokafka", "faust", "mode", "asyncio")
"""Loggers whose information is not an operator's: warnings and errors only."""


def configure_logging(level: str) -> None:
    """Log to stderr. No transaction's text is ever logged; libraries are held to warnings."""
    logging.basicConfig(level=level.upper(), format=LOG_FORMAT, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))


def run_worker(settings: Settings, ensemble: Ensemble, *, producer_factory: ProducerFactory = AIOKafkaProducer) -> None:
    """Check the topics, then serve until a signal; ends the process.

    Args:
        settings: All settings.
        ensemble: Decides.
        producer_factory: Makes producers; aiokafka's by default.

    Raises:
        ConfigurationError: A topic is missing or the partitions do not fit together.
        SystemExit: Always, at the end: 0 after a signal, 1 after a crash.
    """
    configure_logging(settings.log_level)
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    check_partitions(loop.run_until_complete(partition_counts(settings)))
    application = create_app(settings, ensemble, producer_factory=producer_factory)
    calm_collector()
    worker = faust.Worker(
        application.app,
        loop=loop,
        quiet=True,
        loglevel="info",  # anything quieter makes faust set the root logger to DEBUG
        override_logging=False,
        redirect_stdouts=False,
    )
    worker.execute_from_commandline()
