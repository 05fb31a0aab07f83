"""The alerts that leave on `fairness.alerts`, as a frozen pydantic contract."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from models.contracts.events import CategoryName, Count, Event, Identifier, SchemaVersion, Text, Timestamp


class AlertState(StrEnum):
    """Where an alert stands in its life."""

    OPEN = "open"
    UPDATE = "update"
    RESOLVED = "resolved"


class Severity(StrEnum):
    """Who should look: `page` somebody now, `warning` somebody today."""

    WARNING = "warning"
    PAGE = "page"


class Span(Event):
    """The rolling window of event time that a figure stands for."""

    name: Annotated[str, Field(description="1h, 24h or 7d; or `all` where a figure is no window's.")]
    start: Timestamp
    end: Timestamp


class Interval(Event):
    """What the figure could be, given the count."""

    low: float
    high: float
    level: Annotated[float, Field(description="Confidence level, such as 0.99.")]


class FairnessAlert(Event):
    """One step in the life of an alert: what is uneven, for whom, how surely it is known, and what to do."""

    ce_type: ClassVar[str] = "evenhand.fairness-alert.v1"

    fingerprint: Identifier = Field(description="The same for all steps of (monitor, category, group); keys the topic.")
    state: AlertState
    severity: Severity
    monitor: Text
    category: CategoryName | None = Field(description="The category it is about, or null.")
    group: Annotated[str | None, Field(strict=True)] = Field(
        description="The group it is about, such as an amount band, or null."
    )
    window: Span
    reading: float | None = Field(description="The figure; null once there is not enough data for one.")
    interval: Interval | None
    counts: dict[str, Count] = Field(description="What was counted, by name, such as review and decisions.")
    threshold: float = Field(description="What the reading is held against.")
    evidence: float | None = Field(
        description="Of a sequential test: by default 10^4 warns and 10^6 pages; null for a level rule."
    )
    summary: Text = Field(description="What happened, in a sentence with figures.")
    hint: Text = Field(description="Where to look first.")
    runbook: Text = Field(description="Address of the runbook.")
    opened_at: Timestamp
    at: Timestamp
    model_version: Text
    schema_version: SchemaVersion = "1"
