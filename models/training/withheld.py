"""The names that no trial learns from, under no spelling: the test part of `models.training.balance.parts`."""

from models.artefacts.csv_table import read_table
from models.gazetteer.table import Gazetteer
from models.training.balance.generate import known_names
from models.training.balance.parts import Part, part_of_brand
from models.training.config import KNOWLEDGE_FOLDER, TrainingConfig
from models.training.examples import GAZETTEER_FILE, Example, ExampleOrigin

_COLUMNS = ("key", "name", "category", "kind", "weight", "common", "places")


def withheld_keys(config: TrainingConfig) -> frozenset[str]:
    """Keys of the knowledge base that belong to the test part: a merchant with all its spellings.

    Raises:
        DataError: A row of the knowledge base is malformed.
    """
    known = known_names(config.data / KNOWLEDGE_FOLDER)
    lines = {each.source for each in known if part_of_brand(" ".join(each.tokens)) is Part.TEST}
    return frozenset(each.key for each in known if each.source in lines)


def is_withheld(text: str, withheld: frozenset[str]) -> bool:
    """Tell whether a merchant text or name belongs to the test part."""
    return part_of_brand(text) is Part.TEST or text.replace(" ", "") in withheld


def without_withheld(knowledge: list[Example], withheld: frozenset[str]) -> list[Example]:
    """The examples that a trial learns from; generated sentences stay."""
    return [
        each for each in knowledge if each.origin is ExampleOrigin.GENERATED or not is_withheld(each.text, withheld)
    ]


def gazetteer_without(config: TrainingConfig, withheld: frozenset[str]) -> Gazetteer:
    """The table of brands as it would be without the withheld names.

    Raises:
        DataError: The table is missing or malformed.
    """
    rows = read_table(config.data / GAZETTEER_FILE, _COLUMNS)
    return Gazetteer.from_rows(
        [row[column] for column in _COLUMNS]
        for row in rows
        if row["key"] not in withheld and not is_withheld(row["name"], withheld)
    )
