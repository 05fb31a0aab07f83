"""Profiles of people who do not exist, made by a schema: the same seed gives the same people."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from models.errors import DataError
from monitors.audits.anymodel.schema import (
    AnyField,
    Cell,
    ChoiceField,
    IntegerField,
    MimesisField,
    NumberField,
    ProfileSchema,
)

Profile = Mapping[str, Cell]
"""One applicant: field to what stands in it."""


def made_profiles(schema: ProfileSchema, *, seed: int | None = None) -> tuple[Profile, ...]:
    """Make the profiles of a schema.

    Each field has a source of chance of its own, so that a field more leaves the others as they were. The values of a
    choice are dealt out, not drawn: each stands in its exact share of the profiles.

    Args:
        seed: Instead of the schema's own.

    Raises:
        DataError: Mimesis has no such locale or provider, or the provider gives what is no single value.
    """
    number = schema.seed if seed is None else seed
    columns = {field.name: tuple(_column(field, schema, number)) for field in schema.fields}
    return tuple(dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True))


def _column(field: AnyField, schema: ProfileSchema, seed: int) -> Iterator[Cell]:
    random = Random(f"{seed} {field.name}")
    match field:
        case ChoiceField():
            yield from _dealt(field, schema.count, random)
        case IntegerField():
            yield from (random.randrange(field.minimum, field.maximum + 1, field.step) for _ in range(schema.count))
        case NumberField():
            yield from (round(random.uniform(field.minimum, field.maximum), field.digits) for _ in range(schema.count))
        case MimesisField():
            make = _provider(field, schema.locale, random.getrandbits(32))
            yield from (_cell(make(), field) for _ in range(schema.count))


def _dealt(field: ChoiceField, count: int, random: Random) -> list[Cell]:
    """Each value in its share of the count, to one; the order is chance."""
    weights: Sequence[float] = field.weights or [1.0] * len(field.values)
    exact = [count * weight / sum(weights) for weight in weights]
    dealt = [int(share) for share in exact]
    # What rounding left goes to whom it took most from.
    left = sorted(range(len(exact)), key=lambda at: (dealt[at] - exact[at], at))[: count - sum(dealt)]
    cells = [value for at, value in enumerate(field.values) for _ in range(dealt[at] + (at in left))]
    random.shuffle(cells)
    return cells


def _provider(field: MimesisField, locale: str, seed: int) -> Callable[[], object]:
    # Loads the tables of a language, which a model on profiles of a file does not need.
    from mimesis import Field
    from mimesis.exceptions import FieldError, LocaleError
    from mimesis.locales import Locale

    try:
        source = Field(Locale(locale), seed=seed)
        arguments: dict[str, Any] = dict(field.arguments)
        source(field.provider, **arguments)
    except FieldError:
        raise DataError(
            f"field {field.name}: Mimesis has no provider {field.provider}; such as address.city or person.full_name"
        ) from None
    except (LocaleError, ValueError) as error:
        if locale in Locale.values():
            raise DataError(f"field {field.name}: {field.provider} of Mimesis refuses its arguments: {error}") from None
        raise DataError(f"Mimesis has no locale {locale!r}; it has {', '.join(Locale.values())}") from None
    except TypeError as error:
        raise DataError(f"field {field.name}: {field.provider} of Mimesis takes other arguments: {error}") from None
    return lambda: source(field.provider, **arguments)


def _cell(made: object, field: MimesisField) -> Cell:
    if isinstance(made, str | bool | int | float):
        return made
    if isinstance(made, date):
        return made.isoformat()
    raise DataError(f"field {field.name}: {field.provider} of Mimesis gives a {type(made).__name__}, not one value")
