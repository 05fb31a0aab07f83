"""How the page looks and how it is used without a mouse: screenshots, widths, names, headings, contrast, focus."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitors.snapshot import Snapshot
from tests.streams.console.browser import Browser, Tab
from tests.streams.console.serving import serving
from tests.streams.console.snapshots import abandoned, crowded, nothing, unlabelled, working_day
from tests.streams.console.test_page import SHOWN

AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
CHECKS = ("overflow", "names", "ids", "headings", "tables", "pictures", "contrast")


@dataclass(frozen=True)
class Screen:
    """A device and what it shows."""

    name: str
    snapshot: Callable[[], Snapshot]
    width: int = 1280
    height: int = 900
    phone: bool = False
    scheme: str = "light"


SCREENS = [
    Screen("console-desktop", working_day),
    Screen("console-desktop-dark", working_day, scheme="dark"),
    Screen("console-phone", working_day, 390, 844, phone=True),
    Screen("console-phone-dark", crowded, 360, 780, phone=True, scheme="dark"),
    Screen("console-unlabelled", unlabelled),
    Screen("console-abandoned", abandoned),
    Screen("console-abandoned-phone-dark", abandoned, 390, 844, phone=True, scheme="dark"),
    Screen("console-empty", nothing),
    Screen("console-empty-phone", nothing, 360, 780, phone=True),
]


async def audit(tab: Tab, check: str) -> list[str]:
    """What a check finds wrong."""
    found: list[str] = await tab.run(f"({AUDIT.partition('(')[2].rpartition(')')[0]}).{check}()")
    return found


async def open_all(tab: Tab) -> None:
    """Open everything that can be opened."""
    await tab.run("document.querySelectorAll('summary').forEach((one) => one.closest('[hidden]') ?? one.click())")
    await tab.until(
        "[...document.querySelectorAll('details[data-monitor]')].every((one) => one.querySelector('table'))"
    )


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_screen(browser: Browser, screen: Screen) -> None:
    """A picture is taken; then, with everything opened, nothing is cut off, nameless, faint or out of order."""
    async with (
        serving(screen.snapshot()) as served,
        browser.tab(served.url, prefers_color_scheme=screen.scheme) as tab,
    ):
        await tab.size(screen.width, screen.height, phone=screen.phone)
        await tab.until(SHOWN)
        picture = await tab.photograph(screen.name)
        await open_all(tab)
        wrong = {check: found for check in CHECKS if (found := await audit(tab, check))}
        if screen.phone:
            wrong |= {"targets": found} if (found := await audit(tab, "targets")) else {}

    assert {} == wrong
    assert [] == tab.complaints
    assert len(colours(picture)) > 8


@pytest.mark.parametrize("width", [320, 414, 600, 768, 800, 1024, 1153, 1920])
async def test_no_width_cuts_anything_off(browser: Browser, width: int) -> None:
    """From the narrowest phone to a wide screen, opened or not."""
    async with serving(crowded()) as served, browser.tab(served.url) as tab:
        await tab.size(width, 900)
        await tab.until(SHOWN)
        await open_all(tab)

        assert [] == await audit(tab, "overflow")
        assert width >= await tab.run("document.documentElement.scrollWidth")


async def test_the_schemes_differ(browser: Browser) -> None:
    """The dark page is dark and the light one light, its marks included."""
    seen = {}
    for scheme in ("light", "dark"):
        async with serving(working_day()) as served, browser.tab(served.url, prefers_color_scheme=scheme) as tab:
            await tab.until(SHOWN)
            seen[scheme] = await tab.run(
                "['body', '.tile', '.bar-chart .bar', '.chip.ok', 'button[aria-pressed=true]'].map((name) => {"
                " const style = getComputedStyle(document.querySelector(name));"
                " return [style.backgroundColor, style.color, style.fill].join() })"
            )

    assert [] == [light for light, dark in zip(seen["light"], seen["dark"], strict=True) if light == dark]


async def test_the_keyboard_reaches_everything_in_reading_order(browser: Browser) -> None:
    """Tab visits each control once, in the order of the page, with a focus that is seen, and leaves at the end."""
    order = "[...document.querySelectorAll('a[href], summary, button')].filter((one) => one.getClientRects().length)"
    async with serving(working_day()) as served, browser.tab(served.url) as tab:
        await tab.until(SHOWN)
        await tab.run(f"window.order = {order}; window.visited = []; 0")
        for _ in range(await tab.run("order.length")):
            await tab.press("Tab", code=9)
            await tab.run("visited.push(document.activeElement); 0")
        faint = await tab.run(
            "visited.filter((one) => { one.focus(); const { outlineStyle, outlineWidth } = getComputedStyle(one);"
            " return outlineStyle === 'none' || parseFloat(outlineWidth) < 2 || one.offsetHeight < 10; })"
            ".map((one) => one.outerHTML)"
        )
        await tab.run("visited.at(-1).focus()")
        await tab.press("Tab", code=9)

        assert await tab.run("order.every((one, at) => one === visited[at])")
        assert [] == faint
        assert "BODY" == await tab.run("document.activeElement.tagName")


async def test_the_keyboard_works_the_page(browser: Browser) -> None:
    """The skip link leads to the figures, a space changes the window, Enter opens a monitor."""
    async with serving(working_day()) as served, browser.tab(served.url + "#window=7d") as tab:
        await tab.until(SHOWN)
        await tab.press("Tab", code=9)
        assert "skip" == await tab.run("document.activeElement.id")
        await tab.press("Enter", code=13, text="\r")
        assert ("main", "#window=7d") == (await tab.run("document.activeElement.id"), await tab.run("location.hash"))
        await tab.run("document.querySelector('button[value=\"1h\"]').focus()")
        await tab.press(" ", code=32, text=" ")
        assert "#window=1h" == await tab.run("location.hash")
        await tab.run("document.querySelector('[data-monitor=abstention] summary').focus()")
        await tab.press("Enter", code=13, text="\r")
        await tab.until("document.querySelector('[data-monitor=abstention] table')")


async def test_what_a_screen_reader_is_told(browser: Browser) -> None:
    """Landmarks, one polite live region for the alerts, tables that are tables even as cards, controls with names."""
    async with serving(working_day()) as served, browser.tab(served.url) as tab:
        await tab.size(390, 844, phone=True)
        await tab.until(SHOWN)
        nodes = (await tab.call("Accessibility.getFullAXTree"))["nodes"]
        live = await tab.run(
            "[...document.querySelectorAll('[aria-live], [role=status], [role=alert]')].map((one) => one.id)"
        )

    told = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    roles = [role for role, _ in told]
    assert {"banner", "main", "contentinfo", "status"} <= set(roles)
    assert ["overall"] == live
    assert 4 == roles.count("table")
    assert 28 <= roles.count("rowheader")
    assert [] == [role for role, name in told if role in {"button", "link", "DisclosureTriangle", "img"} and not name]
    assert ("button", "24 hours") in told
    assert ("region", "Review rate per category") in told


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
async def test_motion_only_where_it_is_liked(browser: Browser, wish: str, moves: bool) -> None:
    """With reduced motion nothing moves."""
    async with serving(working_day()) as served, browser.tab(served.url, prefers_reduced_motion=wish) as tab:
        await tab.until(SHOWN)
        moving = await tab.run(
            "[...document.querySelectorAll('*')].some((one) => { const style = getComputedStyle(one);"
            " return style.transitionDuration !== '0s' || style.animationName !== 'none' })"
        )

    assert moves is moving


def colours(png: bytes) -> set[bytes]:
    """Colours of every seventh pixel of a PNG, without its filters: more than a few mean that something is drawn."""
    data, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw = zlib.decompress(data)
    return {raw[place : place + 3] for place in range(0, len(raw) - 3, 21)}
