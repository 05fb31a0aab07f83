"""A real headless Chromium, driven by Playwright."""

import base64
import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import CDPSession, ConsoleMessage, Error, Page, async_playwright

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


def chromium() -> str | None:
    """Path of the browser, or None where there is none."""
    own = ROOT / "build" / "tools" / "bin" / "chromium"
    return str(own) if own.exists() else shutil.which("chromium") or shutil.which("google-chrome")


@dataclass
class Tab:
    """One page.

    Args:
        page: Playwright's.
        devtools: The browser's own protocol, for what Playwright has no name for.
        requests: Addresses that were asked for.
        complaints: Errors of the console, of scripts, and of the Content-Security-Policy.
    """

    page: Page
    devtools: CDPSession
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Note what the page asks for and complains of."""
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning", "assert"):
            self.complaints.append(f"{said.text} {said.location.get('url', '')}")

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol, and its result."""
        result: dict[str, Any] = await self.devtools.send(method, params)
        return result

    async def run(self, script: str) -> Any:
        """Value of an expression in the page; promises are awaited."""
        return await self.page.evaluate(script)

    async def until(self, condition: str) -> None:
        """Wait until an expression in the page is true."""
        await self.page.wait_for_function(f"() => ({condition})", polling=20)

    async def press(self, key: str, *, code: int = 0, text: str = "") -> None:  # noqa: ARG002
        """Press and release a key, as a person would."""
        await self.page.keyboard.press("Space" if key == " " else key)

    async def size(self, width: int, height: int, *, phone: bool = False) -> None:
        """Size of the screen in CSS pixels."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )

    async def photograph(self, name: str) -> bytes:
        """A PNG of what is seen; kept in build/screenshots."""
        shot = await self.call("Page.captureScreenshot", format="png")  # Playwright's own would undo `size`
        png = base64.b64decode(shot["data"])
        folder = ROOT / "build" / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.png").write_bytes(png)
        return png


class Browser:
    """A running browser.

    Args:
        chromium: Playwright's.
    """

    def __init__(self, chromium: Chromium) -> None:
        self._chromium = chromium

    @contextlib.asynccontextmanager
    async def tab(
        self,
        url: str,
        *,
        prefers_color_scheme: Any = "light",
        prefers_reduced_motion: Any = None,
        touch: bool = False,
    ) -> AsyncIterator[Tab]:
        """A new page at an address, closed afterwards: 1280 by 900, or a phone that is touched; light unless asked."""
        context = await self._chromium.new_context(
            viewport={"width": 390, "height": 844} if touch else {"width": 1280, "height": 900},
            device_scale_factor=2 if touch else 1,
            has_touch=touch,
            is_mobile=touch,
            color_scheme=prefers_color_scheme,
            reduced_motion=prefers_reduced_motion,
        )
        context.set_default_timeout(1000 * PATIENCE)
        async with context:
            page = await context.new_page()
            tab = Tab(page, await context.new_cdp_session(page))
            tab.listen()
            await page.goto(url)
            yield tab


@contextlib.asynccontextmanager
async def running(path: str) -> AsyncIterator[Browser]:
    """A browser with a profile of its own, ended afterwards."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--hide-scrollbars"])
        try:
            yield Browser(chromium)
        finally:
            with contextlib.suppress(Error):
                await chromium.close()
