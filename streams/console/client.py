"""Reading what a monitor's console shows, from another process."""

import json
import urllib.error
import urllib.request

import numpy as np
from pydantic import SecretStr

from models.errors import ConfigurationError
from models.statistics.histogram import BINS
from monitors.base.contract import Reference

SECONDS = 10.0

_REMEDIES = {
    401: "set EVENHAND_WEB_TOKEN",
    503: "the monitor cannot tell its state at the moment; its /readyz and its log say why",
}
"""Status of a refusal to what to do about it."""


def read_confidence(console: str, window: str, *, token: SecretStr | None = None) -> Reference:
    """The confidences of one window.

    Args:
        window: 1h, 24h or 7d.
        token: Bearer token, where the console asks for one.

    Raises:
        ConfigurationError: Nobody answers there, what answers is no console, or one that cannot tell its state.
    """
    if not console.startswith(("http://", "https://")):
        raise ConfigurationError(f"--console {console}: an address begins with http:// or https://")
    request = urllib.request.Request(console.rstrip("/") + "/api/state")
    if token is not None:
        request.add_header("Authorization", f"Bearer {token.get_secret_value()}")
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            counts = np.array(json.load(answer)["confidence"].get(window, [0] * BINS), dtype=np.int64)
    except urllib.error.HTTPError as error:
        remedy = _REMEDIES.get(error.code, "is it a monitor's console?")
        error.close()
        raise ConfigurationError(f"{console} answers with {error.code}: {remedy}") from None
    except OSError as error:
        raise ConfigurationError(f"no console answers at {console} ({type(error).__name__}): see --console") from None
    except (KeyError, ValueError, TypeError, AttributeError):
        raise ConfigurationError(f"{console} is no monitor's console") from None
    if counts.shape != (BINS,):
        raise ConfigurationError(f"{console} counts confidences in other bins: it is of another release")
    return Reference(confidence=counts)
