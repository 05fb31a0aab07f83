"""A scripted reviewer: asks the review page's routes for what the queue gives first, and answers by the truth."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import aiohttp

from models.contracts.events import Transaction
from models.errors import EvenhandError
from models.voters.mcc import code_category
from streams.trials.demo.process import DemoProcess

NAME = "demo-reviewer"
PATIENCE = aiohttp.ClientTimeout(total=30)

Line = tuple[str, Decimal, datetime]
Truths = Mapping[Line, str]
"""Text, amount without its sign and time of a line, to its right category."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a reviewer did.

    Args:
        requests: Requests answered, "I do not know" among them.
        unknown: Those of them.
        settled: Requests that got a category: others of the same merchant were settled by the same answer.
        waiting: Requests that wait still.
    """

    requests: int
    unknown: int
    settled: int
    waiting: int


def truth_of(transaction: Transaction) -> str | None:
    """The category that a transaction's card code tells; None where it tells none."""
    return code_category(transaction.mcc, transaction.description) if transaction.mcc else None


def truths_of(transactions: Iterable[Transaction]) -> Truths:
    """What a reviewer knows of transactions that have their card codes."""
    return {
        (one.description, abs(one.amount), one.timestamp): category
        for one in transactions
        if (category := truth_of(one)) is not None
    }


async def answer(review: DemoProcess, truths: Truths, *, most: int) -> Answers:
    """Answer requests, as many as there are and at most so many.

    Where others of the same merchant wait whose category is the same, one answer settles them too.

    Raises:
        EvenhandError: The pages do not answer, or refuse.
    """
    requests = unknown = settled = 0
    async with _page(review) as page:
        said = await page.post("api/review/next", {})
        while (task := said["task"]) is not None and requests < most:
            category = truths.get(_line("".join(piece["text"] for piece in task["line"]), task))
            similar = await page.alike(task["id"], category, truths) if category and task["similar"] else []
            body = {"id": task["id"], "category": category, "similar": similar, "next": {}}
            said = await page.post("api/review/answer", body)
            requests, unknown = requests + 1, unknown + (category is None)
            settled += 0 if category is None else said["answered"]["settled"]
        if task is not None:
            await page.post("api/review/release", {"id": task["id"]})
        return Answers(requests, unknown, settled, said["progress"]["open"])


async def waiting(review: DemoProcess) -> int:
    """How many requests wait in the queue.

    Raises:
        EvenhandError: The pages do not answer.
    """
    async with _page(review) as page:
        return int((await page.get("api/review/progress"))["open"])


class _Page:
    """What our own page does: cookies, the token, and the headers that a browser sends."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = url, session
        self._headers = {"Origin": url.rstrip("/"), "Sec-Fetch-Site": "same-origin"}

    async def enter(self) -> None:
        self._headers["X-Evenhand-Token"] = (await self.get("api/me"))["token"]
        await self.post("api/me", {"name": NAME})

    async def alike(self, request_id: str, category: str, truths: Truths) -> list[str]:
        """Other requests of the merchant that nobody has on the screen, and that the same answer is right for."""
        preview = await self.get("api/review/similar", id=request_id)
        return [
            one["id"]
            for one in preview["likes"]
            if not one["taken"] and truths.get(_line(one["description"], one)) == category
        ]

    async def get(self, path: str, **query: str) -> Json:
        async with self._session.get(self._url + path, params=query) as response:
            return await _read(response)

    async def post(self, path: str, body: Json) -> Json:
        async with self._session.post(self._url + path, json=body, headers=self._headers) as response:
            return await _read(response)


@asynccontextmanager
async def _page(review: DemoProcess) -> AsyncIterator[_Page]:
    try:
        # Cookies of an address too, since the server has no name.
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar, timeout=PATIENCE) as session:
            page = _Page(review.url, session)
            await page.enter()
            yield page
    except (aiohttp.ClientError, TimeoutError) as error:
        review.check()
        raise EvenhandError(f"the pages of reviewers do not answer ({type(error).__name__})") from None


async def _read(response: aiohttp.ClientResponse) -> Json:
    text = await response.text()
    if not response.ok:
        raise EvenhandError(f"the pages of reviewers refused {response.url.path} ({response.status})")
    read: Json = await response.json() if text else {}
    return read


def _line(description: str, shown: Json) -> Line:
    return description, Decimal(shown["amount"]), datetime.fromisoformat(shown["at"])
