"""FAULTS 2: commits that fail, or whose outcome is unknown, while the batch behind them has been handled already."""

from itertools import chain

import pytest

from tests.faults.conftest import OpenStage
from tests.harness.workers import QUICK, sample_messages

pytestmark = pytest.mark.kafka

POINTS = (
    "begin_transaction:before:4",
    "send_batch:after:7",
    "send_offsets_to_transaction:before:5",
    "commit_transaction:before:4",
    "commit_transaction:after:4",
)


@pytest.mark.parametrize("point", POINTS)
async def test_what_was_handled_behind_a_failed_commit_is_handled_again(stage: OpenStage, point: str) -> None:
    """I1 I2 I4: also where a repeat stands in the batch behind: it is a repeat of what is certain, or the first."""
    scene = await stage(partitions=2, batch_max_records=100, batch_lag_records=1, **QUICK)
    messages = list(sample_messages(2_000))
    # Each comes again some fifty records of its partition later, so that half of the repeats are in the next batch.
    again = chain.from_iterable(
        [*messages[first : first + 100], *messages[first : first + 100]] for first in range(0, 2_000, 100)
    )
    await scene.send(again)
    worker = scene.worker("--fail", point)
    await scene.drained()
    found = await scene.verified()
    assert (2_000, 2_000) == (found.categorized + found.review, found.duplicates_expected)
    assert "opening again" in worker.log
