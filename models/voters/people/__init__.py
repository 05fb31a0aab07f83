"""Names of private people in a line: found by where banks write them, and hidden from every voter alike.

A name is no evidence of what money was for, and a voter that reads it gives some people's transfers another confidence
than others'. So one word stands for all of them, `PERSON`, before any voter sees the line. What tells a person from a
firm is the form of the line, then words that only firms have; lists of names decide where those leave it open.
"""

from models.voters.people.finder import PERSON, People, unmarked
from models.voters.people.forms import Trust

__all__ = ["PERSON", "People", "Trust", "unmarked"]
