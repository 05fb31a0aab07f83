"""The pages of people over the real desk, queue and handler: only Kafka is left out, and the clock can be moved."""

import json
import math
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

from aiohttp import web
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError

from models.contracts.corrections import Correction
from models.contracts.events import Categorized, ReviewRequest
from models.contracts.wire import dump, parse
from models.explanation.texts import texts_of
from streams.console.desk.forgery import ForgeryGuard
from streams.console.desk.people import People
from streams.console.desk.views import DeskPages
from streams.messages.records import Headers, Output, Restored
from streams.messages.roles import Role
from streams.review_queue.desk import KafkaDesk
from streams.review_queue.entries import Outcome
from streams.review_queue.handler import QueueHandler
from streams.review_queue.journal import JournalWriter
from streams.review_queue.outputs import Outputs
from streams.review_queue.state.item import opened
from streams.review_queue.state.parts import Limits
from streams.review_queue.state.queue import Queue
from streams.settings.settings import Settings
from tests.harness.messages import REVIEW
from tests.streams.console.desk.learned import Learned

KEY = b"a key of the tests"


@dataclass
class Watch:
    """The time of day, which a test may move on."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Now."""
        return datetime.now(UTC) + self.ahead


class Journal:
    """The journal in memory: what is written to it is handled at once, as the lane does after Kafka has it.

    Args:
        taken: Told what came of the entries.
        takes: How many more entries it confirms before it is silent.
    """

    def __init__(self, handler: QueueHandler, queue: Queue, clock: Watch) -> None:
        self._handler, self._queue, self._clock = handler, queue, clock
        self._offsets = count()
        self.taken: Callable[[Mapping[str, Outcome]], None] = lambda _outcomes: None
        self.written: list[Output] = []
        self.silent = False
        self.takes = math.inf

    def write(self, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Handle one record."""
        stamp = int(self._clock().timestamp() * 1000)
        record = Restored("review.journal", 0, next(self._offsets), key, value, headers, stamp)
        result = self._handler([record], self._queue)
        self.written += result.written
        self.taken(result.outcomes)

    async def start(self) -> None:
        """A producer connects."""

    async def stop(self) -> None:
        """A producer disconnects."""

    async def send_and_wait(self, _topic: str, **record: Any) -> None:
        """A producer writes."""
        if self.silent or self.takes <= 0:
            raise KafkaTimeoutError
        self.takes -= 1
        self.write(record["key"], record["value"], record["headers"])


@dataclass
class Served:
    """The pages, running.

    Args:
        url: With a slash at its end.
        learned: What the learner says, and what it was told.
        clock: Of the server and the queue.
    """

    url: str
    queue: Queue
    desk: KafkaDesk
    journal: Journal
    learned: Learned
    clock: Watch

    def ask(self, *requests: ReviewRequest, unaided: bool = False) -> None:
        """Let requests come in, where it is said so to be asked without suggestions."""
        for request in requests:
            record = Restored(
                "transactions.review", 0, 0, None, dump(request), (), int(self.clock().timestamp() * 1000)
            )
            entry = opened(record, request, unaided=unaided)
            self.journal.write(entry.key, entry.value, entry.headers)

    @property
    def corrections(self) -> list[Correction]:
        """Those that went out."""
        return [parse(Correction, output.value or b"")[0] for output in self._out(Role.CORRECTIONS)]

    @property
    def decisions(self) -> list[Categorized]:
        """What the ledger got."""
        return [parse(Categorized, output.value or b"")[0] for output in self._out(Role.CATEGORIZED)]

    def _out(self, role: Role) -> Iterator[Output]:
        return (output for output in self.journal.written if output.role is role)


def review_request(number: int, **changed: object) -> ReviewRequest:
    """A request that the ensemble was unsure of, with fields replaced."""
    unsure: dict[str, object] = {
        "transaction_id": f"t-{number}",
        "confidence": 0.41,
        "band": "LOW",
        "requires_review": True,
        "uncertainty": 0.6,
        "reasons": ["one_method_alone", "confidence_below_threshold"],
        "counterparty": None,
        "channel": None,
    }
    event, _ = parse(ReviewRequest, json.dumps(REVIEW | unsure | changed).encode())
    return event


@asynccontextmanager
async def serving(
    *requests: ReviewRequest,
    token: str | None = None,
    people: People | None = None,
    learned: Learned | None = None,
    unaided: bool = False,
    claim_seconds: float = 120.0,
    monitor_url: str = "",
    ahead: timedelta = timedelta(),
    explanations: Path | None = None,
) -> AsyncIterator[Served]:
    """The pages with requests that wait."""
    clock = Watch(ahead)
    limits = Limits(claim_ms=int(1000 * claim_seconds), grace_ms=30_000, expiry_ms=10**9, expires=True, open=10_000)
    queue = Queue(limits)
    handler = QueueHandler(Outputs("/evenhand/test", lambda _key: 0), partitions=1, clock=clock)
    journal = Journal(handler, queue, clock)
    writer = JournalWriter(
        Settings(bootstrap_servers="127.0.0.1:9092"),
        source="/evenhand/test",
        clock=clock,
        due=lambda: desk.due(),
        producer_factory=cast("Callable[..., AIOKafkaProducer]", lambda **_options: journal),
    )
    journal.taken = writer.taken
    desk = KafkaDesk(writer, where=str, clock=clock)
    desk.restored(queue)
    learned = learned or Learned()
    ids = count(1)
    pages = DeskPages(
        desk,
        learned,
        people=people or People(ask=True, key=KEY),
        guard=ForgeryGuard(KEY),
        texts=texts_of(explanations),
        token=token,
        monitor_url=monitor_url,
        clock=clock,
        ids=lambda: f"i-{next(ids)}",
    )
    app = web.Application()
    app.add_routes(pages.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served = Served(f"http://127.0.0.1:{runner.addresses[0][1]}/", queue, desk, journal, learned, clock)
    served.ask(*requests, unaided=unaided)
    try:
        async with writer:
            yield served
    finally:
        await runner.cleanup()
