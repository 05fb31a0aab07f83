"""The look at Kafka: nobody listens, somebody listens and says nothing, and a broker that answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from streams.kafka.answers import GRACE, PATIENCE, KafkaWatch
from streams.local.broker import LocalBroker
from streams.settings.settings import Settings
from tests.harness.monitoring import Clock
from tests.harness.voters import NOON
from tests.harness.workers import free_port, until


@asynccontextmanager
async def watching(servers: str, clock: Clock) -> AsyncIterator[KafkaWatch]:
    """A watch that runs."""
    watch = KafkaWatch(Settings(bootstrap_servers=servers), clock)
    await watch.start()
    try:
        yield watch
    finally:
        await watch.stop()


async def silent(watch: KafkaWatch, clock: Clock, *, within: float) -> None:
    """Wait until it has noticed that nobody answers; by the clock it is long ago then."""

    async def noticed() -> bool:
        clock.move(seconds=1)
        return watch.silent_since is not None

    await until(noticed, within=within, every=0.2)


async def test_nobody_listens() -> None:
    """It is said after the grace, with the moment of the first question."""
    clock = Clock()
    async with watching(f"127.0.0.1:{free_port()}", clock) as watch:
        before = watch.fault
        await silent(watch, clock, within=3 * PATIENCE)
        since = watch.silent_since
        assert since is not None
        clock.now = since + timedelta(seconds=40)
        after = watch.fault
        clock.now = since + GRACE - timedelta(seconds=1)

        assert ("", "Kafka has not answered for 40 s", "") == (before, after, watch.fault)
        assert since - NOON < timedelta(seconds=2)


async def test_a_process_that_was_held_up_blames_nobody() -> None:
    """One question without an answer is none too many, however long ago by the clock."""
    clock = Clock()
    async with watching(f"127.0.0.1:{free_port()}", clock) as watch:
        await asyncio.sleep(PATIENCE / 2)
        clock.move(minutes=5)

        assert "" == watch.fault


async def test_somebody_listens_and_says_nothing() -> None:
    """A broker that hangs takes connections: no answer in time is none."""

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    clock = Clock()
    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with watching(f"127.0.0.1:{port}", clock) as watch:
            await silent(watch, clock, within=5 * PATIENCE)


@pytest.mark.kafka
async def test_a_broker_answers(broker: LocalBroker) -> None:
    """Question after question, and no time that passes makes it silent."""
    clock = Clock()
    async with watching(broker.bootstrap_servers, clock) as watch:
        await asyncio.sleep(1.5 * PATIENCE)
        clock.move(minutes=5)

        assert watch.silent_since is None
