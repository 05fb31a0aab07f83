"""Faust agents: thin loops that hand what arrives to synchronous handlers."""

from collections.abc import Callable
from typing import Any

import faust
from faust.types import AgentT, ChannelT, StreamT

from streams.lanes.lane import Batch, Handle, LaneMetrics, settle


def settle_agent(
    app: faust.App,
    channel: ChannelT[Batch],
    handle: Handle,
    metrics: LaneMetrics,
    *,
    name: str,
    concurrency: int = 1,
    after: Callable[[Any, Any], None] | None = None,
) -> AgentT[Any]:
    """Register an agent that settles batches.

    Args:
        app: Owns the agent.
        channel: Batches of single partitions.
        handle: Says what a batch becomes.
        metrics: Counts.
        name: The agent's.
        concurrency: Batches in work at once; while one waits for its commit another is handled.
        after: Called with what the lane knows and what the batch became, once it is committed.
    """

    @app.agent(channel, concurrency=concurrency, name=name)
    async def agent(batches: StreamT[Batch]) -> None:
        async for batch in batches:
            await settle(batch, handle, metrics, after=after)

    return agent
