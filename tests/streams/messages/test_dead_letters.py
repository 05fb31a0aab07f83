"""What a dead letter's headers say, whoever wrote them."""

from collections.abc import Sequence

import pytest
from aiokafka.structs import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ContractError
from streams.messages.cloudevents import dead_letter
from streams.messages.dead_letters import DeadLetter, decode_dead_letter
from streams.messages.headers import LANE_HEADER, TRUNCATED_HEADER
from streams.trials.demo.summary import match

NAMES = ("stage", "reason", "field", "topic", "partition", "offset", "attempt")
TRACE = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")


def record(headers: Sequence[tuple[str, bytes | None]], *, timestamp: int = 0, value: bytes | None = b"{") -> object:
    """A record of the dead-letter topic, as aiokafka gives it."""
    return ConsumerRecord("transactions.dead-letter", 1, 7, timestamp, 0, b"a1", value, 0, 0, 0, list(headers))


def test_what_the_worker_writes_is_read() -> None:
    """Place, reason, field and attempt, with the bytes as received and the trace."""
    received = ConsumerRecord("transactions", 3, 41, 0, 0, b"a1", b"{", 0, 0, 0, [("evenhand_attempt", b"2"), TRACE])
    written = dead_letter(received, ContractError("not_finite", "amount"), "decode")

    letter = decode_dead_letter(record(written.headers))

    assert (1, 7, "decode", "not_finite", "amount") == (
        letter.partition,
        letter.offset,
        letter.stage,
        letter.reason,
        letter.contract_field,
    )
    assert ("transactions", 3, 41, 2) == (
        letter.source_topic,
        letter.source_partition,
        letter.source_offset,
        letter.attempt,
    )
    assert (False, 1, [TRACE]) == (letter.truncated, letter.size, letter.trace)


@pytest.mark.parametrize("spoilt", [b"", b"seven", b"-7", b"7.0", b"\xff", "٧".encode(), b"9" * 30, None])
def test_a_spoilt_number_is_as_if_it_were_missing(spoilt: bytes | None) -> None:
    """The demo matches by place: a spoilt one matches nothing, and stops nobody."""
    letter = decode_dead_letter(record([(f"evenhand_{name}", spoilt) for name in ("partition", "offset", "attempt")]))

    assert (-1, -1, 1) == (letter.source_partition, letter.source_offset, letter.attempt)
    assert () == match([], [letter])


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from([*(f"evenhand_{name}" for name in NAMES), TRUNCATED_HEADER, LANE_HEADER[0], "ce_subject"]),
            st.none() | st.binary(max_size=30),
        )
    ),
    timestamp=st.integers(-(2**63), 2**63 - 1),
    value=st.none() | st.binary(max_size=5),
)
def test_no_headers_stop_the_reader(
    headers: list[tuple[str, bytes | None]], timestamp: int, value: bytes | None
) -> None:
    """Whatever they hold: a dead letter comes out, without control characters, at a time of the calendar."""
    letter = decode_dead_letter(record(headers, timestamp=timestamp, value=value))

    assert isinstance(letter, DeadLetter)
    assert all(text.isprintable() for text in (letter.stage, letter.reason, letter.source_topic))
    assert letter.at.tzinfo is not None
