"""Phrases of banks in the United Kingdom and Ireland."""

from models.voters.grammar.rule import Flow, GrammarRule, rule

BRITISH: tuple[GrammarRule, ...] = (
    rule(
        "school fees",
        "education",
        0.8,
        """
        school dinner|dinners|meals|lunch|lunches|trip|trips; parentpay|schoolcomms|parentmail; student finance;
        nursery fees; childcare payment|account|vouchers; tax free childcare
        """,
    ),
    rule(
        "bank fee",
        "loans_fees",
        0.92,
        """
        non sterling transaction|trans|purchase|cash|txn; nonsterling*; arranged|unarranged overdraft; unarranged;
        account fee; maintaining the account; unpaid transaction|item|dd; monthly account fee; stamp duty
        card|government|fee|on; government stamp|duty; cash handling; foreign usage; planned|unplanned overdraft;
        overdraft usage; daily|usage overdraft fee|charge*; quarterly fee*; fee period|chaps; total charges to; non
        gbp; debit card usage
        """,
    ),
    rule(
        "interest charged",
        "loans_fees",
        0.92,
        """
        debit interest; overdraft int*; gross interest charged; interest to; od int|interest; current account
        interest charge*; total interest to
        """,
        Flow.OUT,
    ),
    rule(
        "interest",
        "income",
        0.92,
        """
        interest gross|net|paid|earned|added; gross|credit interest; int gross; savings interest; cashback
        paid|earned|reward; reward cashback
        """,
        Flow.IN,
    ),
    rule(
        "mortgage",
        "housing",
        0.92,
        """
        building society mort*; mort*|mtge pymt|payment|dd|a; nationwide bs m*; help to buy
        """,
    ),
    rule(
        "benefits",
        "income",
        0.93,
        """
        dwp; universal credit; child benefit; jobseekers|jsa|esa|pip|uc|dla|carers allowance|credit|dwp|$; state
        pension; working tax; tax credit|credits; pension credit; housing benefit; winter fuel; cost of living; hmrc
        child|tc|ctc; hmrc c b; dsp|dfsp; social welfare; dept social|of social; attendance allowance; student
        finance; slc
        """,
        Flow.IN,
    ),
    rule(
        "tax preparation",
        "professional_services",
        0.8,
        """
        accountant|accountancy|bookkeep* fee|fees; taxscouts|taxback
        """,
    ),
    rule(
        "payment of tax",
        "government_taxes",
        0.93,
        """
        council tax; ctax; hmrc; h m revenue; hm revenue; vehicle tax; dvla; road|motor tax; self assessment; nndr;
        business rates; corporation tax; paye nic; revenue commissioners|ie|collector; collector general; property
        tax; lpt; companies house; stamp duty land; n i contribution*; c tax; ltd council tax; congestion
        charge|penalty
        """,
    ),
    rule(
        "tax authority",
        "government_taxes",
        0.78,
        """
        borough council|of; city|county|district|metropolitan|town council; hm courts|passport|land|prison;
        hmcts|hmpo; land registry; dbs check
        """,
    ),
    rule(
        "loan payment",
        "loans_fees",
        0.88,
        """
        student loan|loans; slc; pcp; car|motor|black|volkswagen|vw|bmw|ford finance|horse|fs|financial|credit
        !warehouse; blackhorse; zopa|lendable|novuna|klarna|creation|hitachi loan|payment|loan|finance|bank|$; close
        brothers; moneybarn; catalogue payment
        """,
    ),
    rule(
        "pay",
        "income",
        0.95,
        """
        salary|wages|bacs salary|pay|wages; bgc .. payroll|salary|wages|pay; fpi .. salary|wages|payroll; nhs trust
        .. salary|payroll; nhs pay; payroll; pension*; teachers pension*; annuity; expenses $; lpfa; uss pension;
        pay from
        """,
        Flow.IN,
    ),
    rule(
        "dividend",
        "income",
        0.9,
        """
        div|dividend payment; dividend; gia income; premium bonds prize; ns i prem*; nsandi prize
        """,
        Flow.IN,
    ),
    rule("lottery", "entertainment", 0.85, "national|postcode|health lottery; premium bonds"),
    rule(
        "card payment",
        "transfers_cash",
        0.88,
        """
        barclaycard|mbna|vanquis|aqua|capquest|tesco|sainsburys|nationwide|virgin|halifax|lloyds|natwest|santander|
        hsbc|capital cc|credit|c|card|bank|one? card|cc|c? payment|visa|mastercard|mc|pymt|credit|crd $;
        barclaycard|mbna|vanquis|newday; amex|american direct|exp|express dd|debit|3773*|payment|$; credit card; cap
        one; capital one $; direct debit payment received; payment received thank; aqua credit
        """,
    ),
    rule(
        "rent",
        "housing",
        0.9,
        """
        lettings|letting agent*; openrent|rentd; housing assoc*|association|trust|ha; ground rent; estate
        agent*|agents; lodger; flat|house share; rent ref; estates rent; housemate bills
        """,
    ),
    rule(
        "premium",
        "insurance",
        0.88,
        """
        insurance|assurance; bupa|axa|aviva|vitality|admiral|esure|churchill|directline|zurich|vhi|laya health|ins|
        insurance|life|pmi|premium|plc|ltd|general $; hastings ins|insur*|direct; lv
        ins|insur*|general|car|home|life; direct line ins|insur*|home|motor|car|pet|$; l g insurance; life cover;
        legal general !surveying|pension|annuity|investment*; car insurance; policy dd
        """,
    ),
    rule(
        "utility bill",
        "utilities_telecom",
        0.88,
        """
        octopus|ovo|bulb|edf|eon|npower|utilita|shell|sse|so|utility energy|warehouse|electricity|airtricity|power;
        e on !drive; edf; british|scottish|bord|sse gas|power|gais|energy|hydro|electric; thames|severn|anglian|
        yorkshire|united|wessex|southern|welsh|scottish|affinity|bristol|northumbrian|irish|uisce|south
        water|trent|utilities|east|west|staffs; electric ireland; bt group|bill|broadband; tv|wifi bill;
        talktalk|plusnet; ee limited|ltd|t; o2|vodafone|giffgaff|eir bill|uk|ltd|limited|mobile; virgin
        media|mobile; sky digital|subscriber; three hutchison; h3g; hyperoptic; energia
        """,
    ),
    rule("utility bill", "utilities_telecom", 0.9, "tv licen*; tvl|tvlicen*"),
    rule("state document", "government_taxes", 0.85, "mot test fee; penalty charge; pcn"),
    rule(
        "donation",
        "charity_donations",
        0.85,
        """
        justgiving|charity donation; zakat|sadaqah; collection church; gift aid; oxfam|unicef|nspcc|rspca|barnardos
        direct|donation|dd|$
        """,
    ),
    rule(
        "cash machine",
        "transfers_cash",
        0.95,
        """
        cash machine; cashpoint; cash withdrawal*|wdl; lnk; cash at; link cash; post office cash|counter|counters
        deposit|credit|withdrawal|wdl; notemachine; cardtronics; cash paid in; paid in at; paying in; credit paid
        in; cash lodgement; lodgement
        """,
    ),
    rule(
        "cheque",
        "transfers_cash",
        0.75,
        """
        ^ chq|cheque|chqs paid|in|number|no|cash? $; cheque|chq paid|in|deposit; counter cheque; dpc $
        """,
    ),
    rule(
        "between people",
        "transfers_cash",
        0.9,
        """
        monzo me; revolut; payment to|from friend|mate; mobile payment to|from; owed $; owe you; pay|paid you back
        """,
    ),
    rule(
        "transfer",
        "transfers_cash",
        0.85,
        """
        faster payment|payments|pymt|pymts; fpi|fpo !management|mgmt; fps receipt|credit|payment|in|out|from|to;
        bacs; chaps; bank|giro credit; bank giro; bgc; ^ giro; giro credit; transfer via; telephone banking; bp|ftr
        to|from; inter bank|branch; sepa credit|transfer|ct; tfr; automated credit; 365 online; immediate payment;
        sent from|via|to; remitter
        """,
    ),
    rule(
        "savings",
        "transfers_cash",
        0.85,
        """
        to|from|cash|stocks isa; isa|lisa transfer|saver|deposit|contrib*; help to buy isa; regular saver;
        bonus|instant saver|isa|access; save the change; pot|pots transfer|withdrawal|deposit; to|from pot; ns i;
        nsandi; premium bonds purchase; moneybox|plum|chip savings|saving|save|$; to a c; from a c; to|from
        easy|joint|current
        """,
    ),
    rule("payment in an app", "transfers_cash", 0.6, "bill payment $; ^ payment to"),
)
