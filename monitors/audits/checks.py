"""Checks of an audit: a figure beside the limit that a bank set, and what follows from all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.artefacts.audits import WORDS, Outcome
from models.evaluation.reports.document import Tone, Verdict
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE
from models.statistics.counting import several

__all__ = ["TONES", "WORDS", "Check", "Outcome", "checks_table", "held", "overall", "points", "verdict"]


TONES = {Outcome.PASS: Tone.GOOD, Outcome.FAIL: Tone.BAD, Outcome.NOT_MEASURED: Tone.OPEN}
"""Outcomes as a report shows them."""


@dataclass(frozen=True, slots=True)
class Check:
    """One figure beside its limit.

    Args:
        name: Name of the limit in the limits file, such as `amount_parity`.
        about: What was compared, in words: `accuracy by amount band`.
        value: A gap or a rate, in [0, 1]; None where it could not be measured.
        limit: Beyond it the check fails.
        goal: What is aimed at; None where there is none.
        interval: 95% interval of the value.
        groups: Who is compared, the worse off first; may be empty.
        rows: Rows or pairs behind the figure.
        why: The outcome in a sentence.
        needed: Whether the audit as a whole is not measured where this check is not.
    """

    name: str
    about: str
    value: float | None
    limit: float
    goal: float | None
    interval: tuple[float, float] | None
    groups: tuple[str, ...]
    rows: int
    outcome: Outcome
    why: str
    needed: bool = False


def held(
    value: float, bound: float, low: float, *, shown: str, chance: str, above: float = 0.0, few: str = ""
) -> tuple[Outcome, str]:
    """Hold a figure against its limit: the outcome, and what is said of it.

    Args:
        bound: The limit.
        low: Lower end of the figure's interval.
        shown: The limit in words.
        chance: What is said of a figure beyond the limit that may be chance.
        above: Beyond the limit it fails where the interval lies above this.
        few: Why a figure within the limit passes nothing; empty where it does.
    """
    if value > bound:
        return (Outcome.FAIL, f"beyond {shown}") if low > above else (Outcome.NOT_MEASURED, f"beyond {shown}, {chance}")
    return (Outcome.NOT_MEASURED, few) if few else (Outcome.PASS, f"within {shown}")


def overall(checks: Iterable[Check]) -> Outcome:
    """Fail where one fails; else not measured where a needed check, or every check, is not; else pass."""
    checks = list(checks)
    outcomes = {check.outcome for check in checks}
    if Outcome.FAIL in outcomes:
        return Outcome.FAIL
    unmeasured = any(check.needed and check.outcome is Outcome.NOT_MEASURED for check in checks)
    return Outcome.NOT_MEASURED if unmeasured or Outcome.PASS not in outcomes else Outcome.PASS


def verdict(checks: Sequence[Check]) -> Verdict:
    """What stands at the top of a report."""
    outcome = overall(checks)
    failed = [check for check in checks if check.outcome is Outcome.FAIL]
    unmeasured = sum(check.outcome is Outcome.NOT_MEASURED for check in checks)
    counted = (
        f"{several(len(checks) - unmeasured, 'check')} measured, {len(failed):,} failed, {unmeasured:,} not measured"
    )
    named = "".join(f" {check.why}" for check in failed)
    return Verdict(TONES[outcome], f"{WORDS[outcome].capitalize()}.", f"{counted}.{named}")


def checks_table(checks: Iterable[Check], caption: str = "Checks") -> TextTable:
    """Each check beside its limit, failed ones first."""
    order = [Outcome.FAIL, Outcome.NOT_MEASURED, Outcome.PASS]
    rows = [
        (
            check.about,
            WORDS[check.outcome],
            points(check.value),
            f"[{100 * check.interval[0]:.2f}, {100 * check.interval[1]:.2f}]" if check.interval else NONE,
            points(check.limit),
            points(check.goal),
            f"{check.rows:,}",
            " / ".join(check.groups) or NONE,
        )
        for check in sorted(checks, key=lambda check: order.index(check.outcome))
    ]
    head = ("check", "outcome", "points", "95% interval", "limit", "goal", "rows", "worse off / better off")
    return TextTable(caption, head, rows)


def points(share: float | None) -> str:
    """A share in points, or a dash."""
    return NONE if share is None else f"{100 * share:.2f}"
