"""Two models on the same transactions: who would wait that does not now, and which monitors would alarm."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.verdict import Verdict
from models.voters.contract import Method
from monitors.audits.shadow import Conclusion, Findings, Shadow
from monitors.base.contract import Reference, Rules
from tests.harness.voters import SaysAlways, says, sure_of, transaction

ROWS = [transaction(f"t{number}", amount="5.00" if number % 2 else "500.00") for number in range(400)]
NOBODY = Ensemble([SaysAlways(Method.TEXT, None)], "nobody")


def verdicts(ensemble: Ensemble, rows: Sequence[Transaction] = ROWS) -> list[Verdict]:
    """What an ensemble decides."""
    return [finding.verdict for finding in ensemble.findings(rows)]


def compared(present: Sequence[Verdict], candidate: Sequence[Verdict], **rules: float) -> Findings:
    """What is found of these decisions, taken in two batches."""
    shadow = Shadow(rules=Rules(**rules), present=Reference(), candidate=Reference())  # type: ignore[arg-type]
    for part in (slice(0, 150), slice(150, None)):
        shadow.take(present[part], candidate[part])
    return shadow.findings()


def test_a_model_beside_itself_is_even() -> None:
    """Nothing differs, and the figures are those of the monitors."""
    found = compared(verdicts(sure_of("pets")), verdicts(sure_of("pets")))
    assert Conclusion.EVEN is found.conclusion
    assert (400, 0, 0) == (found.rows, found.changed and found.changed.hits, found.silently and found.silently.hits)
    assert (0.0, (0.0, 0.0)) == (found.confidence, found.confidence_interval)
    assert {1.0} == {one.p for one in found.flips}
    assert all(one.present == one.candidate for one in found.figures)


def test_decisions_that_change_unseen_are_counted() -> None:
    """Both accept, and say another category: nobody would notice; they are no reason against it by themselves."""
    present, candidate = verdicts(sure_of("pets")), verdicts(sure_of("pets"))
    candidate[:40] = verdicts(sure_of("fuel"))[:40]
    found = compared(present, candidate)
    assert Conclusion.EVEN is found.conclusion
    assert found.silently is not None
    assert (40, 400) == (found.silently.hits, found.silently.rows)
    assert found.silently.interval == pytest.approx((0.0743, 0.1333), abs=1e-3)
    assert [("pets", "fuel", 40, 40)] == [(one.present, one.candidate, one.rows, one.sure) for one in found.changes]


def test_a_band_that_waits_longer_is_named() -> None:
    """One that loses confidence in small amounts only: the overall share would hide half of it."""
    unsure = Ensemble([says(Method.TEXT, "pets", 0.5)], "unsure")
    present, candidate = verdicts(sure_of("pets")), verdicts(sure_of("pets"))
    # A tenth of small amounts.
    for place in range(1, 400, 20):
        candidate[place] = verdicts(unsure)[place]
    found = compared(present, candidate)
    worse = {one.name for one in found.flips if one.waits_longer}
    assert Conclusion.UNEVEN is found.conclusion
    assert {"", "under_100", "pets"} >= worse
    assert "under_100" in worse
    band = next(one for one in found.flips if one.name == "under_100")
    assert (200, 0, 20, 20, 0) == (
        *(band.rows, band.present, band.candidate),
        *(band.newly_reviewed, band.newly_accepted),
    )
    assert 0.1 == band.difference
    assert band.p < 1e-4
    assert found.confidence is not None
    assert found.confidence < 0


def test_a_monitor_that_would_alarm_is_named() -> None:
    """A candidate with which no method votes on half of the rows."""
    present = verdicts(sure_of("pets"))
    candidate = [*present[:200], *verdicts(NOBODY)[200:]]
    found = compared(present, candidate)
    assert Conclusion.UNEVEN is found.conclusion
    assert {"abstention", "review_rate"} <= {one.candidate.monitor.value for one in found.figures if one.alarms_anew}
    assert any(reason.startswith("abstention: 0.000 to 0.500, beyond 0.05") for reason in found.reasons)
    # The other way round it is better, and that is no reason against it.
    turned = compared(candidate, present, unknown_merchants=1.0)
    assert Conclusion.EVEN is turned.conclusion
    assert any(one.calmed for one in turned.figures)


def test_a_few_rows_tell_nothing() -> None:
    """Neither even nor uneven."""
    few = verdicts(sure_of("pets"))[:20]
    found = compared(few, few)
    assert Conclusion.NOT_ENOUGH_DATA is found.conclusion
    assert ["20 transactions, 200 are needed"] == found.reasons
    assert Conclusion.NOT_ENOUGH_DATA is compared([], []).conclusion


def test_the_clock_is_not_looked_at() -> None:
    """Transactions of another year are the same to it."""
    late = [transaction(f"t{n}", timestamp=datetime(2031, 1, 1, tzinfo=UTC)) for n in range(400)]
    same = [transaction(f"t{n}") for n in range(400)]
    of = [verdicts(sure_of("pets"), rows) for rows in (late, same)]
    assert compared(of[0], of[0]) == compared(of[1], of[1])
