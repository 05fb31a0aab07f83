"""Documents of `/api/state` for the page: those of the backend, and what is laid over them to make a rare moment."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitors.base.contract import Rules
from monitors.snapshot import Snapshot
from streams.console.state import document, dump


def told(snapshot: Snapshot, **over: Mapping[str, object]) -> dict[str, Any]:
    """The document of a snapshot; of the fields in `over`, the entries that are named take the place of its own."""
    whole: dict[str, Any] = json.loads(dump({"at": moment(snapshot.at), **document(snapshot, Rules())}))
    return {**whole, **{name: {**whole[name], **entries} for name, entries in over.items()}}


def moment(at: datetime) -> str:
    """As the document writes it."""
    return at.isoformat(timespec="seconds")
