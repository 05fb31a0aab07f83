"""The comparison as tables, Markdown and JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.errors import FileError
from models.evaluation.measures.gaps import LEAST, Gap, Group
from models.evaluation.reports.markdown import table_lines
from models.evaluation.reports.tables import TextTable
from models.statistics.shares import Share
from models.training.comparison.compare import KNOWN, REAL, REPEATED, SYNTHETIC, TEXT, Comparison
from models.training.comparison.learning_sets import AS_THEY_FALL, BY_ROW
from models.training.comparison.measures import Measures

JSON_FILE, MARKDOWN_FILE = "compare.json", "compare.md"

AMOUNT_BAR, MINORITY_BAR = 0.01, 0.978
"""The mission's figures: amount disparity below 1 point, minority recall of at least 97.8%."""

HEADINGS = {
    REAL: "Real merchants held out",
    SYNTHETIC: "Synthetic: generated rows, templates and brands not used for training",
    REPEATED: "Synthetic, repeated: generated rows of the training's own templates and brands",
}

_NONE = "-"

_MEANING = (
    "Square brackets hold 95% intervals.",
    "",
    "- As they fall: real rows, no balance. As trained: what `evenhand train` learns from, a merchant or name once.",
    "  Weighted: the same with weights that add up to the same for each category.",
    "- Rules, brands withheld: the rules do not know the brands of the test part. Known: they do, as they are shipped.",
    "- Amount gap: largest difference of accuracy between amount bands, in points; alike: the same with each category",
    "  weighted alike in each band.",
    "- Lowest recall and category gap: among categories with 30 rows or more. Ten rarest: mean recall of those.",
)

_MEASURED = ("accuracy", "amount gap", "alike", "lowest recall", "category gap", "ten rarest")


def mission_table(comparison: Comparison) -> TextTable:
    """Imbalanced beside balanced, equally many rows: accuracy, amount and category disparity, on each test."""
    head = ("test", "decided by", "learned from", "rows", "accuracy", "amount disparity", "category disparity")
    rows = [
        (
            HEADINGS[each.test],
            each.decider,
            f"{kind} ({each.learning_set})",
            f"{each.decided.accuracy.rows:,}",
            _share(each.decided.accuracy),
            _gap(each.decided.amount_gap),
            _gap(each.decided.category_gap),
        )
        for test in (REAL, SYNTHETIC)
        for decider in (TEXT, KNOWN)
        for name, kind in ((AS_THEY_FALL, "imbalanced"), (BY_ROW, "balanced"))
        for each in comparison.results
        if (each.test, each.decider, each.learning_set) == (test, decider, name)
    ]
    return TextTable("Imbalanced beside balanced training", head, rows)


def read_comparison(path: Path) -> Comparison:
    """Read what `save` wrote as `compare.json`.

    Raises:
        FileError: It cannot be read, or is none.
    """
    try:
        return TypeAdapter(Comparison).validate_json(path.read_bytes())
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError:
        raise FileError(f"{path} is no comparison: `evenhand train --compare --output DIR` writes one") from None


def tables(comparison: Comparison) -> Iterator[TextTable]:
    """Tables for people: the mission's, all decisions, those accepted, the bar, and balanced minus imbalanced."""
    yield mission_table(comparison)
    for test, heading in HEADINGS.items():
        of_test = [each for each in comparison.results if each.test == test]
        yield TextTable(
            f"{heading}; all decisions",
            ("learned from", "decided by", "rows", *_MEASURED),
            tuple((each.learning_set, each.decider, *_cells(each.decided)) for each in of_test),
        )
        yield TextTable(
            f"{heading}; decisions that stand without review",
            ("learned from", "decided by", "rows", *_MEASURED),
            tuple((each.learning_set, each.decider, *_cells(each.accepted)) for each in of_test if each.accepted),
        )
    yield TextTable(
        f"The bar, on unseen templates and brands: amount gap below {AMOUNT_BAR:.0%}, lowest recall {MINORITY_BAR:.1%}",
        ("learned from", "decided by", "all decisions", "accepted", "share accepted"),
        tuple(
            (
                each.learning_set,
                each.decider,
                _bar(each.decided),
                _bar(each.accepted) if each.accepted else _NONE,
                f"{each.coverage:.1%}" if each.accepted else _NONE,
            )
            for each in comparison.results
            if each.test == SYNTHETIC
        ),
    )
    yield TextTable(
        "Accuracy, balanced minus imbalanced, on the same rows, in points with 95% interval",
        ("balanced", "imbalanced", "decided by", "test", "difference"),
        tuple(
            (each.balanced, each.imbalanced, each.decider, each.test, _points(each.gap, each.interval))
            for each in comparison.differences
        ),
    )


class Reach(StrEnum):
    """The answer to whether a figure is reached."""

    REACHED = "reached"
    MISSED = "missed"
    TOO_FEW = "too few rows"
    """What has enough rows reaches it, but a band or category has not enough."""


def reaches_bar(measured: Measures) -> tuple[Reach, Reach]:
    """Hold the amount gap and the lowest recall against the mission's figures.

    The interval is not asked: a gap that is below one point may still be larger in truth.
    """
    amount, category = measured.amount_gap, measured.category_gap
    return (
        _reach(amount is None or amount.difference < AMOUNT_BAR, measured.bands, len(AmountBand)),
        _reach(category is None or category.low.value >= MINORITY_BAR, measured.categories, len(CATEGORIES)),
    )


def _reach(good: bool, groups: Sequence[Group], wanted: int) -> Reach:
    if not good:
        return Reach.MISSED
    return Reach.REACHED if sum(group.accuracy.rows >= LEAST for group in groups) == wanted else Reach.TOO_FEW


def to_markdown(comparison: Comparison) -> str:
    """The tables with what they mean."""
    limit = "all rows" if comparison.limit is None else f"at most {comparison.limit:,} rows of each table"
    lines = [
        "# Balanced and imbalanced training",
        "",
        f"{comparison.per_category:,} rows per category in the balanced sets, seed {comparison.seed}, {limit}.",
        f"Rarest in the real rows: {', '.join(comparison.rarest)}.",
        "",
        *_MEANING,
    ]
    for table in tables(comparison):
        lines += ["", *table_lines(table, f"## {table.caption}")]
    return "\n".join(lines) + "\n"


def save(comparison: Comparison, folder: Path) -> None:
    """Write `compare.json` and `compare.md` into a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JSON_FILE).write_text(json.dumps(asdict(comparison), indent=2) + "\n", encoding="utf-8")
    (folder / MARKDOWN_FILE).write_text(to_markdown(comparison), encoding="utf-8")


def _cells(measured: Measures | None) -> tuple[str, ...]:
    if measured is None:
        return (_NONE,) * (1 + len(_MEASURED))
    between = measured.category_gap
    return (
        f"{measured.accuracy.rows:,}",
        _share(measured.accuracy),
        _gap(measured.amount_gap),
        _NONE if measured.amount_gap_alike is None else f"{measured.amount_gap_alike * 100:.1f}",
        f"{between.lower} {_share(between.low)} of {between.low.rows}" if between else _NONE,
        _gap(between),
        _NONE if measured.rarest is None else f"{measured.rarest:.1%}",
    )


def _bar(measured: Measures) -> str:
    amount, recall = reaches_bar(measured)
    return f"amount {amount}, recall {recall}"


def _share(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:.1%} [{low:.1%}, {high:.1%}]"


def _gap(gap: Gap | None) -> str:
    return _NONE if gap is None else _points(gap.difference, gap.interval, sign="")


def _points(gap: float, interval: tuple[float, float], *, sign: str = "+") -> str:
    low, high = interval
    return f"{gap * 100:{sign}.1f} [{low * 100:{sign}.1f}, {high * 100:{sign}.1f}]"
