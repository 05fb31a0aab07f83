"""The topics: one table with names, partitions, retention; creating and checking them."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from aiokafka import TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)

from models.errors import ConfigurationError
from streams.kafka.clients import admin_client
from streams.messages.roles import Role
from streams.settings.settings import Settings

T = TypeVar("T")

DAY_MS = 86_400_000
LOOKS, LOOK_SECONDS = 100, 0.1
LARGEST_RECORD = 16 << 20
"""Bytes that a dead letter may have, which holds what was received, or the summary of a batch scattered over time."""


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One row of the table.

    Args:
        retention_ms: Kafka's retention.ms; None keeps the newest record of each key, and that for ever.
        max_message_bytes: Kafka's max.message.bytes, or None for the broker's.
        single: Whether it has one partition, because one reader must see all of it in order.
    """

    role: Role
    retention_ms: int | None
    max_message_bytes: int | None = None
    single: bool = False

    def config(self) -> dict[str, str]:
        """The topic's configuration as Kafka takes it."""
        if self.retention_ms is None:
            # Kafka does not compact the active segment: without a limit of time a quiet topic keeps every record.
            config = {"cleanup.policy": "compact", "segment.ms": str(DAY_MS)}
        else:
            config = {"cleanup.policy": "delete", "retention.ms": str(self.retention_ms)}
        if self.max_message_bytes is not None:
            config["max.message.bytes"] = str(self.max_message_bytes)
        return config


TOPICS: tuple[TopicSpec, ...] = (
    TopicSpec(Role.TRANSACTIONS, 7 * DAY_MS),
    TopicSpec(Role.CATEGORIZED, 30 * DAY_MS),
    TopicSpec(Role.REVIEW, 30 * DAY_MS),
    TopicSpec(Role.DEAD_LETTER, 90 * DAY_MS, LARGEST_RECORD),
    TopicSpec(Role.SLOW, 7 * DAY_MS),
    # A year: the learner reads corrections from here, too.
    TopicSpec(Role.CORRECTIONS, 365 * DAY_MS),
    TopicSpec(Role.OBSERVATIONS, 30 * DAY_MS, LARGEST_RECORD, single=True),
    TopicSpec(Role.STATE, None, single=True),
    # A year: this is the only copy of the history of alerts.
    TopicSpec(Role.ALERTS, 365 * DAY_MS, single=True),
    # Compacted by the id of an entry, so that only what is taken back goes: both states are what their journal says.
    TopicSpec(Role.REVIEW_JOURNAL, None, single=True),
    TopicSpec(Role.LEARNING_JOURNAL, None, single=True),
    TopicSpec(Role.UPDATES, None, LARGEST_RECORD, single=True),
    TopicSpec(Role.LEARNING, None, LARGEST_RECORD, single=True),
)
"""All topics. Outputs have as many partitions as the input: partition p goes to partition p.

`SLOW` is internal: what waits for the LLM on its way from input to output. It exists only where an LLM is configured.
`OBSERVATIONS` (summaries of batches) and `STATE` (the monitors' changelog) are internal too, as are the journals of the
review queue and of the learner, what it learned for the workers (`UPDATES`), and its report for people (`LEARNING`).
"""

SINGLE = frozenset(spec.role for spec in TOPICS if spec.single)
"""Topics of one partition."""

GROUPS: Mapping[Role, str] = MappingProxyType(
    {
        Role.TRANSACTIONS: "",
        Role.SLOW: "-slow",
        Role.CORRECTIONS: "-corrections",
        Role.OBSERVATIONS: "-monitor",
        Role.REVIEW: "-review",
        Role.REVIEW_JOURNAL: "-review-queue",
        Role.LEARNING_JOURNAL: "-learner",
    }
)
"""Input to what is put after the setting `group_id` to name the group that reads it."""


class Reader(StrEnum):
    """Who reads an input beside its first reader, and all of it too; part of the name of its transactional ids."""

    LEARNER = "learning"
    REVIEW = "review"


FURTHER_GROUPS: Mapping[tuple[Role, Reader], str] = MappingProxyType(
    {
        (Role.CORRECTIONS, Reader.LEARNER): "-learning",
        (Role.CORRECTIONS, Reader.REVIEW): "-review-corrections",
    }
)
"""Input and its further reader to the same: of corrections the learner and the review queue, beside the monitor."""

NAMES = tuple(spec.role.value for spec in TOPICS)


def topic_name(settings: Settings, role: Role) -> str:
    """The topic's full name, prefix included."""
    return settings.topic_prefix + role.value


def needed_topics(settings: Settings) -> tuple[TopicSpec, ...]:
    """The topics that a worker with these settings must find."""
    return tuple(spec for spec in TOPICS if spec.role is not Role.SLOW or settings.llm_url)


def group_id(settings: Settings, role: Role, further: Reader | None = None) -> str:
    """The consumer group that reads an input: each has its own, beside that of `transactions`.

    Args:
        further: The reader that asks, if it is not the input's first.
    """
    return settings.group_id + (GROUPS[role] if further is None else FURTHER_GROUPS[role, further])


async def create_topics(settings: Settings) -> dict[str, bool]:
    """Create what is missing, and return when the broker lists it: it confirms a moment before it does.

    Returns:
        Topic name to whether it was created now (False: it was there).

    Raises:
        ConfigurationError: The broker cannot be reached or refuses.
    """
    admin = admin_client(settings)
    created = {}
    try:
        await admin.start()
        # aiokafka cannot ask for the broker's own default (-1).
        replicas = settings.replication_factor or min(3, len((await admin.describe_cluster())["brokers"]))
        for spec in needed_topics(settings):
            name = topic_name(settings, spec.role)
            partitions = 1 if spec.single else settings.partitions
            topic = NewTopic(name, partitions, replicas, topic_configs=spec.config())
            response = await admin.create_topics([topic])
            created[name] = _was_created(name, response.topic_errors[0])
    except KafkaConnectionError:
        raise unreachable(settings) from None
    finally:
        await admin.close()
    for _ in range(LOOKS):
        counts = await partition_counts(settings)
        if all(counts[spec.role] for spec in needed_topics(settings)):
            return created
        await asyncio.sleep(LOOK_SECONDS)
    raise ConfigurationError("the topics were created, but the broker does not list them: see its log")


def _was_created(name: str, error: tuple[str, int, str | None]) -> bool:
    kind = for_code(error[1])
    if kind is TopicAlreadyExistsError:
        return False
    if error[1]:
        raise ConfigurationError(f"topic {name} cannot be created: {kind.__name__}: {error[2] or 'no reason given'}")
    return True


async def partition_counts(settings: Settings) -> dict[Role, int]:
    """Number of partitions of each topic; 0 where it does not exist.

    Raises:
        ConfigurationError: The broker cannot be reached or refuses.
    """
    admin = admin_client(settings)
    names = {topic_name(settings, spec.role): spec.role for spec in TOPICS}
    try:
        await admin.start()
        described = await admin.describe_topics(list(names))
    except KafkaConnectionError:
        raise unreachable(settings) from None
    except KafkaError as error:
        raise ConfigurationError(f"topics cannot be described: {error.__class__.__name__}") from None
    finally:
        await admin.close()
    return {names[topic["topic"]]: len(topic["partitions"]) for topic in described}


def sources_of(settings: Settings, role: Role, counts: Mapping[Role, int]) -> list[TopicPartition]:
    """All partitions of a topic.

    Args:
        counts: What `partition_counts` gave.

    Raises:
        ConfigurationError: It does not exist.
    """
    name = topic_name(settings, role)
    if not counts[role]:
        raise ConfigurationError(f"topic {name} does not exist; run `evenhand topics create`")
    return [TopicPartition(name, partition) for partition in range(counts[role])]


def check_partitions(settings: Settings, counts: dict[Role, int]) -> None:
    """Refuse topics that do not fit together.

    Args:
        counts: What `partition_counts` gave.

    Raises:
        ConfigurationError: A topic is missing, or an output has another number of partitions than the input.
    """
    if missing := sorted(spec.role.value for spec in needed_topics(settings) if not counts[spec.role]):
        raise ConfigurationError(f"topics are missing: {', '.join(missing)}; run `evenhand topics create`")
    wanted = counts[Role.TRANSACTIONS]
    if wide := sorted(role.value for role in SINGLE if counts[role] > 1):
        raise ConfigurationError(f"{', '.join(wide)}: more than one partition; one reader must see all of it in order")
    # 0 is let pass: a topic that these settings need would have been named as missing above.
    if odd := sorted(role.value for role, count in counts.items() if role not in SINGLE and count not in (0, wanted)):
        raise ConfigurationError(
            f"{', '.join(odd)}: not {wanted} partitions like the input; partition p of the input goes to p of an output"
        )


async def after_topics(settings: Settings, work: Coroutine[Any, Any, T]) -> T:
    """Look whether the topics are there, and then do what needs them: Kafka's clients wait for a topic that is not.

    Raises:
        ConfigurationError: Topics are missing or do not fit together, or the broker cannot be reached.
    """
    try:
        check_partitions(settings, await partition_counts(settings))
    except ConfigurationError:
        work.close()
        raise
    return await work


def unreachable(settings: Settings) -> ConfigurationError:
    """The error for a broker that does not answer."""
    return ConfigurationError(
        f"no Kafka broker answers at {settings.bootstrap_servers}: "
        "check EVENHAND_BOOTSTRAP_SERVERS and the security settings"
    )


async def delete_topics(settings: Settings) -> list[str]:
    """Delete the demo's topics; the group's offsets go with them.

    Returns:
        Names of topics that could not be deleted.
    """
    names = [topic_name(settings, spec.role) for spec in TOPICS]
    admin = admin_client(settings)
    try:
        await admin.start()
        response = await admin.delete_topics(names)
        return [
            topic
            for topic, code in response.topic_error_codes
            if code and for_code(code) is not UnknownTopicOrPartitionError
        ]
    except KafkaError:
        return names
    finally:
        await admin.close()
