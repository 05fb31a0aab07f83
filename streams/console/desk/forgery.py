"""Protection against writes that another site makes a reviewer's browser send (cross-site request forgery).

Three things must hold: the browser says that the page is ours (`Origin`, `Sec-Fetch-Site`), a cookie comes along that
other sites cannot make it send (`SameSite=Strict`), and a header repeats what only our own page could read.
"""

import hmac
import secrets
from hashlib import sha256

from aiohttp import web

COOKIE = "evenhand_desk"
HEADER = "X-Evenhand-Token"


class ForgeryGuard:
    """Gives out tokens, and looks at them.

    Args:
        key: Makes the token of a cookie.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def give(self, request: web.Request, response: web.Response) -> str:
        """The token that this browser's page is to send; a cookie goes with it where there was none."""
        cookie = request.cookies.get(COOKIE)
        if not cookie:
            cookie = secrets.token_urlsafe(24)
            response.set_cookie(COOKIE, cookie, path="/", secure=request.secure, httponly=True, samesite="Strict")
        return self._token(cookie)

    def trusts(self, request: web.Request) -> bool:
        """Whether our own page sends this."""
        cookie = request.cookies.get(COOKIE, "")
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        return bool(cookie) and hmac.compare_digest(given, self._token(cookie).encode()) and _same_origin(request)

    def _token(self, cookie: str) -> str:
        return hmac.new(self._key, b"desk " + cookie.encode("utf-8", "surrogateescape"), sha256).hexdigest()


def _same_origin(request: web.Request) -> bool:
    """Whether the browser says that the page is ours. Behind a proxy that changes `Host`, `Sec-Fetch-Site` tells."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if origin is None or site not in (None, "same-origin"):
        return False
    return site == "same-origin" or origin.partition("://")[2] == request.host
