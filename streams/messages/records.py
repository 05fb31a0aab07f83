"""Records as they come from and go to Kafka, free of any client library."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from streams.messages.roles import Role

Header = tuple[str, bytes]
Headers = Sequence[Header]


class Received(Protocol):
    """A consumed record, as far as handlers look at it; aiokafka's `ConsumerRecord` is one."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def timestamp(self) -> int:
        """When it was written, Unix milliseconds."""
        ...


@dataclass(frozen=True, slots=True)
class Restored:
    """A record under its place in the input, wherever it has been since."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: int


class Output(NamedTuple):
    """A record to be written to partition p of a topic, where p is the partition of the input, unless it says which.

    A named tuple: one is made per transaction, and a frozen dataclass takes five times as long to make.
    """

    role: Role
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int | None = None


def header(headers: Headers, name: str) -> bytes | None:
    """The value of the last header of that name, or None."""
    # The last wins, as in Kafka's own clients: whoever passes a record on adds headers behind those it has.
    return next((value for key, value in reversed(headers) if key == name), None)
