"""The pages of people over the real desk, queue and handler: only Kafka is left out, and the clock can be moved."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from aiohttp import web

from models.contracts.events import ReviewRequest
from models.contracts.wire import dump, parse
from streams.console.desk.forgery import ForgeryGuard
from streams.console.desk.people import People
from streams.console.desk.views import DeskPages
from streams.messages.records import Headers
from streams.review_queue.desk import KafkaDesk
from streams.review_queue.handler import QueueHandler, QueueResult
from streams.review_queue.item import opened
from streams.review_queue.outputs import Outputs
from streams.review_queue.queue import Limits, Queue
from streams.settings.settings import Settings
from tests.harness.messages import REVIEW
from tests.streams.console.desk.learned import Learned

KEY = b"a key of the tests"


class Entry(NamedTuple):
    """A record of the journal, or of the topic of requests."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: int


@dataclass
class Watch:
    """The time of day, which a test may move on."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Now."""
        return datetime.now(UTC) + self.ahead


class Journal:
    """The journal in memory: what is written to it is handled at once, as the lane does after Kafka has it."""

    def __init__(self, handler: QueueHandler, queue: Queue) -> None:
        self._handler, self._queue = handler, queue
        self._offsets = count()
        self.desk: KafkaDesk | None = None
        self.results: list[QueueResult] = []

    def write(self, key: bytes | None, value: bytes | None, headers: Headers, *, at: datetime) -> None:
        """Handle one record."""
        stamp = int(at.timestamp() * 1000)
        record = Entry("review.journal", 0, next(self._offsets), key, value, headers, stamp)
        result = self._handler([record], self._queue)
        self.results.append(result)
        if self.desk is not None:
            self.desk.committed(result)

    async def start(self) -> None:
        """A producer connects."""

    async def stop(self) -> None:
        """A producer disconnects."""

    async def send_and_wait(self, _topic: str, **record: Any) -> None:
        """A producer writes."""
        self.write(record["key"], record["value"], record["headers"], at=datetime.now(UTC))


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
    journal: Journal
    learned: Learned
    clock: Watch
    outputs: list[QueueResult] = field(default_factory=list)

    def ask(self, *requests: ReviewRequest) -> None:
        """Let requests come in."""
        for request in requests:
            record = Entry("transactions.review", 0, 0, None, dump(request), (), int(self.clock().timestamp() * 1000))
            entry = opened(record, request)
            self.journal.write(entry.key, entry.value, entry.headers, at=self.clock())

    def corrections(self) -> list[bytes]:
        """Keys of the corrections that went out."""
        written = (output for result in self.journal.results for output in result.written)
        return [output.value or b"" for output in written if output.role.name == "CORRECTIONS"]


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
    unaided: float = 0.0,
    claim_seconds: float = 120.0,
    monitor_url: str = "",
) -> AsyncIterator[Served]:
    """The pages with requests that wait."""
    clock = Watch()
    limits = Limits(claim_ms=int(1000 * claim_seconds), grace_ms=30_000, expiry_ms=10**9, expires=True, open=10_000)
    queue = Queue(limits)
    handler = QueueHandler(Outputs("/evenhand/test", lambda _key: 0), partitions=1, clock=clock)
    journal = Journal(handler, queue)
    settings = Settings(bootstrap_servers="127.0.0.1:9092", review_unaided_share=unaided)
    desk = KafkaDesk(settings, source="/evenhand/test", clock=clock, where=str, producer_factory=lambda **_: journal)  # type: ignore[arg-type,return-value]
    journal.desk = desk
    desk.restored(queue)
    learned = learned or Learned()
    ids = count(1)
    pages = DeskPages(
        desk,
        learned,
        people=people or People(ask=True, key=KEY),
        guard=ForgeryGuard(KEY),
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
    served = Served(f"http://127.0.0.1:{runner.addresses[0][1]}/", queue, journal, learned, clock)
    served.ask(*requests)
    try:
        async with desk:
            yield served
    finally:
        await runner.cleanup()
