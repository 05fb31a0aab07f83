"""The learner: takes the journal's entries, one after the other, and tells what workers must know of it.

Its state follows from the entries alone. What is forgotten is taken out of them, and the state made anew: it is the one
of a run that never had them, bit for bit.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from models.contracts.corrections import Correction, Standing
from models.contracts.instructions import Action, Instruction
from models.learned.online import records
from models.learned.online.entries import Limits, Obeyed, Outcome, Reason, Said, Status, said_of
from models.learned.online.holdout import Holdout
from models.learned.online.keys import LineKeys
from models.learned.online.reporting import LONGEST, report_of
from models.learned.online.state import Means, State

KeysOf = Callable[[Correction], LineKeys | None]
"""Keys of the line that a correction is about; None where it says nothing of the line."""


class Told(NamedTuple):
    """An instruction as far as it is carried out.

    Args:
        at: When it was given, but no later than the journal had it.
    """

    action: Action
    target: str
    actor: str
    standing: Standing
    at: datetime
    offset: int


_FORGET: dict[Action, Callable[[Said, str], bool]] = {
    Action.FORGET_CORRECTION: lambda said, target: said.correction_id == target,
    Action.FORGET_ACTOR: lambda said, target: said.actor == target,
    Action.FORGET_ACCOUNT: lambda said, target: said.account_id == target,
}
MOST_AHEAD = 10_000
"""Corrections that were taken back before they came, of which it is known; the oldest is given up first."""

_WAITING = (Action.RELEASE, Action.APPROVE)
"""Instructions that teach something: they wait while nothing is learned."""


class OnlineLearner:
    """Learns from corrections, as far as they may be believed.

    Args:
        limits: How far that is.
        keys_of: Keys of the line of a correction.
        holdout: Lines that it must not cost too much.
        means: What else it is given.
    """

    def __init__(self, limits: Limits, keys_of: KeysOf, holdout: Holdout, *, means: Means | None = None) -> None:
        self._limits, self._keys_of, self._holdout, self._means = limits, keys_of, holdout, means or Means()
        self._entries: list[Said | Told] = []
        self._ids: dict[tuple[type, str], tuple[str, str]] = {}
        self._published: dict[str, bytes] = {}
        self._offset = self._changed_at = -1
        self._others: Counter[str] = Counter()
        self._ahead: dict[str, Told] = {}
        self._obeyed: deque[Obeyed] = deque(maxlen=LONGEST)
        self._stale = False
        self._begin()

    def take(self, entry: Correction | Instruction, *, offset: int, at: datetime | None = None) -> Outcome:
        """Take one entry of the journal.

        Args:
            offset: Its place there; one before the last is a repeat. Several may have one, where an entry completes
                others that waited for it.
            at: When the journal had it; None to believe the entry's own time.
        """
        if offset < self._offset:
            return self._count(Outcome(Status.REPEATED))
        self._offset = offset
        if repeated := self._repeated(entry):
            return self._count(repeated)
        if isinstance(entry, Correction):
            if self._was_taken_back(entry):
                return self._count(Outcome(Status.REFUSED, Reason.TAKEN_BACK))
            said = said_of(entry, self._keys_of(entry), offset=offset, at=at)
            return self._play_new(said)
        outcome = self._instruct(_told(entry, offset=offset, at=at))
        self._obeyed.append(Obeyed(entry.instruction_id, entry.action, outcome))
        return outcome

    def _instruct(self, told: Told) -> Outcome:
        if told.action is Action.FORGET_CORRECTION and (Correction, told.target) not in self._ids:
            return self._take_back_ahead(told)
        if not self._may(told):
            return self._count(Outcome(Status.REFUSED, Reason.STANDING))
        return self._forget(told) if told.action in _FORGET else self._play_new(told)

    @property
    def offset(self) -> int:
        """Of the last entry taken; -1 before there was one."""
        return self._offset

    @property
    def frozen(self) -> bool:
        """Whether nothing is learned at present."""
        self._refresh()
        return self._frozen

    @property
    def digest(self) -> str:
        """Of all that workers have of it, in hex; theirs is the same."""
        self._refresh()
        return self._state.model.digest

    @property
    def state_digest(self) -> str:
        """Of all there is, also of what waits and of what is counted: SHA-256 of its canonical form, in hex."""
        self._refresh()
        digest = hashlib.sha256()
        for part in (*self._state.canonical(), self._frozen, self._waiting):
            digest.update(repr(part).encode())
        return digest.hexdigest()

    @property
    def head(self) -> records.Head:
        """Names the state of now."""
        self._refresh()
        if self._changed_at < 0:
            return records.Head(records.NOTHING, -1, self._state.model.digest)
        return records.head_of(self._changed_at, self._state.model.digest)

    @property
    def version(self) -> str:
        """Offset of the last entry that changed something, and beginning of the digest; "0" before there was one."""
        return self.head.version

    def updates(self) -> list[tuple[str, bytes | None]]:
        """Parts that changed since this was asked last, with `head` behind them; empty where none did.

        None takes a part away.
        """
        self._refresh()
        changed: list[tuple[str, bytes | None]] = []
        for name in self._state.touched:
            content = self._state.parts.get(name)
            if content == self._published.get(name):
                continue
            changed.append((name, content))
            if content is None:
                del self._published[name]
            else:
                self._published[name] = content
        self._state.touched.clear()
        return [*changed, (records.HEAD, records.head_bytes(self.head))] if changed else []

    def snapshot(self) -> dict[str, bytes]:
        """All parts, with `head` as the last."""
        self._refresh()
        return {**self._state.parts, records.HEAD: records.head_bytes(self.head)}

    def report(self) -> dict[str, Any]:
        """What people want to know of it, ready for JSON; `models.learned.online.reporting` says what stands in it."""
        self._refresh()
        counts = dict(sorted((self._counts + self._others).items()))
        return report_of(self._state, self.head, counts, self._obeyed, frozen=self._frozen, waiting=len(self._waiting))

    def _begin(self) -> None:
        """Start from nothing."""
        self._state = State(self._limits, self._holdout, self._means)
        self._frozen = False
        self._waiting: list[Said | Told] = []
        self._counts: Counter[str] = Counter()

    def _repeated(self, entry: Correction | Instruction) -> Outcome | None:
        if isinstance(entry, Correction):
            name, content = entry.correction_id, (entry.category.value, entry.actor)
        else:
            name, content = entry.instruction_id, (entry.action.value, entry.target or "")
        before = self._ids.setdefault((type(entry), name), content)
        if before is content:
            return None
        return Outcome(Status.REPEATED, Reason.NONE if before == content else Reason.CONFLICT)

    def _take_back_ahead(self, told: Told) -> Outcome:
        """Remember that a correction is taken back which has not come: it goes another way, and may be overtaken."""
        self._ahead[told.target] = told
        if len(self._ahead) > MOST_AHEAD:
            del self._ahead[next(iter(self._ahead))]
        return self._count(Outcome(Status.UNKNOWN))

    def _was_taken_back(self, correction: Correction) -> bool:
        told = self._ahead.pop(correction.correction_id, None)
        return told is not None and (told.standing is Standing.APPROVER or told.actor == correction.actor)

    def _may(self, told: Told) -> bool:
        """Tell whether somebody may give an instruction: approvers all, others take back what they said themselves."""
        if told.standing is Standing.APPROVER:
            return True
        said = self._ids.get((Correction, told.target))
        return told.action is Action.FORGET_CORRECTION and said is not None and said[1] == told.actor

    def _play_new(self, entry: Said | Told) -> Outcome:
        self._refresh()
        before = self._state.model.digest
        self._entries.append(entry)
        outcome = self._play(entry)
        if self._state.model.digest != before:
            self._changed_at = entry.offset
        return outcome

    def _play(self, entry: Said | Told) -> Outcome:
        """Carry an entry out, or let it wait while nothing is learned."""
        if self._frozen and (isinstance(entry, Said) or entry.action in _WAITING):
            self._waiting.append(entry)
            outcome = Outcome(Status.FROZEN)
        else:
            outcome = self._state.hear(entry) if isinstance(entry, Said) else self._obey(entry)
        self._counts[outcome.status.value] += 1
        return outcome

    def _obey(self, told: Told) -> Outcome:
        state, target = self._state, told.target
        match told.action:
            case Action.FREEZE:
                self._frozen = True
                return Outcome(Status.ACCEPTED)
            case Action.THAW:
                self._frozen = False
                waiting, self._waiting = self._waiting, []
                outcomes = [self._play(each) for each in waiting]
                return Outcome(Status.ACCEPTED, changed=any(outcome.changed for outcome in outcomes))
            case Action.RELEASE:
                return state.release(target, by=told.actor, at=told.at, offset=told.offset)
            case Action.REJECT:
                return state.reject(target)
            case Action.APPROVE:
                return state.approve(target, at=told.at, offset=told.offset)
            case _:
                return state.decline(target)

    def _forget(self, told: Told) -> Outcome:
        is_meant = _FORGET[told.action]
        kept = [entry for entry in self._entries if isinstance(entry, Told) or not is_meant(entry, told.target)]
        if len(kept) == len(self._entries):
            return self._count(Outcome(Status.UNKNOWN))
        if told.action is Action.FORGET_ACCOUNT:
            # They are deleted from the journal, and whoever reads it then does not know them either.
            for entry in self._entries:
                if isinstance(entry, Said) and is_meant(entry, told.target):
                    self._ids.pop((Correction, entry.correction_id), None)
        self._entries = kept
        # Several are often forgotten together: the state is made anew once, when it is asked for.
        self._stale = True
        self._changed_at = told.offset
        return self._count(Outcome(Status.ACCEPTED, changed=True))

    def _refresh(self) -> None:
        """Make the state anew where something was forgotten."""
        if not self._stale:
            return
        self._stale = False
        self._begin()
        for entry in self._entries:
            self._play(entry)
        self._state.touched.update(dict.fromkeys(self._published))

    def _count(self, outcome: Outcome) -> Outcome:
        """Count what does not become part of the state."""
        self._others[outcome.status.value] += 1
        return outcome


def _told(instruction: Instruction, *, offset: int, at: datetime | None) -> Told:
    return Told(
        instruction.action,
        instruction.target or "",
        instruction.actor,
        instruction.standing,
        instruction.timestamp if at is None else min(instruction.timestamp, at),
        offset,
    )
