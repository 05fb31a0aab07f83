"""The table of how far corrections may be trusted: read back as it was; what was not measured is not trusted."""

import pytest

from models.contracts.events import AmountBand
from models.decisions.calibrated import CalibratedPolicy
from models.decisions.policy import WeightedBallot
from models.decisions.precedence.trust import (
    CORRECTED,
    UNKNOWN,
    UNMEASURED,
    Measured,
    OnlineTrust,
    Stance,
    TextTrust,
    from_bytes,
    to_bytes,
)
from models.errors import ArtefactError
from models.voters.contract import LEARNED_LATER, OVERRULING, Ballot, Kind, Method
from tests.harness.policies import policy

TRUST = OnlineTrust({(Kind.CORRECTED, Stance.AGREES): Measured(0.98, 0.97, 0.99, 812)}, TextTrust(0.4, 0.25, -0.5))


def test_bytes_are_read_back() -> None:
    """Everything comes back, and the same bytes are written again; also where nothing was measured."""
    for trust in (TRUST, UNMEASURED):
        assert trust == from_bytes(to_bytes(trust))
        assert to_bytes(trust) == to_bytes(from_bytes(to_bytes(trust)))


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b'{"corrected": {}, "text": null}', to_bytes(TRUST).replace(b"agrees", b"likes")],
)
def test_other_bytes_are_refused(content: bytes) -> None:
    """By the name of the file."""
    with pytest.raises(ArtefactError, match=r"online_trust\.json does not fit its format"):
        from_bytes(content)


def test_what_was_not_measured_goes_to_a_person() -> None:
    """No target is reached."""
    assert {UNKNOWN} == {UNMEASURED.of(kind, stance) for kind in CORRECTED for stance in Stance}
    assert 0.0 == UNKNOWN.low


def test_the_policy_is_extended_by_one_kind() -> None:
    """What it says of ballots of other kinds stays; without a model of texts it is itself."""
    plain = policy()
    assert plain is UNMEASURED.extended(plain)
    before, after = (CalibratedPolicy(each) for each in (plain, TRUST.extended(plain)))
    known = WeightedBallot(Method.TEXT, Ballot("fuel", 0.7, "x"), 1.0)
    heard = WeightedBallot(Method.ONLINE, Ballot("fuel", 0.9, "y", kind=Kind.ONLINE), 1.0)
    alone = [([known], AmountBand.UNDER_100)]
    assert before.judge_all(alone) == after.judge_all(alone)
    (surer,) = after.judge_all([([known, heard], AmountBand.UNDER_100)])
    assert surer.confidence > after.judge_all(alone)[0].confidence


def test_kinds_that_overrule_are_never_pooled() -> None:
    """All kinds of corrections, accounts and rules; the model of texts is pooled, and measured beside them."""
    assert {*CORRECTED, Kind.ACCOUNT, Kind.HOUSE} == OVERRULING
    assert {Kind.ONLINE} == LEARNED_LATER - OVERRULING
