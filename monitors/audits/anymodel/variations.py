"""Clones: profiles that differ in what is varied and in nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from models.errors import DataError
from monitors.audits.anymodel.answers import AuditedModel, worded
from monitors.audits.anymodel.profiles import Profile
from monitors.audits.anymodel.schema import Cell

_SHOWN = 8
"""Most known values that a message lists."""

_CATEGORIES = 20
"""Most values of a field that are categories; more are free text, such as names."""


@dataclass(frozen=True, slots=True)
class Variation:
    """What is varied.

    Args:
        fields: Mostly one; several change together, such as a gender and a form of address.
        values: At least two, each with a cell per field.
    """

    fields: tuple[str, ...]
    values: tuple[tuple[Cell, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `Gender=Male,Female`, or `Gender+Title=Male+Mr,Female+Ms`.

        Raises:
            ValueError: It is written otherwise, or has not two different values.

        >>> Variation.parse("Gender=Male,Female").labels
        ('Male', 'Female')
        """
        names, equals, listed = text.partition("=")
        fields = tuple(name.strip() for name in names.split("+"))
        values = tuple(
            tuple(cell.strip() for cell in (value.split("+") if len(fields) > 1 else [value]))
            for value in listed.split(",")
        )
        if not equals or not all(fields) or not all(map(all, values)):
            raise ValueError(f"{text!r} is not written as Gender=Male,Female")
        if any(len(value) != len(fields) for value in values):
            raise ValueError(f"{text!r}: each value needs {len(fields)} parts with + between them, one per field")
        if len(set(values)) != len(values) or len(values) < 2:
            raise ValueError(f"{text!r} needs two values or more, each once")
        return cls(fields, values)

    @property
    def name(self) -> str:
        """The fields in words."""
        return " with ".join(self.fields)

    @property
    def labels(self) -> tuple[str, ...]:
        """The values in words."""
        return tuple(" with ".join(map(worded, value)) for value in self.values)

    def typed(self, profiles: Sequence[Profile]) -> "Variation":
        """The variation with its values as the profiles write theirs: text, number, or true and false.

        Raises:
            DataError: A field is in no profile, or a value is of another kind than the profiles'.
        """
        for name in self.fields:
            if lacking := sum(name not in profile for profile in profiles):
                there = ", ".join(profiles[0])
                raise DataError(
                    f"field {name} to vary is absent from {lacking:,} of {len(profiles):,} profiles; fields are {there}"
                )
        first = profiles[0]
        return Variation(
            self.fields,
            tuple(
                tuple(_typed(cell, first[name], name) for cell, name in zip(value, self.fields, strict=True))
                for value in self.values
            ),
        )


def distinct(profiles: Sequence[Profile], variation: Variation, model: AuditedModel) -> tuple[Profile, ...]:
    """The profiles that are still different when the varied fields are taken away, as the model sees them.

    Two that differ in the varied field alone give the same clones, and the same clones twice are no more evidence.
    """
    seen: dict[tuple[tuple[str, Cell], ...], Profile] = {}
    for profile in profiles:
        read = model.reads or tuple(profile)
        seen.setdefault(
            tuple((name, profile[name]) for name in read if name in profile and name not in variation.fields), profile
        )
    return tuple(seen.values())


def clones(profiles: Sequence[Profile], variation: Variation) -> tuple[tuple[Profile, ...], ...]:
    """For each value of the variation, every profile with that value."""
    return tuple(
        tuple({**profile, **dict(zip(variation.fields, value, strict=True))} for profile in profiles)
        for value in variation.values
    )


def require_learned(profiles: Sequence[Profile], variation: Variation, model: AuditedModel) -> None:
    """See that the model knows the values: to one that it never learned, any answer says nothing.

    A model that does not say what it learned is taken to know, of categories in words, those that the profiles have.

    Raises:
        DataError: It never learned a value.
    """
    for at, name in enumerate(variation.fields):
        cells = [value[at] for value in variation.values]
        learned = model.learned.get(name)
        if learned is None and not all(isinstance(cell, str) for cell in cells):
            continue
        known = learned if learned is not None else frozenset(worded(profile[name]) for profile in profiles)
        if learned is None and len(known) > _CATEGORIES:
            continue
        if unknown := [worded(cell) for cell in cells if worded(cell) not in known]:
            shown = ", ".join(sorted(known)[:_SHOWN]) + (" and more" if len(known) > _SHOWN else "")
            who = f"{model.name} never learned" if learned is not None else "no profile has"
            raise DataError(f"{who} {name}={', '.join(unknown)}; it is one of {shown}")


def _typed(cell: Cell, example: Cell, name: str) -> Cell:
    if not isinstance(cell, str) or isinstance(example, str):
        return cell
    try:
        if isinstance(example, bool):
            return {"true": True, "false": False}[cell.casefold()]
        return int(cell) if isinstance(example, int) else float(cell)
    except (KeyError, ValueError):
        raise DataError(
            f"{name}={cell} to vary is of another kind than the profiles', which have {name}={example}"
        ) from None
