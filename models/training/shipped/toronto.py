"""Builds the two tables the project ships from the City of Toronto's purchase-card rows.

Run with ``python -m models.training.shipped toronto --source DIR``, where DIR holds ``toronto_pcard_2010_2020.csv.gz``
(columns id, description, amount, currency, date, mcc, ...; amount positive for money out).

`toronto_descriptors.csv.gz` is what training reads: rows before `HELD_OUT_FROM` only, counted by descriptor.
`sample_transactions.csv.gz` is input for the demo and the end-to-end tests; training never reads it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from models.artefacts.csv_table import read_table, write_table
from models.contracts.events import AmountBand, amount_band
from models.training.config import DESCRIPTORS_FILE, HELD_OUT_FROM, RECENT_FROM, SAMPLE_ROWS

SOURCE_FILE = "toronto_pcard_2010_2020.csv.gz"
SOURCE_COLUMNS = ("id", "description", "amount", "currency", "date", "mcc")
SAMPLE_FILE = "sample_transactions.csv.gz"

ACCOUNTS = 2_000

BAND_COLUMNS = tuple(band.value for band in AmountBand)
DESCRIPTOR_COLUMNS = ("description", "mcc", *BAND_COLUMNS, "credits", "recent")
SAMPLE_COLUMNS = ("transaction_id", "account_id", "description", "amount", "currency", "timestamp", "mcc")

_ZONE = ZoneInfo("America/Toronto")
_OPENS, _BUSINESS_DAY = time(9), timedelta(hours=8)

SourceRow = Mapping[str, str]


def descriptor_table(rows: Iterable[SourceRow]) -> Iterator[tuple[str, ...]]:
    """Count the rows before `HELD_OUT_FROM` by descriptor and merchant category code.

    Args:
        rows: Source rows in any order.

    Yields:
        Rows of `DESCRIPTOR_COLUMNS`, sorted. The three bands add up to the number of source rows;
        `credits` says how many of them were money in, `recent` how many lie on or after `RECENT_FROM`.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    keys = set()
    for row in rows:
        day = date.fromisoformat(row["date"])
        if day >= HELD_OUT_FROM:
            continue
        amount, key = Decimal(row["amount"]), (row["description"], row["mcc"])
        keys.add(key)
        counts[*key, amount_band(amount, row["currency"]).value] += 1
        counts[*key, "credits"] += amount < 0
        counts[*key, "recent"] += day >= RECENT_FROM
    for key in sorted(keys):
        yield *key, *(str(counts[*key, column]) for column in DESCRIPTOR_COLUMNS[2:])


def sample_table(rows: Sequence[SourceRow], size: int = SAMPLE_ROWS) -> Iterator[tuple[str, ...]]:
    """The latest `size` rows in date order, in the columns of the project's own input.

    The source has days but no times and no accounts. Both are synthetic: the rows of a day are spread evenly
    over its business day, Toronto time, in their order; the account is a hash of the row's id, folded into `ACCOUNTS`,
    so nothing about a person or an office can be read from it.

    Args:
        rows: Source rows in any order; rows of one day keep their order.

    Yields:
        Rows of `SAMPLE_COLUMNS`.
    """
    latest = sorted(rows, key=lambda row: row["date"])[-size:]
    for day, group in groupby(latest, key=lambda row: row["date"]):
        of_day = list(group)
        for position, row in enumerate(of_day):
            yield (
                row["id"],
                _account(row["id"]),
                row["description"],
                row["amount"],
                row["currency"],
                _timestamp(day, position, len(of_day)),
                row["mcc"],
            )


def _account(identifier: str) -> str:
    digest = hashlib.sha256(identifier.encode()).digest()
    return f"acct-{int.from_bytes(digest[:8]) % ACCOUNTS:04d}"


def _timestamp(day: str, position: int, of: int) -> str:
    opens = datetime.combine(date.fromisoformat(day), _OPENS, _ZONE)
    return (opens + position * _BUSINESS_DAY / of).replace(microsecond=0).isoformat()


def write(source: Path, target: Path) -> Iterator[tuple[str, int]]:
    """Write both tables into a folder.

    Args:
        source: Folder that holds `SOURCE_FILE`.

    Yields:
        Name and size of each file.

    Raises:
        DataError: The source is missing, malformed or lacks a column.
    """
    rows = read_table(source / SOURCE_FILE, SOURCE_COLUMNS)
    tables = (
        (DESCRIPTORS_FILE, DESCRIPTOR_COLUMNS, descriptor_table(rows)),
        (SAMPLE_FILE, SAMPLE_COLUMNS, sample_table(rows)),
    )
    for name, columns, table in tables:
        yield name, write_table(target / name, columns, table)
