"""The pages of people in a browser."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from models.contracts.events import ReviewRequest
from tests.streams.console.browser import Browser, Tab
from tests.streams.console.desk.serving import Served, serving


@asynccontextmanager
async def page(
    browser: Browser,
    *requests: ReviewRequest,
    path: str = "review",
    name: str | None = "Ada",
    scheme: str = "light",
    touch: bool = False,
    refused: tuple[int, ...] = (),
    **options: Any,
) -> AsyncIterator[tuple[Tab, Served]]:
    """A page with requests that wait, after a name was given; nothing may be asked of others, nor complain.

    Args:
        refused: Statuses that the browser may complain of.
    """
    async with (
        serving(*requests, **options) as served,
        browser.tab(served.url + path, prefers_color_scheme=scheme, touch=touch) as tab,
    ):
        if name is not None:
            await entered(tab, name)
        yield tab, served
        assert [] == [url for url in tab.requests if not url.startswith(served.url)]
        expected = tuple(f"Failed to load resource: the server responded with a status of {each} " for each in refused)
        assert [] == [said for said in tab.complaints if not said.startswith(expected or ("\0",))]


async def entered(tab: Tab, name: str) -> None:
    """Give a name, once it is asked for."""
    await tab.until("!document.querySelector('#gate').hidden")
    await tab.page.keyboard.type(name)
    await tab.press("Enter")
    await tab.until("document.querySelector('#gate').hidden")


async def text(tab: Tab, selector: str) -> str:
    """What is seen of an element, on one line."""
    shown: str = await tab.run(f"document.querySelector({selector!r}).innerText")
    return re.sub(r"\s+", " ", shown).strip()


async def texts(tab: Tab, selector: str) -> list[str]:
    """What is seen of each element."""
    found: list[str] = await tab.run(f"[...document.querySelectorAll({selector!r})].map((one) => one.innerText)")
    return found


async def line(tab: Tab, expected: str) -> None:
    """Wait until the transaction with this line is shown."""
    await tab.until(
        f"document.querySelector('#line').textContent === {expected!r} && !document.querySelector('#desk').hidden"
    )


async def shown(tab: Tab, selector: str) -> None:
    """Wait until an element is seen."""
    await tab.until(f"document.querySelector({selector!r})?.getClientRects().length > 0")


async def says(tab: Tab, selector: str, part: str) -> None:
    """Wait until an element's text has this part."""
    await tab.until(f"document.querySelector({selector!r}).innerText.includes({part!r})")
