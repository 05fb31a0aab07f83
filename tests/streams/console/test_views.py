"""The routes over real HTTP: headers, files, state, and the stream with its listeners, good and bad."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import aiohttp
import pytest

from streams.console import views
from tests.streams.console.serving import Said, events, get, serving
from tests.streams.console.snapshots import NOW, nothing, working_day


@pytest.mark.parametrize(
    "path", ["", "static/console.js", "static/console.css", "api/state", "runbooks/", "runbooks/lag"]
)
async def test_every_answer_is_shut_tight(path: str) -> None:
    """No inline script or style, no frame, no guessing of types, no address told to others."""
    async with serving(nothing()) as console:
        answer = await get(console.url + path)

    policy = answer.headers["Content-Security-Policy"]
    assert 200 == answer.status
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= set(
        policy.split("; ")
    )
    assert ("nosniff", "no-referrer") == (answer.headers["X-Content-Type-Options"], answer.headers["Referrer-Policy"])


async def test_the_page_names_only_its_own_files() -> None:
    """Every file that the page and its scripts ask for is served from here, with its type."""
    async with serving(nothing()) as console:
        page = (await get(console.url)).body.decode()
        named = [part.split('"')[0] for part in page.split('"static/')[1:]]
        kinds = {name: (await get(f"{console.url}static/{name}")).headers["Content-Type"] for name in named}

    assert ["icon.svg", "console.css", "console.js"] == named
    assert ["image/svg+xml", "text/css", "text/javascript"] == [kind.partition(";")[0] for kind in kinds.values()]
    assert "http" not in page


@pytest.mark.parametrize("name", ["none.js", "console.html", "refused.html", "__init__.py", "..%2fviews.py"])
async def test_nothing_else_is_a_file(name: str) -> None:
    """Pages are behind the guard, and there is no way out of the folder."""
    async with serving(nothing()) as console:
        assert 404 == (await get(f"{console.url}static/{name}")).status


async def test_a_file_that_did_not_change_is_not_sent_again() -> None:
    """A browser asks with the tag it has."""
    async with serving(nothing()) as console:
        first = await get(console.url + "static/console.css")
        again = await get(console.url + "static/console.css", headers={"If-None-Match": first.headers["ETag"]})
        other = await get(console.url + "static/console.css", headers={"If-None-Match": '"other"'})

    assert (304, b"") == (again.status, again.body)
    assert (200, first.body) == (other.status, other.body)


async def test_the_state_is_json_that_nobody_keeps() -> None:
    """The figures of the moment, with its moment."""
    async with serving(working_day()) as console:
        answer = await get(console.url + "api/state")

    assert ("application/json", "no-store") == (
        answer.headers["Content-Type"].partition(";")[0],
        answer.headers["Cache-Control"],
    )
    assert (NOW.isoformat(), 1, len(working_day().alerts)) == (
        answer.json["at"],
        answer.json["format"],
        len(answer.json["alerts"]),
    )


async def test_a_listener_hears_the_state_its_changes_and_the_beat() -> None:
    """The state at once, the next when it changed, and in between that the stream is alive."""
    async with serving(nothing(), period=0.01, heartbeat=0.1) as console, listening(console.url) as response:
        stream = events(response)
        heard = [await anext(stream) for _ in range(3)]
        console.snapshot = replace(nothing(), late=12)
        changed = await anext(stream)
        while changed.name == "beat":
            changed = await anext(stream)

    assert "text/event-stream" == response.headers["Content-Type"].partition(";")[0]
    assert ["", "state", "beat"] == [said.name for said in heard]
    assert {"at": NOW.isoformat()} == heard[2].json
    assert ("state", 12) == (changed.name, changed.json["late"])


async def test_streams_end_when_the_server_stops() -> None:
    """The listener sees an orderly end of the response, at once."""
    async with aiohttp.ClientSession() as session:
        async with serving(nothing()) as console:
            response = await session.get(console.url + "api/stream")
            stream = events(response)
            await anext(stream), await anext(stream)
            began = time.monotonic()
        rest: list[Said] = [said async for said in stream]
        response.close()

    assert [] == rest
    assert time.monotonic() - began < views.FAREWELL


async def test_a_state_that_cannot_be_told_is_unavailable_and_listeners_hear_of_it() -> None:
    """503 with one line, never the state before; an event of its own, and the state again once it can be told."""
    async with serving(nothing(), period=0.01) as console, listening(console.url) as response:
        stream = events(response)
        await anext(stream), await anext(stream)
        console.snapshot = replace(nothing(), late="many")  # type: ignore[arg-type]  # that is the fault
        answer = await get(console.url + "api/state")
        broken = await anext(stream)
        console.snapshot = replace(nothing(), late=12)
        mended = await anext(stream)

    assert 503 == answer.status
    assert 1 == answer.body.decode().count("\n")
    assert ("broken", answer.body.decode().strip()) == (broken.name, broken.json["reason"])
    assert ("state", 12) == (mended.name, mended.json["late"])


async def test_the_state_is_that_of_the_request() -> None:
    """Whoever asks right after a change gets it, however long listeners wait between their looks."""
    async with serving(nothing(), period=60.0) as console:
        before = (await get(console.url + "api/state")).json["late"]
        console.snapshot = replace(nothing(), late=12)
        after = (await get(console.url + "api/state")).json["late"]

    assert (0, 12) == (before, after)


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[aiohttp.ClientResponse]:
    """An open stream."""
    async with aiohttp.ClientSession() as session, session.get(url + "api/stream") as response:
        yield response


def deaf(url: str) -> socket.socket:
    """A listener that asks for the stream and never reads, with a small buffer."""
    address = urlsplit(url)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.connect((address.hostname, address.port))
    listener.sendall(f"GET /api/stream HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    return listener


async def test_a_listener_that_does_not_read_does_not_hold_up_the_end() -> None:
    """Its connection is given up."""
    busy = working_day()
    async with serving(busy, period=0.002) as console:
        with deaf(console.url) as listener:
            for number in range(100):
                console.snapshot = replace(busy, late=number)
                await asyncio.sleep(0.004)
            began = time.monotonic()
            await console.runner.cleanup()
            took = time.monotonic() - began
            listener.setblocking(False)

    assert took < views.FAREWELL + 2


async def test_a_slow_listener_misses_states_but_gets_the_last() -> None:
    """What it has not taken is not kept for it: many changes, few states, the newest among them."""
    busy, changes = working_day(), 400
    async with serving(busy, period=0.002) as console:
        with deaf(console.url) as listener:
            for number in range(1, changes + 1):
                console.snapshot = replace(busy, late=number)
                await asyncio.sleep(0.004)
            late = await asyncio.to_thread(_read_until, listener, changes)

    assert changes == late[-1]
    assert len(late) < changes / 2


def _read_until(listener: socket.socket, last: int) -> list[int]:
    """`late` of each state, up to the one that says `last`."""
    listener.settimeout(20)
    taken = b""
    while f'"late":{last},'.encode() not in taken:
        taken += listener.recv(1 << 16)
    return [int(part.split(b",")[0]) for part in taken.split(b'"late":')[1:]]


async def test_there_is_room_for_so_many_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes when the room is full is told to come again; when one leaves, there is room."""
    monkeypatch.setattr(views, "LISTENERS", 1)
    async with serving(nothing(), period=0.01) as console:
        async with listening(console.url) as first:
            await anext(events(first))
            full = await get(console.url + "api/stream")
        await asyncio.sleep(0.2)
        async with listening(console.url) as second:
            assert (503, 200) == (full.status, second.status)


async def test_a_state_is_one_line() -> None:
    """A line break in a text would end the event early."""
    day = working_day()
    torn = replace(day, alerts=[day.alerts[0].model_copy(update={"hint": "first\nsecond\r\rthird"})])
    async with serving(torn) as console, listening(console.url) as response:
        stream = events(response)
        await anext(stream)
        state = await anext(stream)

    assert "first\nsecond\r\rthird" == json.loads(state.data)["alerts"][0]["hint"]
