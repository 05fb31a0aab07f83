"""Reads tables that people edit: TOML under ``models/data``, held to a form that refuses what it does not know."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from models.contracts.taxonomy import CATEGORIES
from models.errors import FileError

_SHOWN = 3
"""Faults that one message names; the rest mostly follow from them."""


class StrictTable(BaseModel):
    """A file as a whole, or one entry of it. A key that it does not have is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Form = TypeVar("Form", bound=StrictTable)


def _known(category: str) -> str:
    if category not in CATEGORIES:
        message = f"{category!r} is no category of taxonomy.json"
        raise ValueError(message)
    return category


def checked_expression(expression: str) -> str:
    """The expression itself.

    Raises:
        ValueError: It does not compile.
    """
    try:
        re.compile(expression)
    except re.error as error:
        message = f"{expression!r} is no regular expression: {error}"
        raise ValueError(message) from error
    return expression


Category = Annotated[str, AfterValidator(_known)]
# Strict: "0.9" in quotes is a slip that would be read as a number.
Confidence = Annotated[float, Field(ge=0, le=1, strict=True)]
Expression = Annotated[str, AfterValidator(checked_expression)]


def shipped(folder: str) -> Traversable:
    """A folder of ``models/data``."""
    return files("models").joinpath("data", folder)


_PART = re.compile(r"\{([a-z_]+)\}")


class PartedTable(StrictTable):
    """A file whose expressions may name parts: ``{name}`` stands for the part of that name."""

    parts: Mapping[str, Expression]

    def filled(self, expression: str) -> str:
        """An expression with its parts in place.

        Raises:
            ValueError: It names a part that does not exist.
        """
        if unknown := sorted(set(_PART.findall(expression)) - self.parts.keys()):
            message = f"{expression!r} names parts that do not exist: {', '.join(unknown)}"
            raise ValueError(message)
        return _PART.sub(lambda part: self.parts[part[1]], expression)


def read_table(form: type[Form], path: Traversable) -> Form:
    """Read a file.

    Raises:
        FileError: It is missing, no TOML, or does not keep to the form; the message names the file and the entries.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileError(f"{path.name} is missing: {path}") from error
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileError(f"{path.name} is no TOML: {error}") from error
    try:
        return form.model_validate(content)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        named = "; ".join(f"{_place(content, fault['loc'])}: {_reason(fault['msg'])}" for fault in faults[:_SHOWN])
        raise FileError(f"{path.name}: {named}{more}") from error


def _place(content: Mapping[str, Any], steps: Sequence[str | int]) -> str:
    """The way to an entry in words: entries are counted from one, and named by the first text in them.

    >>> _place({"rule": [{"label": "rent", "confidence": 2}]}, ("rule", 0, "confidence"))
    'rule 1 (rent), confidence'
    """
    words: list[str] = []
    here: Any = content
    for step in steps:
        listed = isinstance(here, list) and isinstance(step, int)
        here = here[step] if listed or (isinstance(here, Mapping) and step in here) else None
        if isinstance(step, int) and words:
            words[-1] += f" {step + 1}{_name(here)}"
        else:
            words.append(str(step))
    return ", ".join(words) or "the file"


def _name(entry: object) -> str:
    first = next(iter(entry.values()), None) if isinstance(entry, Mapping) else None
    first = first[0] if isinstance(first, list) and first else first
    return f" ({first})" if isinstance(first, str) and first else ""


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")
