"""What the pages send: the bodies of their writes, as strict contracts."""

import json
from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.contracts.events import Identifier, OptionalIdentifier
from models.contracts.instructions import Action
from models.contracts.taxonomy import CATEGORIES
from streams.console.desk.contract import SHOWN

_REASON = 256


class Body(BaseModel):
    """Base of all bodies: frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Reason = Annotated[str | None, Field(max_length=_REASON)]


class Name(Body):
    """A browser's name for its user."""

    name: str = Field(max_length=128)


class Look(Body):
    """A wish to see a request.

    Args:
        plain: Without suggestions.
    """

    plain: bool = False


class Next(Look):
    """A wish for the next request."""


class Take(Look):
    """A wish to keep a request for longer."""

    id: Identifier


class Release(Body):
    """A request that is given back.

    Args:
        skip: Whether others are to come first.
    """

    id: Identifier
    skip: bool = False


class Answer(Body):
    """An answer.

    Args:
        category: None for "I do not know".
        similar: Other requests of the preview that it settles too.
        next: The wish for the next request, which is taken at once; None for none.
    """

    id: Identifier
    category: str | None
    similar: tuple[Identifier, ...] = Field(default=(), max_length=SHOWN)
    reason: Reason = None
    next: Next | None = None


class Instruct(Body):
    """What somebody decides about what is learned."""

    action: Action
    target: OptionalIdentifier = None
    reason: Reason = None


B = TypeVar("B", bound=Body)


class BadRequestError(Exception):
    """A body is none that the pages send; its text says why."""


async def read(request: web.Request, body: type[B]) -> B:
    """The body of a write.

    Raises:
        BadRequestError: It is not JSON, or not of that form.
    """
    if request.content_type != "application/json":
        raise BadRequestError("the body must be JSON (Content-Type: application/json)")
    try:
        # Not `text()`: JSON is UTF-8, whatever charset the header names, which may be none that there is.
        read = body.model_validate(json.loads(await request.read()))
    except (ValidationError, ValueError, RecursionError):
        raise BadRequestError(f"the body is not a JSON object of {', '.join(body.model_fields)}") from None
    if isinstance(read, Answer) and read.category is not None and read.category not in CATEGORIES:
        raise BadRequestError("there is no such category: see /api/me")
    return read
