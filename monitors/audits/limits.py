"""Limits of the audits: a YAML file that a bank sets, with one part per audit; what it does not name keeps its default.

An unknown name is an error: a limit that is misspelt would otherwise be none.
"""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import FileError

PARTS = ("bias", "counterfactual", "model")
"""Parts of the file, one per audit."""


class Limit(BaseModel):
    """How far a figure may go.

    Args:
        limit: Beyond it a check fails; None: the figure is only reported.
        goal: What is aimed at.
        needed: Whether an audit without this figure counts as not measured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: float | None = Field(ge=0, le=1)
    goal: float | None = Field(default=None, ge=0, le=1)
    needed: bool = False


Part = TypeVar("Part", bound=BaseModel)


def read_limits(path: Path | None, part: str, kind: type[Part]) -> Part:
    """One part of a limits file.

    Args:
        path: None for the defaults.
        part: One of `PARTS`.
        kind: Its model.

    Raises:
        FileError: It cannot be read, or holds what is no limit.
    """
    if path is None:
        return kind()
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise FileError(f"{path} cannot be read as YAML ({type(error).__name__})") from None
    if not isinstance(found, dict):
        raise FileError(f"{path} has no limits: it needs {', '.join(PARTS)} at the top, as ops/audit/limits.yml")
    if unknown := [str(name) for name in found if name not in PARTS]:
        raise FileError(f"{path}: {', '.join(unknown)} is no part of the limits; parts are {', '.join(PARTS)}")
    try:
        return kind.model_validate(found.get(part) or {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, (part, *first["loc"])))
        raise FileError(f"{path}: {where}: {first['msg']}") from None
