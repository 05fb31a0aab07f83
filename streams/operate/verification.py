"""What a verification of the topics has found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violations:
    """Times that an invariant is broken, and the first places: transaction ids, or `partition:offset` of the input."""

    count: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """Contents of the topics, and their faults.

    Args:
        conflicts: Dead letters among them for an id that came with another body.
        duplicates_expected: Identical repeats in the input; they need no output of their own.
        lag: Input records that are not committed yet.
        missing: Committed inputs without a terminal record.
        doubled: Ids with more than one decision, and inputs with more than one dead letter.
        out_of_order: Accounts whose outputs do not follow the order of the input.
        open_transactions: Output partitions whose last stable offset stays below the high watermark.
        waiting: Committed inputs that wait in the slow lane for their decision.
        blind: Copies of accepted decisions that a person is asked about; not outcomes of their own.
        reviewed: Final decisions with which reviews ended; those of `review` that have none wait for people.
    """

    inputs: int
    categorized: int
    review: int
    dead_letters: int
    conflicts: int
    duplicates_expected: int
    lag: int
    missing: Violations
    doubled: Violations
    unexplained: Violations
    out_of_order: Violations
    open_transactions: Violations
    waiting: int = 0
    blind: int = 0
    reviewed: int = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """One line for each invariant that does not hold; a lag is not one, nor what waits."""
        findings = (
            (self.missing, "inputs without a terminal record"),
            (self.doubled, "ids or inputs with more than one terminal record"),
            (self.unexplained, "outputs without an input"),
            (self.out_of_order, "accounts out of order"),
            (self.open_transactions, "partitions with an open transaction"),
        )
        return tuple(
            f"{finding.count} {what}, such as {', '.join(finding.examples)}"
            for finding, what in findings
            if finding.count
        )

    @property
    def ok(self) -> bool:
        """True where every invariant holds and all input has been committed."""
        return not self.problems and self.lag == 0 and self.waiting == 0
