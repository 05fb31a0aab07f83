"""The output topics, read as any ledger would read them, committed records only."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition

from models.contracts.events import Categorized, Decision, ReviewRequest
from models.contracts.wire import parse
from streams.kafka.read_to_end import reader
from streams.kafka.topics import topic_name
from streams.messages.dead_letters import decode_dead_letter
from streams.messages.headers import BLIND_HEADER, REVIEWED_HEADER
from streams.messages.roles import Role
from streams.settings.settings import Settings
from streams.trials.demo.board import Board

POLL_MS = 100
MOST = 1000
"""Records taken at once: more would hold up the drawing."""

_CONTRACTS: Mapping[Role, type[Decision]] = {Role.CATEGORIZED: Categorized, Role.REVIEW: ReviewRequest}


async def follow(settings: Settings, board: Board) -> None:
    """Read the output topics until cancelled; decisions and dead letters go to the board.

    Raises:
        ContractError: The worker wrote an event that breaks its own contract.
    """
    roles = {topic_name(settings, role): role for role in (*_CONTRACTS, Role.DEAD_LETTER)}
    sources = [TopicPartition(topic, part) for topic in roles for part in range(settings.partitions)]
    async with reader(settings, sources) as consumer:
        await consumer.seek_to_beginning()
        while True:
            for source, records in (await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST)).items():
                take(roles[source.topic], records, board)


def take(role: Role, records: Sequence[Any], board: Board) -> None:
    """Give the records of an output topic to the board, which counts each transaction once.

    Blind copies of accepted decisions are left out; a final decision with which a review ends is counted apart.
    """
    if role is Role.DEAD_LETTER:
        board.letters += map(decode_dead_letter, records)
    else:
        contract = _CONTRACTS[role]
        first = [one for one in records if BLIND_HEADER not in one.headers and REVIEWED_HEADER not in one.headers]
        board.decided([parse(contract, one.value)[0] for one in first])
        board.reviewed += sum(REVIEWED_HEADER in one.headers for one in records)
