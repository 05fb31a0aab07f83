"""The pages of people, put together from the settings."""

import secrets
from collections.abc import Callable, Mapping
from hashlib import sha256
from uuid import uuid4

from models.explanation.texts import texts_of
from streams.clock import Clock
from streams.console.desk.contract import Desk
from streams.console.desk.forgery import ForgeryGuard
from streams.console.desk.learning import Learning
from streams.console.desk.people import People, Role
from streams.console.desk.views import DeskPages
from streams.settings.settings import Settings, is_loopback


def desk_pages(
    settings: Settings,
    desk: Desk,
    learning: Learning,
    *,
    clock: Clock,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> DeskPages:
    """The pages, whose routes a web server takes.

    Args:
        random: Makes the key of cookies where there is no token to make it of: then it is another at each start.

    Raises:
        FileError: The file with the bank's own words for customers cannot be used.
    """
    token = settings.web_token
    secret = None if token is None else token.get_secret_value()
    key = random(32) if secret is None else sha256(b"desk " + secret.encode()).digest()
    return DeskPages(
        desk,
        learning,
        people=people_of(settings, key),
        guard=ForgeryGuard(key),
        texts=texts_of(settings.explanations),
        token=secret,
        monitor_url=settings.monitor_url or _beside(settings.monitor_port),
        clock=clock,
        ids=lambda: uuid4().hex,
    )


def people_of(settings: Settings, key: bytes) -> People:
    """Who may ask, and who is believed.

    Args:
        key: Signs the cookie with the name that a browser gave.
    """
    proxy, here = settings.review_proxy_secret, is_loopback(settings.web_host)
    return People(
        user_header=settings.review_user_header,
        role_header=settings.review_role_header,
        secret=None if proxy is None else proxy.get_secret_value(),
        role=Role.APPROVER if here or settings.review_user_header else Role(settings.review_token_role),
        ask=here,
        key=key,
    )


def review_links(settings: Settings) -> Mapping[str, str]:
    """Addresses of the pages of people, for the fairness console; without those that are not known."""
    base = settings.review_url.rstrip("/") or _beside(settings.review_port).rstrip("/")
    return {"review": f"{base}/review", "learning": f"{base}/learning"} if base else {}


def _beside(port: int) -> str:
    """Another port of the machine that a page came from; empty where the port is not known before it is bound.

    >>> _beside(9465), _beside(0)
    (':9465/', '')
    """
    return f":{port}/" if port else ""
