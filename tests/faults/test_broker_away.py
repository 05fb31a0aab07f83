"""FAULTS 6: the broker goes away, cleanly and hard, while a worker is busy; the worker waits and resumes."""

import asyncio
from pathlib import Path

import pytest

from streams.local.broker import LocalBroker
from tests.harness.monitors import state
from tests.harness.workers import QUICK, Stage, Worker, sample_messages
from tests.streams.console.serving import get

pytestmark = pytest.mark.kafka

AWAY_SECONDS = 4.0
RESUMED_SECONDS = 30.0
TOLD_SECONDS = 30.0
LONGEST_LOG = 100_000


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_a_worker_survives_its_broker(how: str, tmp_path: Path) -> None:
    """I1 I2 I4 I6: progress resumes within 30 s, each input has one terminal record, and the log stays readable."""
    with LocalBroker() as broker:
        async with Stage(broker, "away.", tmp_path, dict(QUICK)) as scene:
            await scene.send(list(sample_messages(20_000)))
            worker = scene.worker()
            await scene.progress(3_000)
            getattr(broker, how)()
            await asyncio.sleep(AWAY_SECONDS)
            broker.start()
            await scene.progress(sum(await scene.committed()) + 1, within=RESUMED_SECONDS)
            await scene.drained()
            worker.terminate()
            assert 0 == await worker.ended(within=10)
            result = await scene.verified()

    assert (20_000, 20_000) == (result.inputs, result.categorized + result.review)
    assert len(worker.log) < LONGEST_LOG


async def test_silence_is_told(tmp_path: Path) -> None:
    """A worker and a monitor say within 30 s of the broker's end why they are not ready, and are again after it."""
    with LocalBroker() as broker:
        async with Stage(broker, "silent.", tmp_path, dict(QUICK)) as scene:
            monitor, processes = scene.monitor(), scene.workers
            scene.worker()
            for process in processes:
                await process.ready()
            broker.stop()
            async with asyncio.timeout(TOLD_SECONDS):
                for process in processes:
                    while not (said := await refusal(process)).startswith("not ready: Kafka has not answered for "):
                        assert process.alive, said
                        await asyncio.sleep(0.5)
            silent = (await state(monitor))["kafka"]
            broker.start()
            for process in processes:
                await process.ready(within=RESUMED_SECONDS)
            again = (await state(monitor))["kafka"]

    assert silent["answers"] is False
    assert silent["since"] is not None
    assert {"answers": True, "since": None} == again


async def refusal(process: Worker) -> str:
    """What `/readyz` says while it answers with 503, else nothing."""
    answer = await get(f"http://127.0.0.1:{process.port}/readyz")
    return answer.body.decode() if answer.status == 503 else ""
