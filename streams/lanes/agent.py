"""Faust agents: thin loops that hand what arrives on a channel to synchronous handlers."""

from collections.abc import Awaitable, Callable, Sequence

import faust
from faust.types import StreamT

from streams.lanes.counts import LaneCounts
from streams.lanes.lane import Batch, Committed, Handle, ResultT, StateT, settle
from streams.messages.records import Received


def channel_agent(
    app: faust.App,
    name: str,
    handler: Callable[[Sequence[Received], StateT], ResultT],
    *,
    counts: LaneCounts,
    committed: Committed[StateT, ResultT],
    handled: Committed[StateT, ResultT] = lambda _state, _result: None,
    capacity: int = 1,
    concurrency: int = 1,
) -> Callable[[Batch[StateT]], Awaitable[None]]:
    """Register an agent that settles the batches of a channel of its own.

    Args:
        handler: Makes of the records of a batch, and of the lane's state, what is to be written.
        committed: Called with the lane's state and the result, once it is committed.
        handled: Called with them as soon as there is a result, for lanes that overlap.
        capacity: Batches that wait in the channel before a sender has to.
        concurrency: Batches in work at once; while one waits for its commit another is handled.

    Returns:
        The way into the channel.
    """

    # `settle` awaits its handler, because the slow lane's has to wait for the LLM.
    async def handle(records: Sequence[Received], state: StateT) -> ResultT:
        result = handler(records, state)
        handled(state, result)
        return result

    return patient_agent(
        app, name, handle, counts=counts, committed=committed, capacity=capacity, concurrency=concurrency
    )


def patient_agent(
    app: faust.App,
    name: str,
    handle: Handle[StateT, ResultT],
    *,
    counts: LaneCounts,
    committed: Committed[StateT, ResultT],
    capacity: int = 1,
    concurrency: int = 1,
) -> Callable[[Batch[StateT]], Awaitable[None]]:
    """The same for a handler that lets others have their turn, since it may take long; see `channel_agent`."""
    channel = app.channel(maxsize=capacity)

    @app.agent(channel, concurrency=concurrency, name=name)
    async def agent(batches: StreamT[Batch[StateT]]) -> None:
        async for batch in batches:
            await settle(batch, handle, counts, committed)

    async def send(batch: Batch[StateT]) -> None:
        await channel.put(batch)  # type: ignore[arg-type]  # faust takes plain values too

    return send
