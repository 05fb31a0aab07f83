"""Taking a reference from a console that runs."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
from aiohttp import web
from pydantic import SecretStr

from models.errors import ConfigurationError
from models.statistics.histogram import BINS
from monitors.counts.windows import Window
from monitors.snapshot import Snapshot
from streams.console.client import read_confidence
from streams.console.views import Console
from tests.streams.console.serving import serving
from tests.streams.console.snapshots import NOW

HISTOGRAM = [*range(BINS)]


@pytest.fixture
async def console() -> AsyncIterator[str]:
    """A console that shows one histogram, and asks for a token."""
    snapshot = Snapshot(at=NOW, model_version="m", confidence={Window.DAY: HISTOGRAM})
    app = web.Application()
    app.add_routes(Console(lambda: snapshot, token="secret").routes())
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_the_histogram_of_the_window_is_read(console: str) -> None:
    """As many counts as there are bins; a window without decisions has none."""
    read = [
        await asyncio.to_thread(read_confidence, console, name, token=SecretStr("secret")) for name in ("24h", "1h")
    ]
    day, hour = (reference.confidence for reference in read)
    assert day is not None
    assert hour is not None
    assert HISTOGRAM == day.tolist()
    assert 0 == np.count_nonzero(hour)


async def test_who_is_not_let_in_is_told_what_to_set(console: str) -> None:
    """401 names the setting."""
    with pytest.raises(ConfigurationError, match="EVENHAND_WEB_TOKEN"):
        await asyncio.to_thread(read_confidence, console, "24h")


async def test_a_console_that_cannot_tell_its_state_is_said_to_be_unable() -> None:
    """503: whoever takes a reference is told where the reason stands, and gets none of old figures."""
    untellable = Snapshot(at=NOW, model_version="m", late="many")  # type: ignore[arg-type]  # that is the fault
    async with serving(untellable) as console:
        with pytest.raises(ConfigurationError, match="503: the monitor cannot tell its state"):
            await asyncio.to_thread(read_confidence, console.url, "24h")


async def test_what_is_no_console_is_said_to_be_none(console: str) -> None:
    """Another page, nobody at all, another scheme."""
    with pytest.raises(ConfigurationError, match="404"):
        await asyncio.to_thread(read_confidence, f"{console}/elsewhere", "24h")
    with pytest.raises(ConfigurationError, match="no console answers"):
        await asyncio.to_thread(read_confidence, "http://127.0.0.1:1", "24h")
    with pytest.raises(ConfigurationError, match="begins with http"):
        await asyncio.to_thread(read_confidence, "ftp://127.0.0.1", "24h")
