"""What a dead letter says about itself, read from its headers, whatever they hold."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from streams.messages.headers import (
    ATTEMPT_HEADER,
    FIELD_HEADER,
    OFFSET_HEADER,
    PARTITION_HEADER,
    REASON_HEADER,
    STAGE_HEADER,
    TOPIC_HEADER,
    TRACE_HEADER,
    TRUNCATED_HEADER,
    number,
    text,
)
from streams.messages.records import Headers, header


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead letter.

    Args:
        offset: In that partition; with it the dead letter's name, `partition:offset`.
        contract_field: The contract's field at fault, or None.
        source_partition: Partition that it came from; -1 where the header is missing or spoilt.
        source_offset: Offset that it came from; -1 likewise.
        attempt: How often it was tried, from 1.
        truncated: Whether the bytes are only the beginning of what was received.
        trace: W3C trace context, as headers.
    """

    partition: int
    offset: int
    at: datetime
    stage: str
    reason: str
    contract_field: str | None
    source_topic: str
    source_partition: int
    source_offset: int
    attempt: int
    truncated: bool
    key: bytes | None
    value: bytes | None
    trace: Headers

    @property
    def size(self) -> int:
        """Bytes of the value."""
        return len(self.value or b"")


def decode_dead_letter(record: Any) -> DeadLetter:
    """Read a dead letter from a record of aiokafka; headers that are missing or spoilt become "" or -1."""
    headers = record.headers
    trace = header(headers, TRACE_HEADER)
    return DeadLetter(
        partition=record.partition,
        offset=record.offset,
        at=_time(record.timestamp),
        stage=text(headers, STAGE_HEADER),
        reason=text(headers, REASON_HEADER),
        contract_field=text(headers, FIELD_HEADER) or None,
        source_topic=text(headers, TOPIC_HEADER),
        source_partition=number(headers, PARTITION_HEADER, otherwise=-1),
        source_offset=number(headers, OFFSET_HEADER, otherwise=-1),
        attempt=number(headers, ATTEMPT_HEADER, otherwise=1),
        truncated=header(headers, TRUNCATED_HEADER) is not None,
        key=record.key,
        value=record.value,
        trace=[] if trace is None else [(TRACE_HEADER, trace)],
    )


def _time(milliseconds: int) -> datetime:
    """The time of a record; whoever writes one may claim any, also one beyond the calendar, which counts as 1970."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)
