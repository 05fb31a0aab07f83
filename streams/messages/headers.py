"""Names of the headers of Kafka records, ours and CloudEvents', and reading them whatever they hold."""

from typing import Final

from streams.messages.records import Headers, header

DIGEST_HEADER: Final = "evenhand_digest"
"""Digest of the transaction that a decision, or a record that waits in the slow lane, is about."""

STAGE_HEADER: Final = "evenhand_stage"
"""Where the processing of a dead letter failed."""

REASON_HEADER: Final = "evenhand_reason"
FIELD_HEADER: Final = "evenhand_field"
TOPIC_HEADER: Final = "evenhand_topic"
PARTITION_HEADER: Final = "evenhand_partition"
OFFSET_HEADER: Final = "evenhand_offset"
"""Place in the input: of a dead letter with topic and partition, of a diverted record alone."""

ATTEMPT_HEADER: Final = "evenhand_attempt"
"""How often a transaction was tried, from 1."""

TRUNCATED_HEADER: Final = "evenhand_truncated_from_bytes"
"""Size of what was received, on a dead letter that holds only its beginning."""

BLIND_HEADER: Final = ("evenhand_blind", b"1")
"""Marks the copy of an accepted decision that a person is asked about: not a transaction's one outcome."""

LANE_HEADER: Final = ("evenhand_lane", b"slow")
"""Marks what the slow lane decided: such a decision may come after later ones of its account."""

REVIEWED_HEADER: Final = ("evenhand_reviewed", b"1")
"""Marks what the review queue writes: the decision with which a review ends, after the transaction's one outcome, which
was its request; and the correction that an answer is."""

SUBJECT_HEADER: Final = "ce_subject"
"""CloudEvents: the transaction or the alert that an event is about."""

TRACE_HEADER: Final = "traceparent"
"""W3C trace context."""


def text(headers: Headers, name: str) -> str:
    """A header as text, empty where it is missing; control characters, which could drive a terminal, are left out."""
    return "".join(filter(str.isprintable, (header(headers, name) or b"").decode(errors="replace")))


def number(headers: Headers, name: str, *, otherwise: int) -> int:
    """A header as a whole number.

    Args:
        otherwise: What a header that is missing or spoilt stands for.

    >>> number([("evenhand_offset", b"7")], "evenhand_offset", otherwise=-1)
    7
    >>> number([("evenhand_offset", b"seven")], "evenhand_offset", otherwise=-1)
    -1
    """
    value = header(headers, name) or b""
    # An offset has 19 digits at most, and `int` raises beyond 4,300.
    return int(value) if value.isdigit() and len(value) < 20 else otherwise
