"""What a training is told. The same configuration, data and versions give the same artefact."""

from dataclasses import dataclass
from pathlib import Path

from models.errors import ConfigurationError

SHIPPED = Path(__file__).parent.parent / "data"
"""Folder of the tables that come with the package."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Settings of a training; the defaults were chosen on merchants held out of the training period.

    Args:
        data: Folder with the tables to train on.
        seed: Seeds the generated sentences, the split and the solver.
        penalty: Inverse strength of regularisation of the linear model (C); larger follows the data more closely.
        rarest: A feature must occur in this many distinct texts to be kept; the whole text of a repeated one need not.
        row_cap: A descriptor's rows count as their square root, up to this; few merchants would dominate otherwise.
        brand_weight: Weight of a brand of the gazetteer; 1 is a descriptor seen once.
        generated: Sentences generated per category.
        held_out: Share of merchants held out, half for calibration, half for the metrics.
        limit: Use only this many descriptors, evenly spread over the table; None for all.

    Raises:
        ConfigurationError: A value outside its range.
    """

    data: Path = SHIPPED
    seed: int = 0
    penalty: float = 0.5
    rarest: int = 3
    row_cap: float = 30.0
    brand_weight: float = 1.0
    generated: int = 150
    held_out: float = 0.2
    limit: int | None = None

    def __post_init__(self) -> None:
        ranges = (
            ("penalty", self.penalty > 0, "above 0"),
            ("rarest", self.rarest >= 1, "at least 1"),
            ("row_cap", self.row_cap >= 1, "at least 1"),
            ("brand_weight", self.brand_weight > 0, "above 0"),
            ("generated", self.generated >= 0, "0 or more"),
            ("held_out", 0 < self.held_out < 1, "between 0 and 1"),
            ("limit", self.limit is None or self.limit >= 1, "at least 1, or None"),
        )
        for name, valid, rule in ranges:
            if not valid:
                raise ConfigurationError(f"{name} of the training must be {rule}, got {getattr(self, name)}")
