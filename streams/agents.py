"""Faust agents: thin loops that hand what arrives to synchronous handlers."""

from typing import Any

import faust
from faust.types import AgentT, ChannelT, StreamT

from streams.lane import Batch, Handle, settle
from streams.metrics import WorkerMetrics


def categorize_agent(
    app: faust.App, channel: ChannelT[Batch], handle: Handle, metrics: WorkerMetrics, *, concurrency: int
) -> AgentT[Any]:
    """Register the agent that decides on batches.

    Args:
        app: Owns the agent.
        channel: Batches of single partitions.
        handle: Decides.
        metrics: Counts.
        concurrency: Batches in work at once; while one waits for its commit another is decided on.
    """

    @app.agent(channel, concurrency=concurrency, name="categorize")
    async def categorize(batches: StreamT[Batch]) -> None:
        async for batch in batches:
            await settle(batch, handle, metrics)

    return categorize
