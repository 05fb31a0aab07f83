"""Access to the console.

Without a token it answers to names of this machine only: a page of another site that makes its own name point here
(DNS rebinding) gets nothing. With a token, programs send it as a bearer; a browser opens `/?token=...` once and keeps a
cookie that stands for it.
"""

import hmac
from hashlib import sha256

from aiohttp import web

from streams.settings.settings import is_loopback

COOKIE = "evenhand_token"
PARAMETER = "token"


class Access:
    """Lets in who has the token, or who is on this machine where there is none.

    Args:
        token: The secret; None where the console is bound to loopback.
    """

    def __init__(self, token: str | None) -> None:
        self._token = None if token is None else token.encode()
        # A cookie that leaks must not be the bearer token of /metrics, and a token may have letters no cookie can.
        self._cookie = None if self._token is None else hmac.new(self._token, b"console cookie", sha256).hexdigest()

    def allows(self, request: web.Request) -> bool:
        """True where the request may see the console."""
        if self._token is None or self._cookie is None:
            return is_loopback(_name(request.host))
        bearer = hmac.compare_digest(_bytes(request.headers.get("Authorization", "")), b"Bearer " + self._token)
        cookie = hmac.compare_digest(_bytes(request.cookies.get(COOKIE, "")), self._cookie.encode())
        return bearer or cookie

    def entrance(self, request: web.Request) -> web.Response | None:
        """The answer to `/?token=...` with the right token: a cookie, and on to the page without it; else None."""
        given = request.query.get(PARAMETER)
        if self._token is None or self._cookie is None or given is None:
            return None
        if not hmac.compare_digest(_bytes(given), self._token):
            return None
        response = web.Response(status=303, headers={"Location": request.path})
        response.set_cookie(COOKIE, self._cookie, path="/", secure=True, httponly=True, samesite="Strict")
        return response


def _name(host: str) -> str:
    """The name in a Host header.

    >>> _name("localhost:9464"), _name("[::1]:9464")
    ('localhost', '[::1]')
    """
    return host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
