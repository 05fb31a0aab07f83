"""The shipped sample: its latest transactions, and ten messages that must not pass."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from types import MappingProxyType

from models.artefacts.csv_table import read_table
from models.contracts.events import Transaction
from models.contracts.wire import SIZE_LIMIT, WireReason, dump
from models.training.config import HELD_OUT_FROM
from models.training.shipped.toronto import SAMPLE_COLUMNS

SOURCE = (
    "City of Toronto purchase cards; descriptions, amounts, days and codes are real, times of day and accounts are not"
)
"""Origin of the sample (models/training/shipped/toronto.py makes it)."""


def load_sample(count: int, *, with_mcc: bool = True) -> list[Transaction]:
    """Read the latest transactions of the shipped sample.

    Args:
        count: Number of them, at most `SAMPLE_ROWS`.
        with_mcc: False withholds the merchant category codes, so that only the text speaks.

    Returns:
        Transactions in the order of their timestamps.

    Raises:
        DataError: The sample is missing or not of its format.
    """
    # The package may be a zip file, which has no paths.
    with as_file(files("models") / "data" / "sample_transactions.csv.gz") as path:
        rows = read_table(path, SAMPLE_COLUMNS)[-count:]
    withheld = {} if with_mcc else {"mcc": None}
    return sorted((Transaction.model_validate(row | withheld) for row in rows), key=lambda one: one.timestamp)


def span(transactions: Sequence[Transaction]) -> timedelta:
    """Time from the first transaction to the last, at least a second."""
    return max(timedelta(seconds=1), transactions[-1].timestamp - transactions[0].timestamp)


def held_out(timestamps: Iterable[datetime]) -> int:
    """Count those of days that no training table of the shipped model holds."""
    return sum(moment.date() >= HELD_OUT_FROM for moment in timestamps)


@dataclass(frozen=True, slots=True)
class Planted:
    """A message that breaks the contract in one way.

    Args:
        reason: Reason that the dead letter must give.
        field: The contract's field that the dead letter must name, or None.
    """

    kind: str
    reason: WireReason
    field: str | None
    key: bytes
    value: bytes


def _replaced(**values: object) -> Callable[[bytes], bytes]:
    return lambda good: json.dumps(json.loads(good) | values).encode()


def _without(field: str) -> Callable[[bytes], bytes]:
    return lambda good: json.dumps({key: value for key, value in json.loads(good).items() if key != field}).encode()


_SPOILED: Mapping[str, tuple[WireReason, str | None, Callable[[bytes], bytes]]] = MappingProxyType(
    {
        "cut off in the middle": (WireReason.INVALID_JSON, None, lambda good: good[: len(good) // 2]),
        "amount given twice": (WireReason.DUPLICATE_KEY, "amount", lambda good: b'{"amount":"1",' + good[1:]),
        "amount is NaN": (WireReason.NOT_FINITE, "amount", _replaced(amount=float("nan"))),
        "currency that is none": (WireReason.UNKNOWN_CURRENCY, "currency", _replaced(currency="ZZZ")),
        "no timestamp": (WireReason.MISSING, "timestamp", _without("timestamp")),
        "description is a number": (WireReason.WRONG_TYPE, "description", _replaced(description=42)),
        "byte order mark": (WireReason.BYTE_ORDER_MARK, None, lambda good: b"\xef\xbb\xbf" + good),
        "larger than 64 KiB": (WireReason.TOO_LARGE, None, _replaced(description="X" * SIZE_LIMIT)),
        "bytes after the end": (WireReason.TRAILING_BYTES, None, lambda good: good + b"{}"),
        "schema version 99": (WireReason.UNKNOWN_SCHEMA_VERSION, "schema_version", _replaced(schema_version="99")),
    }
)


def bad_messages(templates: Sequence[Transaction]) -> list[Planted]:
    """Make ten messages, each wrong in its own way, made of transactions at even distances under ids of their own."""
    step = max(1, len(templates) // len(_SPOILED))
    return [
        Planted(kind, reason, field, template.account_id.encode(), spoil(_renamed(template, number)))
        for number, (template, (kind, (reason, field, spoil))) in enumerate(
            zip(templates[::step], _SPOILED.items(), strict=False), start=1
        )
    ]


def _renamed(template: Transaction, number: int) -> bytes:
    return dump(template.model_copy(update={"transaction_id": f"planted-{number}"}))
