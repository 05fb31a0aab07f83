"""The files of the pages, and the headers that each answer carries."""

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType

from aiohttp import ETag, web

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
"""Content-Security-Policy: only our own files, nothing inline, and no text is ever taken for markup or script."""

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)

TYPES: Mapping[str, str] = MappingProxyType(
    {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
)

REFUSAL = "refused.html"


class Pages:
    """Pages, scripts and styles, read once. They are the same for everybody and hold no figure."""

    def __init__(self) -> None:
        folder = files("streams.console").joinpath("static")
        self._files = {entry.name: entry.read_bytes() for entry in folder.iterdir() if _suffix(entry.name) in TYPES}

    def page(self, name: str) -> web.Response:
        """A page, for somebody who may see it."""
        return self._file(name, headers=answer_headers())

    def refusal(self) -> web.Response:
        """The page that says how to get in."""
        return self._file(REFUSAL, status=401, headers=answer_headers(challenge=True))

    async def static_file(self, request: web.Request) -> web.Response:
        """A script or a style by its name, without asking who wants it: the page that refuses needs its style as well.

        Raises:
            HTTPNotFound: There is no such file.
        """
        name = request.match_info["name"]
        if name not in self._files or name.endswith(".html"):
            raise web.HTTPNotFound
        tag = ETag(sha256(self._files[name]).hexdigest()[:16])
        headers = {**HEADERS, "Cache-Control": "no-cache"}
        if tag in (request.if_none_match or ()):
            response = web.Response(status=304, headers=headers)
        else:
            response = self._file(name, headers=headers)
        response.etag = tag
        return response

    def _file(self, name: str, *, headers: Mapping[str, str], status: int = 200) -> web.Response:
        kind = TYPES[_suffix(name)]
        return web.Response(status=status, body=self._files[name], content_type=kind, charset="utf-8", headers=headers)


def answer_headers(*, challenge: bool = False) -> dict[str, str]:
    """Headers of an answer that is not to be kept; with a challenge where it asks for the token."""
    return {**HEADERS, "Cache-Control": "no-store"} | ({"WWW-Authenticate": "Bearer"} if challenge else {})


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2]
