"""What an operator sees in the log while a broker is away."""

import logging

from streams.apps.logs import Throttle


def record(name: str, created: float, message: str = "Unable connect to node with id %s") -> logging.LogRecord:
    """A record of that logger at that time."""
    made = logging.LogRecord(name, logging.ERROR, "file", 1, message, ("1",), None)
    made.created = created
    return made


def test_a_library_repeats_itself_once_in_a_while() -> None:
    """Many times a second becomes once in ten seconds, with the number that was held back."""
    throttle = Throttle(10.0)
    records = [record("aiokafka", second / 10) for second in range(150)]

    shown = [each.getMessage() for each in records if throttle.filter(each)]

    assert ["Unable connect to node with id 1", "Unable connect to node with id 1 (and 99 times like this)"] == shown


def test_different_messages_and_our_own_all_pass() -> None:
    """Only repetitions of libraries are held back."""
    throttle = Throttle(10.0)

    assert throttle.filter(record("aiokafka", 0.0))
    assert throttle.filter(record("aiokafka", 0.0, "another"))
    assert throttle.filter(record("aiokafka.consumer", 0.0))
    assert all(throttle.filter(record("streams.lanes.lane", 0.0)) for _ in range(5))
