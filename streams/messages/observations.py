"""Observations as records: summaries of batches on their way to the monitors."""

from collections.abc import Sequence

from monitors.counts.observation import Observation
from streams.messages.records import Output, Received
from streams.messages.roles import Role


def span_of(records: Sequence[Received]) -> tuple[str, int, int]:
    """The place of a batch in the input: topic and partition in one, its first offset, the offset after its last.

    Args:
        records: Of one partition, in the order of their offsets; at least one.
    """
    first, last = records[0], records[-1]
    return f"{first.topic}:{first.partition}", first.offset, last.offset + 1


def topic_of(source: str) -> str:
    """The topic of a source.

    >>> topic_of("transactions:0")
    'transactions'
    """
    return source.rpartition(":")[0]


def encode_observation(observation: Observation) -> Output:
    """The record of an observation, keyed by its source."""
    return Output(Role.OBSERVATIONS, observation.source.encode(), observation.encode(), [])
