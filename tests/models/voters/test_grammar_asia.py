"""What banks in India, the Emirates, Singapore, Japan and Israel print, and the words of banks in other scripts."""

import csv
import re
from collections.abc import Iterator

import pytest

from models.contracts.data_files import read_table, shipped
from models.gazetteer.keys import key_tokens
from models.gazetteer.knowledge import FOLDER
from models.statements.normalise import merchant_text
from models.statements.scripts import Words
from models.voters.grammar import Flow, Grammar
from tests.harness.grammar_lines import rows_of, said

INDIA = """
SMS CHARGES FOR QTR ENDING JUN24 + GST -> loans_fees
AMC CHG FOR DEBIT CARD 1234 -> loans_fees
MIN BAL CHG MAR24 -> loans_fees
NACH RTN CHARGES 120324 -> loans_fees
DC INTL POS TXN MARKUP+ST 140524 -> loans_fees
CGST ON CHARGES -> loans_fees
EMI 45612378 CHQ S456123 0524 -> loans_fees
PERSONAL LOAN EMI 0012345678 -> loans_fees
ACH D- BAJAJ FINANCE LTD-P4012345678 -> loans_fees
HOME LOAN EMI 00123456 -> housing
MMT/IMPS/409812345678/Rent June/OWNER/HDFC Bank -> housing
SOCIETY MAINTENANCE APR JUN -> housing
INT.PD:01-04-2024 TO 30-06-2024 < income
CREDIT INTEREST CAPITALISED < income
ACH C- ITC LIMITED-FIN DIV 2024 < income
SALARY FOR MAY 2024 ACME SOFTWARE PVT LTD < income
NEFT CR-CITI0000004-ACME TECHNOLOGIES-RAHUL -CITIN2412345 < income
NEFT*HDFC0000240*N123456*ACME LIMITED < income
ITDTAX REFUND 2023-24 AAAPL1234C < income
PM KISAN DBT CREDIT < income
CBDT TAX 0510308 -> government_taxes
BBMP PROPERTY TAX 2024-25 -> government_taxes
LIC PREMIUM 512345678 -> insurance
PMJJBY RENEWAL 2024 -> insurance
BESCOM BILL 12345 -> utilities_telecom
JIO PREPAID RECHARGE 299 -> utilities_telecom
FASTAG RECHARGE ICICI -> transport
SIP AXIS MUTUAL FUND 12345678 -> transfers_cash
RD INSTALLMENT 50212345678 -> transfers_cash
CC 000512345XXXX9876 AUTOPAY SI-TAD -> transfers_cash
ATW-416021XXXXXX1234-S1ANMU01-MUMBAI -> transfers_cash
NWD-416021XXXXXX1234-CTCN1234-PUNE -> transfers_cash
CHQ PAID-MICR INWARD CLEARING-000123 -> transfers_cash
UPI/P2A/409812345678/RAHUL SHARMA/State Bank -> transfers_cash
TPT-SELF TRANSFER-RAHUL VERMA -> transfers_cash
UPI-SOME NAME-name@ybl-YESB-409812345678-UPI -> transfers_cash
TIRUMALA TIRUPATI DEVASTHANAMS -> charity_donations
COLLEGE FEES SEM 3 -> education
"""
GULF_AND_SINGAPORE = """
FALL BELOW FEE -> loans_fees
SERVICE CHARGE VAT -> loans_fees
CCY CONVERSION FEE SGD 12.50 -> loans_fees
SALARY TRANSFER WPS ACME TRADING LLC < income
GIRO - SALARY < income
ONE BONUS INTEREST < income
GOV GSTV CASH PAYOUT < income
DEWA BILL PAYMENT 2012345678 -> utilities_telecom
SP SERVICES LTD -> utilities_telecom
EMIRATES ID RENEWAL -> government_taxes
IRAS PROPERTY TAX -> government_taxes
LTA ROAD TAX RENEWAL -> government_taxes
HDB LOAN REPAYMENT -> housing
RENT CHEQUE 000123 -> housing
MCST PLAN 1234 -> housing
GREAT EASTERN LIFE INS -> insurance
CWD ATM 1234 DEIRA -> transfers_cash
CDM CASH DEPOSIT DEIRA < transfers_cash
PAYNOW TRANSFER 1234567 -> transfers_cash
AANI TRANSFER REF 1 -> transfers_cash
BILL PAYMENT DBS CARDS 4119110012345678 -> transfers_cash
SINGAPORE POOLS ACCOUNT -> entertainment
ZAKAT -> charity_donations
"""
EAST_ASIA = """
給与 ｶ)ﾔﾏﾀﾞｼﾖｳｼﾞ < income
ｷﾕｳﾖ < income
ｷｭｳﾖ < income
賞与 < income
お利息 < income
代发工资 < income
振込手数料 -> loans_fees
ﾌﾘｺﾐﾃｽｳﾘﾖｳ -> loans_fees
ATM手数料 -> loans_fees
奨学金返還 -> loans_fees
住宅ローン -> housing
家賃5月分 -> housing
ﾔﾁﾝ ﾌﾄﾞｳｻﾝ -> housing
电费 -> utilities_telecom
水道料 -> utilities_telecom
ﾃﾞﾝｷﾘﾖｳ -> utilities_telecom
NHK放送受信料 -> utilities_telecom
住民税 -> government_taxes
ﾎｹﾝﾘﾖｳ -> insurance
ﾌﾘｺﾐ ﾔﾏﾀﾞﾀﾛｳ -> transfers_cash
カードATM出金 -> transfers_cash
微信转账-张三 -> transfers_cash
信用卡还款 -> transfers_cash
房租 张先生 -> housing
"""
OTHER_SCRIPTS = """
СБЕРБАНК ПЕРЕВОД -> transfers_cash
Перевод между счетами -> transfers_cash
Выдача наличных банкомат 1234 -> transfers_cash
Комиссия за обслуживание карты -> loans_fees
Погашение кредита -> loans_fees
Мобильная связь Билайн -> utilities_telecom
Зачисление зарплаты < income
Штраф ГИБДД -> government_taxes
Переказ на картку -> transfers_cash
Поповнення мобільного Київстар -> utilities_telecom
Комісія банку -> loans_fees
Заробітна плата < income
ΑΝΑΛΗΨΗ ΑΤΜ -> transfers_cash
Προμήθεια εμβάσματος -> loans_fees
ΜΙΣΘΟΔΟΣΙΑ ΜΑΙΟΥ < income
ΕΝΟΙΚΙΟ ΙΟΥΝΙΟΥ -> housing
ΕΝΦΙΑ 2024 -> government_taxes
משיכת מזומן כספומט -> transfers_cash
העברה לדוד כהן -> transfers_cash
עמלת פעולה -> loans_fees
משכורת אפריל < income
שכר דירה יוני -> housing
משכנתא בנק לאומי -> housing
ארנונה -> government_taxes
رسوم تحويل -> loans_fees
راتب شهر مايو < income
سحب نقدي -> transfers_cash
إيجار -> housing
वेतन < income
एटीएम -> transfers_cash
"""

NAMES = """
EMIRATES TOWERS HOTEL
BEST WESTERN PLUS
GIANT TIGER #114
CASHEW AND CLIVE
AMER SPORTS CANADA
FEDERAL PUBLICATIONS
NETS BASKETBALL STORE
SALSA STUDIO
INDIAN CLOVE
STATION ROAD CAFE
CRED COFFEE
RUPEE BAR
PAYNOWHERE RECORDS
ХЛЕБ НАСУЩНЫЙ
ローソン新宿
קפה לנדוור
מחסני חשמל סניף רמלה
東急電鉄 定期
EMAAR COMMUNITY MANAGEMENT SERVICE CHARGES
盒马鲜生
"""

WRAPPED = """
UPI-SWIGGY-SWIGGY@YBL-YESB0YBLUPI-412345678901-PAYMENT -> swiggy
UPI-ZOMATO LTD-ZOMATO@HDFCBANK -> zomato ltd
UPI/412345678901/PAYMENT/swiggy@ybl/YES BANK -> swiggy
UPI/409812345678/Payment from Ph/zeptonow.razorp/YES BANK -> zeptonow
UPI/412312341234/20:15:33/UPI/bigbasket@ybl/order -> bigbasket
UPI/409812345678/UPI/9876543210@ybl/SBI -> ybl
UPI/409812345678/Payment/q12345@okicici/YES -> okicici
UPI/DR/412345678901/BIGBASKET/ICIC/bigbasket@icici/Pay -> bigbasket
TO TRANSFER-UPI/DR/412345678901/BIGBASKET/ICIC/bigbasket@icici/Pay-- -> bigbasket
UPI/P2M/412345678901/DMART AVENUE/HDFC BANK/UPI -> dmart avenue
UPI/SWIGGY/412345678901/UPI -> swiggy
BIL/ONL/000000000000/1MG Techno/XXXX -> 1mg techno
MPS/TRUFFLES /202304021930/012345/Bangalore -> truffles
VPS/DMART/20240312/1234/MUMBAI -> dmart
PCD/1234/BIGBASKET/BANGALORE120324/12:30 -> bigbasket
ECOM PUR/SWIGGY/BANGALORE/120324 -> swiggy
POS/RELIANCE FRESH/MUMBAI/120324/12:30 -> reliance fresh
POS 423456XXXXXX1234 BIGBASKET POS DEBIT -> bigbasket
ME DC SI XXXXXXXXXXXX1111 AMAZONWEBSERVICE -> amazonwebservice
ACH D- TP ACH BAJAJ FINANCE-123456 -> bajaj finance
BY DEBIT CARD-OTHPG 412345678901 SWIGGY BANGALORE -> swiggy
CARD NO.416021XXXXXX1234 CARREFOUR DUBAI ARE -> carrefour
POS-PURCHASE CARD NO.416021XXXXXX1234 CARREFOUR DUBAI ARE -> carrefour
NETS QR PAYMENT 1234567 TO: KOUFU PTE LTD -> koufu pte ltd
NETS PURCHASE YA KUN KAYA TOAST -> ya kun kaya toast
POINT-OF-SALE TRANSACTION NTUC FAIRPRICE -> ntuc fairprice
DEBIT CARD TRANSACTION SHENG SIONG SGP 12MAR -> sheng siong
DEBIT PURCHASE 12/03/24 XX-1234 COLD STORAGE -> cold storage
GIRO PAYMENT SINGTEL -> singtel
FAMILYMART TOKYO JPN -> familymart
支付宝-美团外卖 -> 美团外卖
微信支付 滴滴出行 -> 滴滴出行
VISAデビット ローソン新宿 -> ローソン 新宿
口座振替 東京電力 -> 東京電力
Оплата товаров и услуг ПЯТЁРОЧКА 1234 -> пятерочка
Покупка. MAGNIT MM -> magnit mm
Αγορά με κάρτα ΣΚΛΑΒΕΝΙΤΗΣ -> σκλαβενιτησ
קניה בכרטיס אשראי שופרסל -> שופרסל
شراء نقاط البيع كارفور -> كارفور
"""


@pytest.mark.parametrize("table", [INDIA, GULF_AND_SINGAPORE, EAST_ASIA, OTHER_SCRIPTS])
def test_each_dialect_is_understood(table: str) -> None:
    """Lines that banks print, with the direction the money moved."""
    rows = rows_of(table)
    expected = [(description, category) for description, _, category in rows]
    assert expected == [(description, said(description, flow)) for description, flow, _ in rows]


@pytest.mark.parametrize("name", NAMES.strip().splitlines())
def test_names_of_merchants_are_not_read(name: str) -> None:
    """Short words of these banks stand in names elsewhere."""
    assert {None} == {said(name, flow) for flow in Flow}


@pytest.mark.parametrize("line", WRAPPED.strip().splitlines())
def test_merchant_is_found_behind_its_wrapping(line: str) -> None:
    """What stands before and behind a merchant is cut, in every script."""
    description, merchant = line.split(" -> ")
    assert merchant == merchant_text(description)


@pytest.mark.parametrize(
    "wrapped", ["UPI-{}-X@YBL-YESB-409-UPI", "UPI/P2M/409812345678/{}/AXIS BANK/UPI", "POS/{}/PUNE/1"]
)
@pytest.mark.parametrize("name", ["BLINKIT", "MYNTRA DESIGNS", "DELHI METRO", "APOLLO PHARMACY", "LENSKART"])
def test_names_are_found_in_fields(wrapped: str, name: str) -> None:
    """The same tokens as the name by itself, so that one row of the knowledge base is enough."""
    assert key_tokens(name) == key_tokens(wrapped.format(name))


_WHOLE = re.compile("[\u3005\u3041-\u30ff\u4e00-\u9fff]{3,}")


def _unspaced() -> Iterator[str]:
    for country in ("jp", "cn"):
        with (FOLDER / f"{country}.csv").open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                yield from (each for each in (row["name"], *row["spellings"].split(";")) if each and not each.isascii())


def test_names_without_blanks_stand_apart_from_what_follows() -> None:
    """Every name of three letters of Han or kana begins the line in which a branch follows it at once."""
    glued = {name: "".join(key_tokens(name)) for name in _unspaced() if _WHOLE.fullmatch(name)}
    lost = [name for name, key in glued.items() if not _begins(key_tokens(f"{name}鶯谷支店"), key)]
    # Their names are cut off in front of a merchant.
    assert ["云闪付", "微信支付", "支付宝", "财付通"] == sorted(lost)


def _begins(tokens: list[str], key: str) -> bool:
    return key in {"".join(tokens[:size]) for size in range(1, len(tokens) + 1)}


def test_words_of_the_grammar_stand_apart() -> None:
    """A word of a phrase in Han or kana is met only where blanks are put around it."""
    known = {word for several in read_table(Words, shipped("unspaced_words.toml")).words.values() for word in several}
    phrases = [phrase for rule in Grammar.shipped().rules for phrase in rule.phrases]
    words = {word.strip("?*^$!") for phrase in phrases for word in re.split(r"[ |]", phrase)}
    assert set() == {word for word in words if re.search("[\u3041-\u9fff]", word)} - known
