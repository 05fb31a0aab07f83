"""Tables that people edit: what a file may say, and what it is told where it says something else."""

from pathlib import Path

import pytest

from models.contracts.data_files import Category, Confidence, Expression, StrictTable, read_table
from models.errors import FileError


class _Shop(StrictTable):
    name: str
    category: Category = "groceries"
    confidence: Confidence = 1
    pattern: Expression = ""


class _Street(StrictTable):
    shop: tuple[_Shop, ...]


def _message(tmp_path: Path, text: str) -> str:
    path = tmp_path / "street.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_table(_Street, path)
    return str(caught.value)


def test_entries_are_read_in_their_order(tmp_path: Path) -> None:
    """Order is meaning in these files."""
    path = tmp_path / "street.toml"
    path.write_text('[[shop]]\nname = "b"\n[[shop]]\nname = "a"\nconfidence = 0.5\n', encoding="utf-8")
    assert _Street(shop=(_Shop(name="b"), _Shop(name="a", confidence=0.5))) == read_table(_Street, path)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('colour = "red"', "shop 2 (corner), colour: Extra inputs are not permitted"),
        ('category = "food"', "shop 2 (corner), category: 'food' is no category of taxonomy.json"),
        ("confidence = 1.5", "shop 2 (corner), confidence: Input should be less than or equal to 1"),
        ('confidence = "0.5"', "shop 2 (corner), confidence: Input should be a valid number"),
        (
            "pattern = '(b'",
            "shop 2 (corner), pattern: '(b' is no regular expression: missing ), unterminated subpattern at position 0",
        ),
    ],
)
def test_fault_is_placed(tmp_path: Path, entry: str, fault: str) -> None:
    """The message names the file, the entry by number and first text, and the key."""
    text = f'[[shop]]\nname = "first"\n[[shop]]\nname = "corner"\n{entry}\n'
    assert f"street.toml: {fault}" == _message(tmp_path, text)


def test_many_faults_are_counted(tmp_path: Path) -> None:
    """A message stays readable where a whole file is of another form."""
    text = "".join(f'[[shop]]\nname = "shop {number}"\nhouse = {number}\n' for number in range(5))
    message = _message(tmp_path, text)
    assert 3 == message.count("Extra inputs")
    assert message.endswith("; and 2 more")


def test_missing_key_and_unknown_table_are_refused(tmp_path: Path) -> None:
    """A table that is spelt another way is two faults: one is missing, one is not known."""
    message = _message(tmp_path, '[[shops]]\nname = "corner"\n')
    assert "street.toml: shop: Field required; shops: Extra inputs are not permitted" == message


def test_what_is_no_toml_is_refused(tmp_path: Path) -> None:
    """The line is in the message."""
    assert _message(tmp_path, "shop = [\n").startswith("street.toml is no TOML: ")
    assert "at line 2" in _message(tmp_path, "a = 1\nb = \n")


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A name in order.toml without a file is the likeliest slip."""
    with pytest.raises(FileError, match=r"nowhere.toml is missing"):
        read_table(_Street, tmp_path / "nowhere.toml")
