"""What is posted to Alertmanager, without anybody to post to: labels, annotations, ends."""

from datetime import datetime, timedelta

import pytest

from models.contracts.alerts import AlertState, Severity
from monitors.base.contract import MonitorName
from streams.monitor.alerting.outbox import SCHEDULE, Outbox
from streams.monitor.alerting.payload import alertname, annotations, labels
from tests.harness.alerts import NOW, alert, over


@pytest.fixture
def outbox() -> Outbox:
    """Nothing was taken yet."""
    return Outbox(SCHEDULE, console="")


def ends(outbox: Outbox, now: datetime) -> dict[str, datetime]:
    """Severity of what is posted, to its end."""
    return {
        posting["labels"]["severity"]: datetime.fromisoformat(posting["endsAt"]) for posting in outbox.postings(now)
    }


def test_labels_are_those_of_the_rules() -> None:
    """The same as the alert has that Prometheus posts, so that Alertmanager takes both for one."""
    expected = {
        "alertname": "EvenhandReviewRate",
        "monitor": "review_rate",
        "category": "pets",
        "window": "24h",
        "severity": "page",
    }
    assert expected == labels(alert())
    assert expected | {"group": "under_100"} == labels(alert(group="under_100"))


@pytest.mark.parametrize("monitor", list(MonitorName))
def test_alert_names_can_be_read_back(monitor: MonitorName) -> None:
    """A name per monitor, in the style of Prometheus."""
    name = alertname(monitor)
    assert name.startswith("Evenhand")
    assert monitor.value == "".join(f"_{c.lower()}" if c.isupper() else c for c in name[8:]).lstrip("_")


def test_annotations_say_what_an_engineer_needs() -> None:
    """Figures in units, where to look, where to read on."""
    said = annotations(alert(hint="New merchants?"))
    assert (
        "Review rate of pets is 31.5% (99% interval 26.6% to 36.9%) of 540 decisions in the last 24 h: above 25%."
        == (said["summary"])
    )
    assert ("review 170, decisions 540", "26.6% to 36.9% (99%)") == (said["counts"], said["interval"])
    assert ("New merchants?", "https://wiki.bank.example/runbooks/review_rate.md") == (
        said["hint"],
        said["runbook_url"],
    )
    assert "24h of event time, 2026-02-28 03:05 UTC to 2026-03-01 03:05 UTC" == said["window"]
    assert "Alarms above 25%." in said["description"]
    assert "interval" not in annotations(alert(interval=None))


def test_an_open_alert_is_posted_to_end_by_itself(outbox: Outbox) -> None:
    """Each post moves its end on; without posts it ends four minutes after the last."""
    assert outbox.take([alert()], [], NOW)
    assert {"page": NOW + SCHEDULE.expiry} == ends(outbox, NOW)
    assert {"page": NOW + SCHEDULE.resend + SCHEDULE.expiry} == ends(outbox, NOW + SCHEDULE.resend)


def test_the_same_again_is_no_news(outbox: Outbox) -> None:
    """A commit without a step posts nothing out of turn."""
    outbox.take([alert()], [], NOW)
    assert not outbox.take([alert()], [], NOW)


def test_an_ended_alert_lingers(outbox: Outbox) -> None:
    """It is posted with its end for some minutes, so that one lost post does not leave it open; then no more."""
    outbox.take([alert()], [], NOW)
    end = NOW + timedelta(minutes=7)
    assert outbox.take([], [over(alert(), end)], end)
    assert {"page": end} == ends(outbox, end)
    assert {"page": end} == ends(outbox, end + SCHEDULE.linger - timedelta(seconds=1))
    assert {} == ends(outbox, end + SCHEDULE.linger)


def test_a_change_of_labels_ends_the_former(outbox: Outbox) -> None:
    """A warning that becomes a page is another alert there: without this, both would be open for minutes."""
    warning = alert().model_copy(update={"severity": Severity.WARNING})
    outbox.take([warning], [], NOW)
    later = NOW + timedelta(minutes=1)
    page = alert().model_copy(update={"state": AlertState.UPDATE, "at": later})
    assert outbox.take([page], [], later)
    assert {"warning": later, "page": later + SCHEDULE.expiry} == ends(outbox, later)


def test_labels_that_come_back_are_open_again(outbox: Outbox) -> None:
    """What ended under these labels is not posted beside what is open under them."""
    outbox.take([alert()], [], NOW)
    outbox.take([], [over(alert(), NOW)], NOW)
    outbox.take([alert()], [], NOW)
    assert {"page": NOW + SCHEDULE.expiry} == ends(outbox, NOW)
    assert 1 == len(outbox.postings(NOW))


def test_what_is_neither_open_nor_resolved_ends(outbox: Outbox) -> None:
    """Nothing hangs, even if its last step was never handed over."""
    outbox.take([alert()], [], NOW)
    outbox.take([], [], NOW)
    assert {"page": NOW} == ends(outbox, NOW)


def test_no_alert_ends_before_it_began(outbox: Outbox) -> None:
    """A clock that was set back: Alertmanager would refuse it, and take an end in the future for open."""
    outbox.take([alert()], [], NOW)
    outbox.take([], [over(alert(), NOW + timedelta(hours=1))], NOW - timedelta(hours=1))
    posting = outbox.postings(NOW - timedelta(hours=1))[0]
    assert posting["startsAt"] == posting["endsAt"]


def test_an_alert_of_another_release_is_posted(outbox: Outbox) -> None:
    """One whose monitor is gone is shown as it is, and stops nobody."""
    outbox.take([alert().model_copy(update={"monitor": "gone"})], [], NOW)
    assert "EvenhandGone" == outbox.postings(NOW)[0]["labels"]["alertname"]


def test_the_console_is_the_source() -> None:
    """Where its address is known; else there is no source, rather than a wrong one."""
    for console, expected in (("http://127.0.0.1:9465/", "http://127.0.0.1:9465/"), ("", None)):
        outbox = Outbox(SCHEDULE, console=console)
        outbox.take([alert()], [], NOW)
        assert expected == outbox.postings(NOW)[0].get("generatorURL")
