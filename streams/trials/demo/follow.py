"""What comes out: the output topics, read as any ledger would read them, committed records only."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from models.contracts.events import Categorized, Decision, ReviewRequest
from models.contracts.wire import parse
from streams.kafka.clients import consumer_options
from streams.kafka.topics import topic_name
from streams.messages.dead_letters import DeadLetter, decode_dead_letter
from streams.messages.headers import BLIND_HEADER
from streams.messages.roles import Role
from streams.settings.settings import Settings
from streams.trials.demo.board import Board

POLL_MS = 100
MOST = 1000
"""Records taken at once: more would hold up the drawing."""


_CONTRACTS: Mapping[Role, type[Categorized] | type[ReviewRequest]] = {
    Role.CATEGORIZED: Categorized,
    Role.REVIEW: ReviewRequest,
}


async def follow(settings: Settings, board: Board, dead_letters: list[DeadLetter]) -> None:
    """Read the output topics until cancelled; decisions go to the board, dead letters to it and to the list.

    Raises:
        ContractError: The worker wrote an event that breaks its own contract.
    """
    take = {topic_name(settings, role): _decisions(role, board) for role in _CONTRACTS}
    take[topic_name(settings, Role.DEAD_LETTER)] = _dead_letters(board, dead_letters)
    consumer = AIOKafkaConsumer(**consumer_options(settings))
    try:
        await consumer.start()
        consumer.assign([TopicPartition(topic, part) for topic in take for part in range(settings.partitions)])
        await consumer.seek_to_beginning()
        while True:
            for source, records in (await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST)).items():
                take[source.topic](records)
    finally:
        await consumer.stop()


def _decisions(role: Role, board: Board) -> Callable[[Sequence[Any]], None]:
    contract = _CONTRACTS[role]

    def take(records: Sequence[Any]) -> None:
        decided: list[Decision] = [
            parse(contract, record.value)[0] for record in records if BLIND_HEADER not in record.headers
        ]
        board.decided(decided)

    return take


def _dead_letters(board: Board, dead_letters: list[DeadLetter]) -> Callable[[Sequence[Any]], None]:
    def take(records: Sequence[Any]) -> None:
        dead_letters.extend(decode_dead_letter(record) for record in records)
        board.dead_letters += len(records)

    return take
