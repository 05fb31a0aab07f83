"""What people want to know of the learner: what it learned, what it holds back and why, and how good it was."""

from collections.abc import Sequence
from typing import Any

from models.learned.online.entries import Held, Obeyed, Said
from models.learned.online.memories.accounts import Proposal
from models.learned.online.records import Head
from models.learned.online.state import ACCOUNTS, State

LONGEST = 200
"""Corrections in quarantine, proposals, and instructions that are listed; the first two are counted, too."""


def report_of(
    state: State, head: Head, counts: dict[str, int], obeyed: Sequence[Obeyed], *, frozen: bool, waiting: int
) -> dict[str, Any]:
    """The report, ready for JSON.

    `lately` is what was learned last for everyone, newest first. `quarantine` lists what is held back, newest first,
    beside its counts by reason and by merchant. `actor` is None where many accounts said it together. `instructions`
    says what became of the last of them, newest first. `holdout` counts rows lost by group, negative where won. Nothing
    in it tells what somebody wants for one account only.
    """
    return {
        "version": head.version,
        "offset": head.offset,
        "digest": head.digest,
        "frozen": frozen,
        "waiting": waiting,
        "parts": state.model.counts(),
        "counts": counts,
        "prequential": state.progress.report(),
        "lately": [_learned(said) for said in reversed(state.lately)],
        "quarantine": [_held(held) for held in state.held.newest(LONGEST)],
        "quarantine_total": len(state.held),
        "quarantine_reasons": state.held.reasons(),
        "proposals": [_proposal(each) for each in list(state.proposals.values())[: -LONGEST - 1 : -1]],
        "proposals_total": len(state.proposals),
        "instructions": [_obeyed(each) for each in reversed(obeyed)],
        "holdout": {"rows": len(state.holdout.rows), "lost": state.score.lost, "vetoed": sorted(state.vetoed)},
    }


def _learned(said: Said) -> dict[str, Any]:
    keys = said.keys
    return {
        "correction_id": said.correction_id,
        "merchant": None if keys is None else keys.merchant,
        "flow": None if keys is None else keys.flow,
        "category": said.category,
        "decided": said.decided,
        "actor": None if said.actor == ACCOUNTS else said.actor,
        "standing": said.standing.value,
        "at": said.at.isoformat(),
        "offset": said.offset,
    }


def _held(held: Held) -> dict[str, Any]:
    learned = {**_learned(held.said), "reason": held.reason.value}
    # What somebody wants for one account is told to nobody else.
    return learned | dict.fromkeys(_PERSONAL) if held.said.is_personal else learned


_PERSONAL = ("merchant", "category", "decided")


def _obeyed(obeyed: Obeyed) -> dict[str, Any]:
    return {
        "instruction_id": obeyed.instruction_id,
        "action": obeyed.action.value,
        "status": obeyed.outcome.status.value,
        "reason": obeyed.outcome.reason.value,
    }


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
