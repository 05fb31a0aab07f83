"""What people want to know of the learner: what it learned, what it holds back and why, and how good it was."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from models.learned.online.entries import Held, Said
from models.learned.online.memories.accounts import Proposal
from models.learned.online.records import Head
from models.learned.online.state import ACCOUNTS, State

LONGEST = 200
"""Corrections in quarantine, and proposals, that are listed; all are counted."""


def report_of(state: State, head: Head, counts: dict[str, int], *, frozen: bool, waiting: int) -> dict[str, Any]:
    """The report, ready for JSON.

    `lately` is what was learned last for everyone, newest first. `quarantine` lists what is held back, newest first,
    beside its counts by reason and by merchant. `holdout` counts rows lost by group, negative where won. Nothing in it
    tells what somebody wants for one account only.
    """
    return {
        "version": head.version,
        "offset": head.offset,
        "digest": head.digest,
        "frozen": frozen,
        "waiting": waiting,
        "parts": dict(sorted(Counter(name.partition(":")[0] for name in state.parts).items())),
        "counts": counts,
        "prequential": state.progress.report(),
        "lately": [_learned(said) for said in reversed(state.lately)],
        "quarantine": _newest(map(_held, state.held)),
        "quarantine_total": len(state.held),
        "quarantine_reasons": dict(sorted(Counter(held.reason.value for held in state.held).items())),
        "proposals": _newest(map(_proposal, state.proposals.values())),
        "proposals_total": len(state.proposals),
        "holdout": {"rows": len(state.holdout.rows), "lost": state.score.lost, "vetoed": sorted(state.vetoed)},
    }


def _newest(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(items)[: -LONGEST - 1 : -1]


def _learned(said: Said) -> dict[str, Any]:
    keys = said.keys
    return {
        "correction_id": said.correction_id,
        "merchant": None if keys is None else keys.merchant,
        "flow": None if keys is None else keys.flow,
        "category": said.category,
        "decided": said.decided,
        "actor": "accounts" if said.actor == ACCOUNTS else said.actor,
        "standing": said.standing.value,
        "at": said.at.isoformat(),
        "offset": said.offset,
    }


def _held(held: Held) -> dict[str, Any]:
    learned = {**_learned(held.said), "reason": held.reason.value}
    # What somebody wants for one account is told to nobody else.
    return learned | dict.fromkeys(_PERSONAL) if held.said.is_personal else learned


_PERSONAL = ("merchant", "category", "decided")


def _proposal(proposal: Proposal) -> dict[str, Any]:
    flow, merchant = proposal.key
    return {
        "proposal_id": proposal.proposal_id,
        "merchant": merchant,
        "flow": flow,
        "category": proposal.category,
        "agreeing": proposal.agreeing,
        "accounts": proposal.accounts,
    }
