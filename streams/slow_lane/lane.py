"""The slow lane put together: its topic, the LLM that is asked, its metrics (docs/llm.md)."""

import asyncio
from dataclasses import replace
from functools import partial

from models.decisions.ensemble import Ensemble
from models.voters.llm.breaker import Breaker, BreakerState
from models.voters.llm.budget import Budget
from models.voters.llm.protocol import PROTOCOLS
from models.voters.llm.voter import LlmVoter
from monitors.labels.blind_sample import BlindSample
from streams.categorizer.handler import BatchResult, CategorizeHandler
from streams.categorizer.metrics import WorkerMetrics
from streams.categorizer.recall import recall_window
from streams.clock import Clock
from streams.kafka.topics import topic_name
from streams.lanes.duplicate_window import DuplicateWindow
from streams.lanes.lane import Batch, Committed, Subscription, settle
from streams.messages.cloudevents import Codec
from streams.messages.headers import LANE_HEADER
from streams.messages.roles import Role
from streams.settings.settings import Settings
from streams.slow_lane.asker import Asker
from streams.slow_lane.handler import SlowHandler
from streams.slow_lane.llm_client import LlmClient


class SlowLane:
    """Reads the internal topic and asks the LLM, where one is configured.

    Args:
        settings: Names, limits and `llm_*`.
        ensemble: Its own ballots stand beside those of the LLM.
        codec: As the fast lane's; decisions are marked in addition.
        metrics: Of the worker; batches, lag and partitions count as `metrics.slow_lane`.
        clock: The time of day, timezone-aware.
        blind: Draws the accepted decisions that a person is asked about without seeing them.
        known: Makes the window know the ids of a batch.

    Attributes:
        handler: Decides; another ensemble may be put into it.

    Raises:
        ConfigurationError: The endpoint cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        ensemble: Ensemble,
        *,
        codec: Codec,
        metrics: WorkerMetrics,
        clock: Clock,
        blind: BlindSample,
        known: Committed[DuplicateWindow, BatchResult],
    ) -> None:
        self._metrics = metrics
        self.services: tuple[LlmClient, ...] = ()
        self._asker: Asker | None = None
        if settings.llm_url:
            client = LlmClient(settings)
            self.services = (client,)
            self._asker = self._make_asker(settings, client)
        # Without `diverts`: what was put off once is decided here, by a person if need be.
        self.handler = CategorizeHandler(ensemble, replace(codec, marks=(LANE_HEADER,)), clock, blind=blind)
        handler = SlowHandler(
            self.handler,
            asker=self._asker,
            clock=clock,
            topic=topic_name(settings, Role.TRANSACTIONS),
        )

        # Not through an agent: while it waits for the LLM, the time of other partitions would run out in its queue.
        async def send(batch: Batch[DuplicateWindow]) -> None:
            await settle(batch, handler, metrics.slow_lane, committed)

        def committed(window: DuplicateWindow, result: BatchResult) -> None:
            known(window, result)
            metrics.committed(result)

        self.subscription = Subscription(Role.SLOW, send, recall_window(settings, clock), portions=handler.portions)

    @property
    def asks(self) -> bool:
        """True while putting off an unsure decision makes sense."""
        return self._asker is not None and self._asker.ready

    def _make_asker(self, settings: Settings, client: LlmClient) -> Asker:
        breaker = Breaker(failures=settings.llm_breaker_failures, pause_seconds=settings.llm_breaker_seconds)
        voter = LlmVoter(
            PROTOCOLS[settings.llm_protocol],
            settings.llm_model,
            settings.llm_max_tokens,
            breaker,
            Budget(calls_per_minute=settings.llm_calls_per_minute, tokens_per_day=settings.llm_tokens_per_day),
        )
        for state in BreakerState:
            self._metrics.llm_breaker.labels(state.value).set_function(partial(_is_in, breaker, state))
        return Asker(
            voter,
            client.post,
            concurrency=settings.llm_concurrency,
            deadline=settings.llm_deadline_seconds,
            metrics=self._metrics,
        )


def _is_in(breaker: Breaker, state: BreakerState) -> float:
    return float(breaker.state(now=asyncio.get_running_loop().time()) is state)
