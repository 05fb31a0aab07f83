"""Tables of lines that banks print, with the direction of money and what they mean, for tests of the grammar."""

from models.statements.normalise import statement_text
from models.voters.grammar import Flow, match_grammar


def rows_of(table: str) -> list[tuple[str, Flow, str]]:
    """Description, direction and category of each line of a table: "->" is money out, "<" money in."""
    rows = []
    for line in table.strip().splitlines():
        description, category = line.rsplit(" ", 1)
        flow = Flow.IN if description.endswith("<") else Flow.OUT
        rows.append((description.removesuffix(" ->").removesuffix(" <"), flow, category))
    return rows


def said(description: str, flow: Flow) -> str | None:
    """The category of the rule that a line matches; None where none does."""
    rule = match_grammar(statement_text(description), flow)
    return rule.category if rule else None
