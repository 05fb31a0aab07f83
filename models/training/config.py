"""Settings of a training. The same configuration, data and versions give the same artefact."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.errors import ConfigurationError

HELD_OUT_FROM = date(2020, 11, 1)
"""First day that no training table may hold: November and December 2020 are for evaluation."""

RECENT_FROM = date(2019, 11, 1)
"""First day of the last twelve months before `HELD_OUT_FROM`; card codes of a merchant change over the years."""

SAMPLE_ROWS = 60_000
"""Transactions of the shipped sample."""

SHIPPED = Path(__file__).parent.parent / "data"
"""Folder of the tables that come with the package."""

DESCRIPTORS_FILE = "toronto_descriptors.csv.gz"
"""The descriptors that the City of Toronto's rows give, by amount band."""

CURRENCY = "CAD"
"""Of the descriptors."""

PHRASES_FILE = "statement_phrases.json"
KNOWLEDGE_FOLDER = "knowledge"


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Settings of a training; the defaults were chosen on merchants held out of the training period.

    Args:
        data: Folder with the tables to train on.
        encoder: Artefact whose encoder is used and passed on; None for a model without one.
        seed: Seeds the generated sentences and the solver.
        penalty: Inverse strength of regularisation of the linear model (C); larger follows the data more closely.
        rarest: A feature must occur in this many distinct texts to be kept.
        index_weight: Weight of a name of the index; 1 is a merchant.
        recency: How often a row of the last twelve months counts in the memory; card codes change.
        dimensions: Principal directions kept of the embeddings of known texts.
        limit: Use only this many rows of each table, evenly spread; None for all.

    Raises:
        ConfigurationError: A value outside its range.
    """

    data: Path = SHIPPED
    encoder: Path | None = None
    seed: int = 0
    penalty: float = 0.15
    rarest: int = 3
    index_weight: float = 1.0
    generated: int = 150
    recency: int = 20
    dimensions: int = 64
    limit: int | None = None

    def __post_init__(self) -> None:
        ranges = (
            ("penalty", self.penalty > 0, "above 0"),
            ("rarest", self.rarest >= 1, "at least 1"),
            ("index_weight", self.index_weight > 0, "above 0"),
            ("generated", self.generated >= 0, "0 or more"),
            ("recency", self.recency >= 1, "at least 1"),
            ("dimensions", 2 <= self.dimensions <= 384, "from 2 to 384"),
            ("limit", self.limit is None or self.limit >= 1, "at least 1, or None"),
        )
        for name, valid, rule in ranges:
            if not valid:
                raise ConfigurationError(f"{name} of the training must be {rule}, got {getattr(self, name)}")
