"""Finding the process that keeps the queue: the broker knows which member of the group reads the journal."""

import logging
import socket
from collections.abc import Callable
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocol
from aiokafka.errors import KafkaError
from mode import Service

from streams.kafka.clients import admin_client
from streams.kafka.topics import group_id
from streams.messages.roles import Role
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
"""Between two looks, where the queue is not kept here."""

_AT = " at "
_ANY = frozenset({"0.0.0.0", "::"})
"""Addresses to bind that are none to call."""


class Keeper(Service):
    """Asks the broker now and then, while the queue is not kept here.

    Args:
        here: Whether it is kept here.
        port: The port of this process, once it is bound.
    """

    def __init__(self, settings: Settings, *, here: Callable[[], bool], port: Callable[[], int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._settings = settings
        self._here = here
        self._port = port
        self._found = ""

    @property
    def where(self) -> str:
        """Address (`host:port`) of the process that keeps the queue, when last asked; empty where it is not known."""
        return self._found

    def name(self) -> str:
        """What this process is called as a member of the group: its address is in it."""
        host = self._settings.web_host
        return f"{self._settings.app_id}-review{_AT}{socket.gethostname() if host in _ANY else host}:{self._port()}"

    async def on_start(self) -> None:
        """Look in the background."""
        self.add_future(self._look())

    async def _look(self) -> None:
        while not self.should_stop:
            self._found = "" if self._here() else await self._ask()
            await self.sleep(LOOK_SECONDS)

    async def _ask(self) -> str:
        admin = admin_client(self._settings)
        try:
            await admin.start()
            return await _keeper(admin, group_id(self._settings, Role.REVIEW_JOURNAL))
        except KafkaError as error:
            log.debug("nobody says who keeps the queue (%s)", type(error).__name__)
            return ""
        finally:
            await admin.close()


async def _keeper(admin: AIOKafkaAdminClient, group: str) -> str:
    """Address of the member that has the partition of the journal."""
    for response in await admin.describe_consumer_groups([group]):
        for found in response.groups:
            for member in found[5]:
                client_id, assignment = member[1], member[4]
                if assignment and ConsumerProtocol.ASSIGNMENT.decode(assignment).assignment and _AT in client_id:
                    return str(client_id).rpartition(_AT)[2]
    return ""
