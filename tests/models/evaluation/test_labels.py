"""From labels to truths."""

from pathlib import Path

import pytest

from models.errors import FileError
from models.evaluation.data.labels import labels_for, read_map


def test_a_label_may_allow_several_categories(tmp_path: Path) -> None:
    """Several rows of a label add up; a label that is not in the map has no truth."""
    path = tmp_path / "map.csv"
    path.write_text("category,label\nfuel,Car\nauto,Car\npets,Vet\n", encoding="utf-8")

    labels = labels_for("kind", path)

    assert ({"fuel", "auto"}, {"pets"}, frozenset()) == (labels("Car", "X"), labels("Vet", "X"), labels("car", "X"))


def test_without_a_map_labels_are_category_names() -> None:
    """Exactly our names; a near miss is unknown, not guessed."""
    labels = labels_for("category", None)

    assert (frozenset({"fuel"}), frozenset()) == (labels("fuel", "X"), labels("Fuel", "X"))


def test_a_column_mcc_holds_codes() -> None:
    """Codes are read with the merchants for which they mislead; an unknown code has no truth."""
    labels = labels_for("MCC", None)

    assert frozenset({"groceries"}) == labels("5411", "METRO #712")
    assert frozenset({"shopping"}) == labels("4816", "AMZN MKTP CA*MW7039SW0")
    assert frozenset() == labels("0001", "X")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("label\nCar\n", "must name label and category"),
        ("", "must name label and category"),
        ("label,category\nCar,cars\n", "line 2: 'cars' is not a category"),
        ("label,category\nCar\n", "line 2: not as many cells"),
    ],
)
def test_an_unusable_map_is_refused(tmp_path: Path, content: str, said: str) -> None:
    """The message names file and line."""
    path = tmp_path / "map.csv"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(FileError, match=said):
        read_map(path)
