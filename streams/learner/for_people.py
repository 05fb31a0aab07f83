"""The learner as the page of learning sees it, over Kafka."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from aiokafka.errors import KafkaError

from models.contracts.instructions import Instruction
from streams.clock import Clock
from streams.console.desk.contract import DeskError, Why
from streams.learner.instructions import read_report, send_instruction
from streams.settings.settings import Settings

FRESH = timedelta(seconds=1)
"""How old a report may be that is shown: pages that are looked at ask every few seconds, each."""
PATIENCE = 10.0
"""Seconds that Kafka may take."""


class KafkaLearning:
    """Reads the learner's newest report, and writes what people decide into its journal.

    Args:
        source: CloudEvents source of instructions.
        clock: The time of day, timezone-aware.
    """

    def __init__(self, settings: Settings, *, source: str, clock: Clock) -> None:
        self._settings = settings
        self._source = source
        self._clock = clock
        self._known: tuple[datetime, Mapping[str, object] | None] | None = None
        self._reading = asyncio.Lock()

    async def report(self) -> Mapping[str, object] | None:
        """The latest report; None where none was written yet.

        Raises:
            DeskError: Kafka does not answer.
        """
        async with self._reading:
            if self._known is None or self._clock() - self._known[0] > FRESH:
                try:
                    async with asyncio.timeout(PATIENCE):
                        self._known = (self._clock(), await read_report(self._settings))
                except (KafkaError, TimeoutError):
                    raise DeskError(Why.SILENT, "Kafka does not answer, so it is not known what was learned") from None
            return self._known[1]

    async def instruct(self, instruction: Instruction) -> None:
        """Write an instruction; it has been written when this returns.

        Raises:
            DeskError: It is not known to be.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await send_instruction(self._settings, instruction, source=self._source)
        except (KafkaError, TimeoutError):
            raise DeskError(Why.SILENT, "Kafka has not confirmed it in time; see whether it was done") from None
        self._known = None
