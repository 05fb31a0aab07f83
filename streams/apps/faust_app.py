"""A Faust application whose own consumer stays off."""

import logging
from importlib import import_module

import faust
from faust.app.base import BootStrategy

from streams.settings.settings import Settings

_LATE = (
    "faust.app.router",
    "faust.assignor.partition_assignor",
    "faust.auth",
    "faust.events",
    "faust.fixups.django",
    "faust.stores.base",
    "faust.tables.manager",
    "faust.tables.objects",
    "faust.tables.sets",
    "faust.topics",
    "faust.transport.drivers.aiokafka",
    "faust.transport.utils",
)
"""What Faust imports only when an application is made."""


class Boot(BootStrategy):
    """Starts agents and our services only: no Faust consumer, no Faust web pages."""

    # Faust acknowledges events apart from the transaction that writes the outputs, so an intake consumes in its place;
    # without a topic of its own Faust's consumer crashes.
    enable_kafka = False
    enable_web = False


class FolderlessApp(faust.App):
    """A Faust application that makes no folder: Faust makes three for tables, which a killed worker would leave."""

    logger = logging.getLogger("faust")  # else its news would come as this module's, which an operator reads

    def _create_directories(self) -> None:
        """Make none: nothing of ours is kept in files."""


def bare_app(settings: Settings, name: str) -> faust.App:
    """Make a Faust application that runs agents and services and touches neither Kafka nor the disk by itself.

    Args:
        settings: Say where the broker is.
    """
    # Faust wants semicolons between brokers; agents are registered by hand, so it need not look for any.
    app = FolderlessApp(
        name, broker=f"aiokafka://{settings.bootstrap_servers.replace(',', ';')}", store="memory://", autodiscover=False
    )
    app.boot_strategy = Boot(app)
    return app


def load_faust() -> None:
    """Import all that an application needs: before a fork, so that those who are forked share it."""
    for name in _LATE:
        import_module(name)
