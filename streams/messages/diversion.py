"""The way from the fast lane to the slow one: an unsure transaction as a record of the internal topic, and back.

What waits there is the transaction as the contract sees it, so unknown fields are dropped here too. Headers carry its
id and digest, by which a repeat is recognised meanwhile, and its place in the input, which a dead letter names.
"""

from models.contracts.events import Transaction
from models.contracts.wire import dump
from streams.messages.cloudevents import traceparent
from streams.messages.headers import ATTEMPT_HEADER, DIGEST_HEADER, OFFSET_HEADER, SUBJECT_HEADER, number
from streams.messages.records import Output, Received, Restored, header
from streams.messages.roles import Role


def divert(record: Received, transaction: Transaction, digest: bytes) -> Output:
    """The record that waits in the slow lane, in the partition where it came from."""
    # Id and digest as on a decision: the window of the fast lane is rebuilt from this topic, too.
    headers = [
        (SUBJECT_HEADER, transaction.transaction_id.encode()),
        (DIGEST_HEADER, digest),
        (OFFSET_HEADER, str(record.offset).encode()),
    ]
    if attempt := header(record.headers, ATTEMPT_HEADER):
        headers.append((ATTEMPT_HEADER, attempt))
    headers += traceparent(record.headers)
    # Written anew and not as received: what waits inside is what the contract has read.
    return Output(Role.SLOW, transaction.account_id.encode(), dump(transaction), headers)


def restore(record: Received, topic: str) -> Received:
    """Restore a diverted record, as if it came from the input.

    Returns:
        The record under its first place; as it is where it does not say that, since somebody else wrote it.
    """
    offset = number(record.headers, OFFSET_HEADER, otherwise=-1)
    if offset < 0:
        return record
    return Restored(topic, record.partition, offset, record.key, record.value, record.headers, record.timestamp)
