"""A real headless Chromium, driven over its DevTools protocol."""

import asyncio
import base64
import contextlib
import itertools
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[3]
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
PATIENCE = 30.0


def chromium() -> str | None:
    """Path of the browser, or None where there is none."""
    own = ROOT / "build" / "tools" / "bin" / "chromium"
    return str(own) if own.exists() else shutil.which("chromium") or shutil.which("google-chrome")


@dataclass
class Tab:
    """One page.

    Args:
        socket: The browser's DevTools connection for this page.
        requests: Addresses that were asked for.
        complaints: Errors of the console, of scripts, and of the Content-Security-Policy.
    """

    socket: aiohttp.ClientWebSocketResponse
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _waiting: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)

    async def listen(self) -> None:
        """Take what the browser says until it closes."""
        async for message in self.socket:
            said = message.json()
            if "id" in said:
                self._waiting.pop(said["id"]).set_result(said)
            else:
                self._note(said["method"], said["params"])

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(params["args"]))

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol, and its result."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": number, "method": method, "params": params})
        said = await asyncio.wait_for(answer, PATIENCE)
        assert "error" not in said, said
        result: dict[str, Any] = said["result"]
        return result

    async def run(self, script: str) -> Any:
        """Value of an expression in the page; promises are awaited."""
        said = await self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    async def until(self, condition: str) -> None:
        """Wait until an expression in the page is true."""
        look = f"const look = () => ({condition}) ? done() : setTimeout(look, 20); look();"
        await self.run(f"new Promise((done) => {{ {look} }})")

    async def press(self, key: str, *, code: int, text: str = "") -> None:
        """Press and release a key, as a person would."""
        about = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **about)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    async def size(self, width: int, height: int, *, phone: bool = False) -> None:
        """Size of the screen in CSS pixels."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )

    async def prefer(self, **features: str) -> None:
        """Set media features, such as prefers_color_scheme="dark"."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        await self.call("Emulation.setEmulatedMedia", features=named)

    async def photograph(self, name: str) -> bytes:
        """A PNG of what is seen; kept in build/screenshots."""
        shot = await self.call("Page.captureScreenshot", format="png")
        png = base64.b64decode(shot["data"])
        folder = ROOT / "build" / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.png").write_bytes(png)
        return png


class Browser:
    """A running browser.

    Args:
        port: Of its DevTools protocol.
    """

    def __init__(self, port: int) -> None:
        self._port = port

    @contextlib.asynccontextmanager
    async def tab(self, url: str, **media: str) -> AsyncIterator[Tab]:
        """A new page at an address, closed afterwards: 1280 by 900, and light unless media say otherwise."""
        base = f"http://127.0.0.1:{self._port}/json"
        async with aiohttp.ClientSession() as session:
            async with session.put(f"{base}/new?about:blank") as response:
                target = await response.json()
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                tab = Tab(socket)
                listening = asyncio.create_task(tab.listen())
                for domain in ("Page", "Runtime", "Network", "Log", "Accessibility", "DOM"):
                    await tab.call(f"{domain}.enable")
                await tab.call("Network.clearBrowserCookies")
                await tab.size(1280, 900)
                await tab.prefer(**{"prefers_color_scheme": "light", **media})
                await tab.call("Page.navigate", url=url)
                await tab.until("location.href !== 'about:blank' && document.readyState === 'complete'")
                yield tab
                async with session.get(f"{base}/close/{target['id']}"):
                    pass
            await listening


@contextlib.contextmanager
def running(path: str) -> Iterator[Browser]:
    """A browser with a profile of its own, ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="evenhand-browser-", ignore_cleanup_errors=True) as profile:
        command = [path, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield Browser(_port(Path(profile) / "DevToolsActivePort", process))
        finally:
            process.terminate()
            process.wait(timeout=15)


def _port(told: Path, process: subprocess.Popen[bytes]) -> int:
    """The port that the browser chose, once it has written it down."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if told.exists() and (lines := told.read_text().split()):
            return int(lines[0])
        time.sleep(0.05)
    raise RuntimeError(f"the browser did not start (exit code {process.poll()})")
