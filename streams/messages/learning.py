"""Entries of the learner's journal, `models.journal`: corrections and instructions, in the order of their learning.

Both of the learner's states, what it learned and what waits, follow from this one topic: whoever reads it from its
beginning knows what the learner knows.
"""

from datetime import UTC, datetime

from models.contracts.corrections import Correction, Scope, Standing
from models.contracts.instructions import Instruction
from models.contracts.wire import dump, parse
from models.errors import ContractError
from models.learned.online.keys import account_token
from streams.messages.cloudevents import attributes, ce_source, ce_time, ce_type, event_id, traceparent
from streams.messages.headers import OFFSET_HEADER, PARTITION_HEADER, REVIEWED_HEADER, TOPIC_HEADER
from streams.messages.records import Output, Received, header
from streams.messages.roles import Role

Entry = Correction | Instruction

_KINDS: dict[bytes, type[Entry]] = {kind.ce_type.encode(): kind for kind in (Correction, Instruction)}


def for_account(correction: Correction) -> bool:
    """Whether it is learned for one account only: it is meant so, or a customer says it, who speaks for nobody else."""
    return correction.scope is Scope.ACCOUNT or correction.standing is Standing.CUSTOMER


def correction_entry(
    correction: Correction, record: Received, *, source: str, now: datetime, secret: bytes = b""
) -> Output:
    """The entry of a correction.

    Args:
        record: The correction as it was received; the entry says where that was, and whether the review queue wrote it.
        source: CloudEvents source, such as `/evenhand/learner`.
        now: The clock, timezone-aware.
        secret: Key of the accounts' tokens.
    """
    account_id = correction.account_id
    correction = correction.model_copy(
        update={
            # By its token the line is found when the account is forgotten; of what is for everyone no more is needed.
            "account_token": None if account_id is None else account_token(account_id, secret),
            "account_id": account_id if for_account(correction) else None,
        }
    )
    kind = Correction.ce_type
    headers = attributes(
        ce_type(kind),
        ce_source(source),
        event_id(kind, correction.correction_id),
        ce_time(now),
        subject=correction.transaction_id,
    )
    headers += [
        (TOPIC_HEADER, record.topic.encode()),
        (PARTITION_HEADER, str(record.partition).encode()),
        (OFFSET_HEADER, str(record.offset).encode()),
        *traceparent(record.headers),
    ]
    if REVIEWED_HEADER in record.headers:
        headers.append(REVIEWED_HEADER)
    # The place is part of the key: compaction must not put a repeat, which changed nothing, in the place of the first.
    key = f"{correction.correction_id}@{record.partition}:{record.offset}"
    return Output(Role.LEARNING_JOURNAL, key.encode(), dump(correction), headers)


def instruction_entry(instruction: Instruction, *, source: str) -> Output:
    """The entry of an instruction, which whoever gives it writes."""
    kind = Instruction.ce_type
    headers = attributes(
        ce_type(kind),
        ce_source(source),
        event_id(kind, instruction.instruction_id),
        ce_time(instruction.timestamp),
    )
    return Output(Role.LEARNING_JOURNAL, instruction.instruction_id.encode(), dump(instruction), headers)


def tombstone(key: bytes) -> Output:
    """The record by which an entry is deleted, once Kafka compacts."""
    return Output(Role.LEARNING_JOURNAL, key, None, [])


def read_entry(record: Received) -> Entry | None:
    """Read an entry.

    Returns:
        None for one that was deleted.

    Raises:
        ContractError: It is neither a correction nor an instruction, or breaks the contract.
    """
    if record.value is None:
        return None
    kind = _KINDS.get(header(record.headers, "ce_type") or b"")
    if kind is None:
        raise ContractError("unknown_value", "ce_type")
    entry, _ = parse(kind, record.value)
    return entry


def time_of(record: Received) -> datetime:
    """When a record was written; whoever writes one may claim any time, and one beyond the calendar counts as 1970."""
    try:
        return datetime.fromtimestamp(record.timestamp / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)
