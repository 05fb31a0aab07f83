"""The schema of profiles: which fields a made-up applicant has, and what stands in them."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from models.errors import FileError

Cell = str | bool | int | float
"""What stands in a field of a profile."""

MOST_PROFILES = 100_000

Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ChoiceField(_Part):
    """One of several values.

    Args:
        weights: As many as values, in any unit; None: each value equally often.
    """

    kind: Literal["choice"] = "choice"
    name: Name
    values: tuple[Cell, ...] = Field(min_length=1)
    weights: tuple[Annotated[float, Field(gt=0)], ...] | None = None

    @model_validator(mode="after")
    def _a_weight_each(self) -> Self:
        if self.weights is not None and len(self.weights) != len(self.values):
            raise ValueError(f"{len(self.values)} values need as many weights, not {len(self.weights)}")
        return self


class IntegerField(_Part):
    """A whole number, each equally often.

    Args:
        step: Distance of the numbers, counted from the minimum.
    """

    kind: Literal["integer"] = "integer"
    name: Name
    minimum: int
    maximum: int
    step: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _require_order(self.minimum, self.maximum)
        return self


class NumberField(_Part):
    """A number, evenly spread.

    Args:
        digits: After the point.
    """

    kind: Literal["number"] = "number"
    name: Name
    minimum: float
    maximum: float
    digits: int = Field(default=2, ge=0, le=12)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _require_order(self.minimum, self.maximum)
        return self


class MimesisField(_Part):
    """What a provider of Mimesis makes up.

    Args:
        provider: As Mimesis names it: `address.city`.
        arguments: Of the provider, by name.
    """

    kind: Literal["mimesis"] = "mimesis"
    name: Name
    provider: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$")
    arguments: dict[str, str | int | float | bool] = {}


AnyField = Annotated[ChoiceField | IntegerField | NumberField | MimesisField, Field(discriminator="kind")]


class ProfileSchema(_Part):
    """The profiles that are to be made.

    Args:
        count: How many.
        seed: Equal seeds give equal profiles.
        locale: Of Mimesis: the language of names and places.
    """

    count: int = Field(ge=1, le=MOST_PROFILES)
    seed: int = 0
    locale: str = "en"
    fields: tuple[AnyField, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [field.name for field in self.fields]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{', '.join(twice)} is there twice")
        return self


def schema_of(found: JsonValue, source: str) -> ProfileSchema:
    """The schema that a file holds.

    Args:
        found: What YAML read.
        source: Name of the file, for the message.

    Raises:
        FileError: It is no schema; the message says where.
    """
    try:
        return ProfileSchema.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise FileError(f"{source} is no schema of profiles: {where}: {first['msg']}") from None


def _require_order(minimum: float, maximum: float) -> None:
    if minimum > maximum:
        raise ValueError(f"minimum {minimum} is above maximum {maximum}")
