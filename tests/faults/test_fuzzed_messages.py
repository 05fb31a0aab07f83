"""I1 I2 I7: two hundred thousand hostile messages leave a worker alive, and every one of them is accounted for."""

from collections import Counter
from collections.abc import Iterator

import pytest

from models.contracts.events import Transaction
from models.contracts.wire import parse
from models.errors import ContractError
from streams.messages.cloudevents import digest
from tests.faults.conftest import OpenStage
from tests.harness.fuzzing import fuzzed_messages
from tests.harness.workers import Message, sample_messages

pytestmark = pytest.mark.kafka

COUNT = 200_000
SEED = 1705


def _routed(counts: Counter[str], bodies: dict[str, bytes]) -> Iterator[Message]:
    """Fuzzed messages, those of one id to one partition, and what must become of each.

    Ids are unique for all time by contract; the window is per partition, so a route by account could hide repeats.
    """
    originals = [message.value or b"" for message in sample_messages(10_000)]
    for raw in fuzzed_messages(COUNT, SEED, originals):
        try:
            transaction, _ = parse(Transaction, raw)
        except ContractError:
            counts["refused"] += 1
            yield Message(raw, None, raw[:16])
            continue
        body, known = digest(transaction), bodies.get(transaction.transaction_id)
        bodies.setdefault(transaction.transaction_id, body)
        counts["decided" if known is None else "repeated" if known == body else "conflicting"] += 1
        yield Message(raw, transaction.account_id.encode(), transaction.transaction_id.encode())


async def test_fuzzed_messages_are_all_accounted_for(stage: OpenStage) -> None:
    """A dead letter for what the parser refuses and for conflicts, one decision for each id, nothing for repeats."""
    scene = await stage(partitions=4)
    worker = scene.worker("--ensemble", "shipped")
    counts: Counter[str] = Counter()
    await scene.send(_routed(counts, {}))
    await scene.drained()
    assert worker.alive
    found = await scene.verified()
    print(f"seed {SEED}: {dict(counts)}; {found}")
    assert COUNT == found.inputs
    assert counts["refused"] + counts["conflicting"] == found.dead_letters
    assert (counts["conflicting"], counts["repeated"]) == (found.conflicts, found.duplicates_expected)
    assert counts["decided"] == found.categorized + found.review
    assert "ERROR" not in worker.log
