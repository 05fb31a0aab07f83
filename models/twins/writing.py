"""Writing another word in the place of one, as that one was written."""

from models.statements.normalise import statement_text


def written_like(word: str, before: str) -> str:
    """A word in the capitals of the one whose place it takes, and without accents where that has none.

    >>> written_like("Yılmaz", "SMITH"), written_like("Yılmaz", "smith"), written_like("Ayşe", "Zoë")
    ('YILMAZ', 'yilmaz', 'Ayşe')
    """
    if before.isascii() and not word.isascii():
        # What is left over is no letter that a bank's ASCII would have.
        word = statement_text(word).title()
    if before.isupper() and len(before) > 1:
        return word.upper()
    return word.lower() if before.islower() else word
