"""Transactions for a benchmark: the shipped sample, or a file."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from models.contracts.events import Transaction
from models.errors import DataError
from models.training.config import SAMPLE_ROWS
from streams.files.sample import load_sample
from streams.files.transactions import Row, TransactionFile, without_repeats


def transactions_for(source: Path | None, *, rows: int | None = None) -> Sequence[Transaction]:
    """Transactions in replay order; refused and repeated rows are passed over.

    Args:
        source: CSV or JSON Lines, or None for the shipped sample.
        rows: Transactions at most, the first; None for all.

    Raises:
        DataError: None is left.
        FileError: The file cannot be used.
    """
    if source is None:
        return load_sample(SAMPLE_ROWS)[:rows]
    with TransactionFile(source) as file:
        transactions = list(islice((row.transaction for row in without_repeats(file) if isinstance(row, Row)), rows))
    if not transactions:
        raise DataError(f"{source} has no row that keeps the contract; `evenhand categorize` says why")
    return transactions
