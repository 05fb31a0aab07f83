"""Keys: tokens of the merchant text as brands are compared."""

import pytest

from models.gazetteer.keys import key_tokens


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("ACME CARS LIMI", "acme cars"),
        ("INTERPARCEL LIMITE", "interparcel"),
        ("NADIA LIM", "nadia lim"),
        ("NAILS INC", "nails inc"),
        ("ACME INC", "acme"),
        ("SAINSBURYS S/MKT", "sainsburys supermarket"),
        ("ASDA SMKT", "asda supermarket"),
        ("ASDA SUPERST", "asda superstore"),
        ("GRAVELLY PARK SVS STN", "gravelly park service station"),
        ("SOLIHULL S STN", "solihull service station"),
        ("ESSO BANGOR SSTN", "esso bangor service station"),
        ("SST", "sst"),
        ("COOP.CH", "coop"),
        ("ACME.ORG.UK", "acme"),
        ("YORK.GOV.UK", "yorkgovuk"),
    ],
)
def test_key_tokens(description: str, expected: str) -> None:
    """Legal forms and web endings go, abbreviated kinds of shops are written out; authorities keep their domain."""
    assert expected.split() == key_tokens(description)
