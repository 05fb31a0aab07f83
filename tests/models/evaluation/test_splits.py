"""Splits by merchant and by source."""

from pathlib import Path

import pytest

from models.errors import FileError
from models.evaluation.measures.splits import KNOWN, NEW, by_merchant, by_source, keys_of
from models.learned.memory import MerchantMemory, to_bytes
from tests.harness.labelled import many


def test_by_merchant_each_is_on_one_side() -> None:
    """Known merchants are 90% right, new ones 50%."""
    split = by_merchant(many(9, 1, merchant="timhortons") + many(1, 1, merchant="zzgq"), {"timhortons"})

    assert {KNOWN: (10, 0.9), NEW: (2, 0.5)} == {
        name: (scores.accuracy.rows, scores.accuracy.value) for name, scores in split.parts.items()
    }


def test_keys_of_a_table_and_of_a_memory(tmp_path: Path) -> None:
    """A column description is reduced to keys, a column key is taken as it is; a row that is torn is left out."""
    table, memory, neither = tmp_path / "table.csv", tmp_path / "memory.csv.gz", tmp_path / "neither.csv"
    table.write_text("mcc,description\n5814,TIM HORTONS #5547\n5814\n", encoding="utf-8")
    memory.write_bytes(to_bytes(MerchantMemory([("timhortons", "food_dining", 2)])))
    neither.write_text("name\nTIM HORTONS\n", encoding="utf-8")

    assert {"timhortons"} == keys_of(table)
    assert {"timhortons"} == keys_of(memory)
    with pytest.raises(FileError, match="no column description, nor key"):
        keys_of(neither)


def test_by_source_needs_two() -> None:
    """One source is no split; rows without one are left out."""
    split = by_source(many(1, 0, source="a") + many(1, 1, source="b") + many(5, 5))

    assert split is not None
    assert {"a": 1, "b": 2} == {name: scores.accuracy.rows for name, scores in split.parts.items()}
    assert by_source(many(3, 1, source="a") + many(1, 0)) is None
