"""How the pages of people look: screenshots, and nothing is cut off, nameless, faint, out of order or too small."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import pytest

from tests.streams.console.browser import Browser, Tab
from tests.streams.console.desk.cases import BLIND, CASES, CLINICS, HUNCH
from tests.streams.console.desk.learned import Learned, busy, frozen
from tests.streams.console.desk.paging import line, page, shown
from tests.streams.console.test_screens import CHECKS, audit

Act = Callable[[Tab], Awaitable[None]]
CSS = files("streams.console").joinpath("static/desk.css").read_text(encoding="utf-8")
LONG = HUNCH.model_copy(
    update={
        "transaction_id": "t-long",
        "description": "PAYMENT " + "REFERENCE0123456789" * 24 + " <script>alert(1)</script> " + "WORD " * 40,
        "merchant": "A merchant with a name that goes on and on and never seems to come to any sort of end",
        "merchant_key": "long",
        "counterparty": "X" * 200,
        "amount": HUNCH.amount * 10_000_000,
    }
)


async def _card(tab: Tab) -> None:
    await shown(tab, "#desk")


async def _similar(tab: Tab) -> None:
    await _card(tab)
    await tab.page.click("#similar")
    await shown(tab, "#preview")


async def _together(tab: Tab) -> None:
    await _similar(tab)
    await tab.press("Enter")
    await shown(tab, "#together")


async def _search(tab: Tab) -> None:
    await _card(tab)
    await tab.page.fill("#search", "in")
    await tab.until("document.querySelector('#found [aria-selected=true]') !== null")


def _customer(language: str) -> Act:
    async def act(tab: Tab) -> None:
        await _card(tab)
        await tab.page.click("#customer summary")
        await shown(tab, "#customer-text")
        await tab.page.select_option("#customer-language", language)
        await tab.page.click("#customer-copy")
        await tab.run("document.querySelector('#customer').scrollIntoView()")

    return act


async def _legend(tab: Tab) -> None:
    await _card(tab)
    await tab.page.click("#help")
    await shown(tab, "#legend")


async def _answered(tab: Tab) -> None:
    await _together(tab)
    await tab.page.click("#suggestions button")
    await line(tab, HUNCH.description)


async def _empty(tab: Tab) -> None:
    await shown(tab, "#empty")


async def _gate(tab: Tab) -> None:
    await shown(tab, "#gate")


async def _learned(tab: Tab) -> None:
    await shown(tab, "#learned")


async def _told(tab: Tab) -> None:
    await _learned(tab)
    await tab.page.click("#quarantine li input")
    await tab.page.click("#quarantine button[value=reject]")
    await shown(tab, "#decide")


@dataclass(frozen=True)
class Screen:
    """A state of a page."""

    name: str
    act: Act
    requests: tuple[Any, ...] = CASES
    path: str = "review"
    options: dict[str, Any] = field(default_factory=dict)


SCREENS = [
    Screen("review-gate", _gate, options={"name": None}),
    Screen("review", _card),
    Screen("review-similar", _similar),
    Screen("review-together", _together),
    Screen("review-search", _search),
    Screen("review-legend", _legend),
    Screen("review-customer", _customer("en")),
    Screen("review-customer-de", _customer("de")),
    Screen("review-customer-fr", _customer("fr")),
    Screen("review-answered", _answered, (*CLINICS, HUNCH)),
    Screen("review-blind", _card, (BLIND,)),
    Screen("review-long", _card, (LONG,)),
    Screen("review-empty", _empty, ()),
    Screen("learning", _learned, (), "learning", {"learned": busy}),
    Screen("learning-reason", _told, (), "learning", {"learned": busy}),
    Screen("learning-frozen", _learned, (), "learning", {"learned": frozen}),
    Screen("learning-empty", _empty, (), "learning", {"learned": lambda: Learned(heard=False)}),
]
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {},
    "dark": {"scheme": "dark"},
    "phone": {"touch": True},
    "phone-dark": {"touch": True, "scheme": "dark"},
}
IN_THE_DARK = (
    "review-similar",
    "review-together",
    "review-customer",
    "review-blind",
    "learning-reason",
    "learning-frozen",
)
"""Between them they have all that the pages are made of."""


@pytest.mark.parametrize(
    ("screen", "device"),
    [
        pytest.param(screen, device, id=f"{screen.name}-{device}")
        for screen in SCREENS
        for device in DEVICES
        if "dark" not in device or screen.name in IN_THE_DARK
    ],
)
async def test_screen(browser: Browser, screen: Screen, device: str) -> None:
    """A picture is taken, and nothing is wrong with it."""
    options: dict[str, Any] = {**screen.options, **DEVICES[device], "monitor_url": ":9465/"}
    if "learned" in options:
        options["learned"] = options["learned"]()
    async with page(browser, *screen.requests, path=screen.path, **options) as (tab, _):
        await screen.act(tab)
        await tab.photograph(f"{screen.name}-{device}")
        wrong = {check: found for check in CHECKS if (found := await audit(tab, check))}
        if "touch" in options:
            wrong |= {"targets": found} if (found := await audit(tab, "targets")) else {}

    assert {} == wrong


@pytest.mark.parametrize("width", [320, 414, 600, 768, 864, 1024, 1920])
@pytest.mark.parametrize("path", ["review", "learning"])
async def test_no_width_cuts_anything_off(browser: Browser, path: str, width: int) -> None:
    """From the narrowest phone to a wide screen."""
    async with page(browser, LONG, path=path, learned=busy()) as (tab, _):
        await tab.size(width, 900)
        await shown(tab, "#desk" if path == "review" else "#learned")

        assert [] == await audit(tab, "overflow")
        assert width >= await tab.run("document.documentElement.scrollWidth")


def test_no_colour_is_written_outside_the_palette() -> None:
    """Colours are those of console.css, which are tested for their contrast."""
    assert [] == re.findall(r"#[0-9a-f]{3,8}\b(?! li| strong| h3|\s*\{)|rgba?\(|hsla?\(", CSS)
