"""The bank's own rules on a file of transactions: what they would decide, beside what is decided without them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from models.contracts.csv_rows import Refusal
from models.decisions.ensemble import Ensemble
from models.decisions.isolation import decide_each
from models.decisions.verdict import Decided
from models.voters.house.rules import HouseRules
from models.voters.house.trial import Trial, Tried, try_rules
from streams.files.transactions import Row, TransactionFile, without_repeats

BATCH = 1000
"""Rows decided on at once."""


@dataclass(frozen=True, slots=True)
class FileTrial:
    """What rules would do with a file.

    Args:
        rows: Rows read, those that were refused with them.
        refused: Rows that are no transactions, by reason.
    """

    trial: Trial
    rows: int
    refused: Counter[str]


def try_on_file(
    source: TransactionFile,
    rules: HouseRules,
    ensemble: Ensemble,
    labels: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
    on_progress: Callable[[int], None] = lambda _rows: None,
) -> FileTrial:
    """Try rules on every row of a file.

    Args:
        ensemble: Decides without them; who it says a line names is who rules ask for.
        labels: What people said, by transaction id.

    Raises:
        FileError: The file cannot be read to its end.
    """
    refused: Counter[str] = Counter()
    rows = 0

    def tried() -> Iterator[Tried]:
        nonlocal rows
        given = iter(without_repeats(source))
        while batch := list(islice(given, BATCH)):
            rows += len(batch)
            refused.update(row.reason for row in batch if isinstance(row, Refusal))
            transactions = [row.transaction for row in batch if isinstance(row, Row)]
            for outcome in decide_each(ensemble, transactions, now=clock()):
                if isinstance(outcome, Decided):
                    yield _tried(outcome, labels)
                else:
                    refused[outcome.reason] += 1
            on_progress(len(batch))

    return FileTrial(try_rules(rules, tried()), rows, refused)


def _tried(decided: Decided, labels: Mapping[str, str]) -> Tried:
    one = decided.transaction
    return Tried(
        one, decided.merchant.key, decided.category, labels.get(one.transaction_id), decided.verdict.requires_review
    )
