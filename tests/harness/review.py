"""Review requests, and a review queue in this process."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from streams.apps.review import ReviewApplication, create_review
from streams.messages.headers import BLIND_HEADER, DIGEST_HEADER
from streams.settings.settings import Settings
from tests.harness.messages import REVIEW
from tests.harness.workers import Message, until

TRACE = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")


def request(number: int = 1, **changed: object) -> dict[str, Any]:
    """A review request, with fields replaced."""
    return REVIEW | {"transaction_id": f"t-{number}", "requires_review": True, "confidence": 0.5} | changed


def request_message(number: int = 1, **changed: object) -> Message:
    """A review request as the categorizer writes it, keyed by account."""
    said = request(number, **changed)
    account = str(said["account_id"]).encode()
    blind = (BLIND_HEADER,) if said.get("blind") else ()
    headers = (("ce_subject", said["transaction_id"].encode()), (DIGEST_HEADER, b"%016x" % number), TRACE, *blind)
    return Message(json.dumps(said).encode(), account, account, headers)


def request_messages(count: int, *, accounts: int = 7, **changed: object) -> Iterator[Message]:
    """Requests of several accounts, each of a merchant of its own."""
    for number in range(count):
        merchant = {"merchant": f"Shop {number}", "merchant_key": f"shop{number}"}
        yield request_message(number, **{"account_id": f"a-{number % accounts}"} | merchant | changed)


@asynccontextmanager
async def serving(settings: Settings, **options: Any) -> AsyncIterator[ReviewApplication]:
    """A review queue in this process, from when it is ready until it is left."""
    own = settings.model_copy(update={"review_port": 0})
    application = create_review(own, partitions=settings.partitions, **options)
    await application.app.start()
    try:

        async def is_ready() -> bool:
            return all(intake.ready for intake in application.intakes) and application.desk.state.standing == "here"

        await until(is_ready)
        yield application
    finally:
        await application.app.stop()
        # Faust makes a consumer with a thread and a loop of its own, which it neither starts nor closes.
        application.app.consumer._thread.thread_loop.close()  # type: ignore[attr-defined]
