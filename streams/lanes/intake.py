"""The batch channel: a Faust service that owns the input's consumer and feeds batches of single partitions to an agent.

Faust's own consumer acknowledges per event and apart from the outputs; this one commits each batch's offset inside the
transaction that writes its outputs.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Generic

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from streams.kafka.clients import consumer_options
from streams.kafka.topics import group_id, topic_name
from streams.lanes.counts import LaneCounts
from streams.lanes.delivery import AtLeastOnceDelivery, Delivery, ProducerFactory, TransactionalDelivery
from streams.lanes.lane import Lane, StateT, Subscription
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
"""Pause between attempts to reach the broker at the start."""


class Intake(Service, ConsumerRebalanceListener, Generic[StateT]):  # type: ignore[misc]  # aiokafka carries no types
    """Joins the group, keeps one lane per assigned partition, and stops without leaving a transaction open.

    Args:
        subscription: The topic that is read, and what its lanes do.
        named: Name of this member of the group, for those who ask the broker who reads; empty: that of all clients.
    """

    def __init__(
        self,
        settings: Settings,
        subscription: Subscription[StateT],
        *,
        counts: LaneCounts,
        producer_factory: ProducerFactory = AIOKafkaProducer,
        named: Callable[[], str] = str,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._settings = settings
        self._subscription = subscription
        self._counts = counts
        self._producer_factory = producer_factory
        self._named = named
        self._topic = topic_name(settings, subscription.role)
        self._group_id = group_id(settings, subscription.role, subscription.further)
        self._consumer: AIOKafkaConsumer | None = None
        self._lanes: dict[Lane[StateT], asyncio.Task[None]] = {}
        self._joined = False

    @property
    def ready(self) -> bool:
        """True once the group has been joined and every assigned partition is being served."""
        return self._joined and all(lane.is_open for lane in self._lanes)

    async def on_start(self) -> None:
        """Start the consumer in the background: a broker that is not there yet is waited for."""
        self._subscription.start()
        self.add_future(self._connect())

    async def _connect(self) -> None:
        await self._subscription.before()
        while not self.should_stop:
            options = consumer_options(self._settings)
            consumer = AIOKafkaConsumer(
                **options | {"client_id": self._named() or options["client_id"]},
                group_id=self._group_id,
                # None by default: aiokafka does not leave the group on stop for a static member.
                group_instance_id=self._settings.group_instance_id,
                session_timeout_ms=self._settings.session_timeout_ms,
                heartbeat_interval_ms=self._settings.heartbeat_interval_ms,
                rebalance_timeout_ms=self._settings.session_timeout_ms,
            )
            try:
                # Before the start: partitions may be assigned while it runs, and their lanes take this consumer.
                self._consumer = consumer
                consumer.subscribe([self._topic], listener=self)
                await consumer.start()
            except KafkaError as error:
                log.warning("no broker yet (%s); trying again in %.0f s", type(error).__name__, CONNECT_SECONDS)
                await consumer.stop()
                await self.sleep(CONNECT_SECONDS)
            else:
                return

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Give every assigned partition a lane."""
        if self.should_stop:
            return  # another member has left while this one is leaving: its consumer ends next
        for source in assigned:
            lane = self._lane(source)
            task = asyncio.create_task(lane.run(), name=f"lane {source.topic}:{source.partition}")
            task.add_done_callback(self._lane_ended)
            self._lanes[lane] = task
        # Also without a partition: a worker that only stands by is ready.
        self._joined = True
        log.info("assigned: %s, partitions %s", self._topic, sorted(source.partition for source in assigned))

    async def on_partitions_revoked(self, _revoked: Iterable[TopicPartition]) -> None:
        """Finish or abort what is in work, before another worker may take the partitions over."""
        self._joined = False
        # The rebalance waits for this call: a commit in work ends before the partition has another owner.
        await self._close_lanes()

    async def on_stop(self) -> None:
        """Finish or abort what is in work, then leave the group."""
        await self._close_lanes()
        if self._consumer is not None:
            await self._consumer.stop()

    def _lane(self, source: TopicPartition) -> Lane[StateT]:
        return Lane(
            source,
            self._subscription,
            consumer=self._consumer,
            delivery=self._delivery(source),
            counts=self._counts,
            settings=self._settings,
        )

    def _delivery(self, source: TopicPartition) -> Delivery:
        if self._settings.delivery == "at_least_once":
            return AtLeastOnceDelivery(self._settings, source, self._producer_factory, self._commit_offset)
        return TransactionalDelivery(
            self._settings,
            source,
            self._producer_factory,
            group_id=self._group_id,
            further=self._subscription.further,
        )

    async def _commit_offset(self, source: TopicPartition, offset: int) -> None:
        assert self._consumer is not None
        # The group's own commit, so a member that the group has left behind is refused.
        await self._consumer.commit({source: offset})

    async def _close_lanes(self) -> None:
        # Swapped before the first wait: a revocation and a stop may both come here.
        lanes, self._lanes = self._lanes, {}
        if not lanes:
            return
        for lane in lanes:
            lane.stop()
        # Half the time for commits in work, half for what had to be cancelled: together what the operator allows.
        _, late = await asyncio.wait(lanes.values(), timeout=self._settings.stop_seconds / 2)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=self._settings.stop_seconds / 2)

    def _lane_ended(self, task: "asyncio.Task[None]") -> None:
        # Asked first, because `exception()` raises for a task that was cancelled.
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # Not a failure of the broker: stop the worker rather than serve some partitions and silently not others.
            log.error("%s failed: %s; stopping the worker", task.get_name(), type(error).__name__)
            self.add_future(self.crash(error))
