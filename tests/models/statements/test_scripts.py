"""What folding does to letters that are not Latin: it keeps what tells words apart, and drops what people leave out."""

import pytest

from models.gazetteer.keys import key_tokens
from models.statements.normalise import merchant_text, statement_text
from models.statements.scripts import is_foreign, letters_of
from models.voters.grammar.phrases import spoken


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ПЯТЁРОЧКА", "пятерочка"),
        ("Йод в Київ, Ў", "йод в київ, ў"),
        ("ΛΟΓΑΡΙΑΣΜΌΣ ΔΕΗ", "λογαριασμοσ δεη"),
        ('רמי לוי בע"מ', "רמי לוי בעמ"),
        ("רמי לוי בע״מ", "רמי לוי בעמ"),
        ("שָׁלוֹם", "שלום"),
        ("صيدليّة الإمارات", "صيدليه الامارات"),
        ("كــارفور", "كارفور"),
        ("कृष्णा मेडिकल", "कृष्णा मेडिकल"),
        ("ﾊﾞｽ ｶﾞｽ", "バス ガス"),
        ("ﾛ-ｿﾝ", "ローソン"),
        ("給与5月分", "給与 5 月分"),
        ("微信支付－美团", "微信支付 - 美团"),
        ("ＡＴＭ　出金", "atm 出金"),
        ("CAFÉ Łódź", "cafe lodz"),
    ],
)
def test_letters_are_folded(written: str, folded: str) -> None:
    """Each script by its own rules, and once is enough."""
    assert folded == statement_text(written)
    assert folded == statement_text(folded)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ｾﾌﾞﾝ-ｲﾚﾌﾞﾝ ｼﾝｼﾞﾕｸ", "セブンイレブン シンジユク"),
        ("ﾏﾂﾓﾄｷﾖｼ", "マツモトキヨシ"),
        ("ﾌｱﾐﾘ-ﾏ-ﾄ", "ファミリーマート"),
        ('ООО "ЛЕНТА"', "Лента"),
        ("שופרסל בע״מ", "שופרסל"),
        ("ΜΑΣΟΥΤΗΣ ΑΕ", "Μασούτης"),
        ("NTUC FAIRPRICE PTE LTD", "NTUC FairPrice"),
    ],
)
def test_one_name_has_one_key(one: str, other: str) -> None:
    """However wide, large or formal it is written."""
    assert "".join(key_tokens(one)) == "".join(key_tokens(other))


@pytest.mark.parametrize("name", ["कृष्णा मेडिकल", "ร้านยา", "মুদি দোকান", "صيدلية"])
def test_words_keep_their_vowels(name: str) -> None:
    """Signs of vowels are marks, which must not take a word apart."""
    assert len(name.split()) == len(merchant_text(name).split()) == len(spoken(statement_text(name)).split())


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("пятерочка москва rus", True),
        ("atm 手数料", True),
        ("jr東日本", True),
        ("café de flore", False),
        ("tiệm phở", False),
        ("walmart я", False),
        ("1234", False),
    ],
)
def test_script_of_most_letters_decides(text: str, foreign: bool) -> None:
    """A word in Latin letters beside others does not make a line readable."""
    assert foreign is is_foreign(text)


def test_signs_of_words_weigh_more_than_letters() -> None:
    """So that a name of three signs is as long as one of nine letters."""
    assert (9, 6, 6) == (letters_of("美团外"), letters_of("ロソン"), letters_of("лента1"))
