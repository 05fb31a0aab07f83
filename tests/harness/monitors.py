"""What the end-to-end tests of the monitor share: what people say, and what a monitor knows once it has seen all."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from models.contracts.taxonomy import CATEGORIES
from tests.harness.workers import PATIENCE, Message, Worker, until


def corrections(count: int, *, seed: int, model_version: str) -> Iterator[Message]:
    """What people said of `count` decisions: nine in ten were right, one in three was asked for blindly."""
    random = Random(seed)
    for number in range(count):
        decided, right = random.choice(CATEGORIES), random.random() < 0.9
        blind = random.random() < 1 / 3
        transaction_id = f"corrected-{number}"
        value = {
            "correction_id": f"correction-{number}",
            "transaction_id": transaction_id,
            "category": decided if right else random.choice(CATEGORIES),
            "actor": f"reviewer-{number % 7}",
            "timestamp": f"2020-06-01T{random.randrange(24):02d}:{random.randrange(60):02d}:00Z",
            "answers": {
                "category": decided,
                "confidence": 0.97 if blind else 0.55,
                "amount_band": random.choice(("under_100", "100_to_1000", "over_1000")),
                "blind": blind,
                "sampling_probability": 0.01 if blind else 1.0,
                "model_version": model_version,
            },
        }
        key = transaction_id.encode()
        yield Message(json.dumps(value).encode(), key, key)


async def state(monitor: Worker) -> dict[str, Any]:
    """What the console shows."""
    said = await monitor.get("/api/state")
    return {} if said is None else json.loads(said)  # type: ignore[no-any-return]


async def caught_up(monitor: Worker, *, records: int, within: float = PATIENCE) -> dict[str, Any]:
    """Wait until the monitor has observed so many records, and give what the console shows.

    Args:
        monitor: The one that judges.
        records: Transactions and corrections that were sent, whatever became of them.
        within: Seconds.

    Raises:
        TimeoutError: It has not in time.
    """

    async def is_there() -> bool:
        assert monitor.alive, f"the monitor has ended ({monitor.process.returncode}):\n{monitor.log[-3000:]}"
        return await observed(monitor) >= records

    await until(is_there, within=within, every=0.2)
    return await state(monitor)


async def observed(monitor: Worker) -> float:
    """Records of all sources that are summed up in what the monitor has taken."""
    said = await monitor.get("/metrics") or ""
    samples = [line for line in said.splitlines() if line.startswith("evenhand_observed_records{")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in samples)
