"""Who asks, and what they may do.

A trusted proxy, known by its secret, names the person in a header; without one, everybody who has the web token is the
same person; on loopback, where there is neither, the browser is asked for a name once and keeps it in a signed cookie.
"""

import hmac
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from aiohttp import web
from pydantic_core import PydanticCustomError

from models.contracts.corrections import Standing
from models.contracts.fields import read_identifier

COOKIE = "evenhand_reviewer"
TOKEN_USER = "web-token"
"""Name of whoever has the web token where no proxy tells people apart."""
RESERVED = frozenset((TOKEN_USER, "accounts"))
"""Names that nobody gives themselves: others speak by them. `accounts` are many accounts together, in the report."""
SECRET_HEADER = "X-Evenhand-Proxy-Secret"
"""What the proxy proves itself with: the web token is no proof, as Prometheus and others have it, too."""
_YEAR = 365 * 24 * 3_600


class Role(StrEnum):
    """What a person may do; each may do what those before it may."""

    VIEWER = "viewer"
    """Look."""
    REVIEWER = "reviewer"
    """Answer requests."""
    APPROVER = "approver"
    """Say what is learned."""

    def may(self, least: "Role") -> bool:
        """Whether this role includes another."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(least)


STANDINGS: Mapping[Role, Standing] = MappingProxyType(
    {Role.REVIEWER: Standing.REVIEWER, Role.APPROVER: Standing.APPROVER}
)
"""Role to the standing that events name; a viewer says nothing."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks.

    Args:
        name: Opaque; the `actor` of what they say.
    """

    name: str
    role: Role


class People:
    """Tells who asks.

    Args:
        user_header: Header with the name, set by a proxy that takes away what a browser sends under it; empty: none.
        role_header: Header with the role, by the same proxy; empty: everybody has `role`.
        secret: What the proxy sends along; None where whoever reaches the port is believed.
        role: Of everybody where no header says it.
        ask: Whether a browser may name itself: on loopback without a proxy only.
        key: Signs the cookie.
    """

    def __init__(
        self,
        *,
        user_header: str = "",
        role_header: str = "",
        secret: str | None = None,
        role: Role = Role.APPROVER,
        ask: bool,
        key: bytes,
    ) -> None:
        self._user_header = user_header
        self._role_header = role_header
        self._secret = secret.encode() if secret is not None and (user_header or role_header) else None
        self._otherwise = role
        self.asks = ask and not user_header
        self._key = key

    def person(self, request: web.Request) -> Person | None:
        """Who asks; None where that is not known."""
        if not self._vouched_for(request):
            return None
        name = self._name(request)
        return None if name is None else Person(name, self.role(request))

    def name(self, response: web.Response, request: web.Request, name: str) -> bool:
        """Keep the name that a browser gives itself; False where it is none or taken, or names are not asked for."""
        if not self.asks or not _is_name(name) or _is_reserved(name):
            return False
        given = name.encode().hex()
        response.set_cookie(
            COOKIE,
            f"{given}.{self._signature(given)}",
            path="/",
            max_age=_YEAR,
            secure=request.secure,
            httponly=True,
            samesite="Strict",
        )
        return True

    def _vouched_for(self, request: web.Request) -> bool:
        if self._secret is None:
            return True
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        return hmac.compare_digest(given, self._secret)

    def _name(self, request: web.Request) -> str | None:
        if self._user_header:
            return _only(request, self._user_header)
        return self._signed(request.cookies.get(COOKIE, "")) if self.asks else TOKEN_USER

    def role(self, request: web.Request) -> Role:
        """What may be done by whoever sends this, once it is known who they are."""
        if not self._role_header:
            return self._otherwise
        try:
            return Role((_only(request, self._role_header) or "").lower())
        except ValueError:
            return Role.VIEWER  # what the proxy does not say is not assumed

    def _signed(self, cookie: str) -> str | None:
        given, _, signature = cookie.partition(".")
        if not hmac.compare_digest(signature.encode("utf-8", "surrogateescape"), self._signature(given).encode()):
            return None
        name = bytes.fromhex(given).decode()
        # A cookie may be older than the list of names that are taken.
        return None if _is_reserved(name) else name

    def _signature(self, given: str) -> str:
        return hmac.new(self._key, b"reviewer " + given.encode("utf-8", "surrogateescape"), sha256).hexdigest()


def _is_reserved(name: str) -> bool:
    """Whether a name is taken, also in other letters that look the same.

    >>> _is_reserved("web-token"), _is_reserved("Web-Token"), _is_reserved("web")
    (True, True, False)
    """
    return unicodedata.normalize("NFKC", name).casefold() in RESERVED


def _only(request: web.Request, header: str) -> str | None:
    """Value of a header that stands there once: of two, one might be the browser's."""
    values = [value.strip() for value in request.headers.getall(header, [])]
    return values[0] if len(values) == 1 and _is_name(values[0]) else None


def _is_name(text: str) -> bool:
    """Whether a text may be an actor: events are refused that name another."""
    try:
        return read_identifier(text) == text.strip()
    except PydanticCustomError:
        return False
