"""Judged decisions for tests."""

from models.evaluation.judged import Judged


def judged(category: str, *truth: str, confidence: float = 0.9, accepted: bool = True, **details: object) -> Judged:
    """A decision beside its truth."""
    return Judged(category, confidence, accepted, frozenset(truth), **details)  # type: ignore[arg-type]


def many(right: int, wrong: int, **details: object) -> list[Judged]:
    """So many right and so many wrong decisions."""
    return [judged("fuel", "fuel", **details) for _ in range(right)] + [
        judged("pets", "fuel", **details) for _ in range(wrong)
    ]
