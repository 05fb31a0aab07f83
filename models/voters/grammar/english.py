"""Phrases that English-speaking banks of several countries share."""

from models.voters.grammar.rule import Flow, GrammarRule, rule

ENGLISH: tuple[GrammarRule, ...] = (
    rule("school fees", "education", 0.85, "school|tuition|college|universit*|course|exam|student|nursery .. fee|fees"),
    rule("school fees", "education", 0.85, "tuition; ^ school|schooling $; after school club|care; schoolfees"),
    rule(
        "fee reversed",
        "loans_fees",
        0.8,
        """
        fee|fees rebate|revers*|refund*|waive*|rev|credit|adjustment; refund|refunded|reverse|reversal .. fee|fees;
        rebate .. fee|fees; charge|charges reversed|reversal|refunded|rebate
        """,
    ),
    rule(
        "insufficient funds",
        "loans_fees",
        0.95,
        """
        nsf; non|in sufficient funds|fund; insufficient|insuff funds|fund|fnds; item unpaid; no funds;
        unpaid|returned|bounced item|items|cheque|check|dd|direct fee|charge; dishono*
        """,
    ),
    rule(
        "bank fee",
        "loans_fees",
        0.95,
        """
        account|accounts|acct|acc|admin*|monthly|service|svc|serv|maint*|bank|atm|withdrawal|overdraft|od|nsf|
        insufficient|return|returned|abm|ewallet|payshap|send|immediate|banking|bacs|prepaid|trf|mortgage|
        transaction|trans|txn|processing|notification|payment|pymt|transfer|tfr|wire|late|annual|foreign|
        international|intl|exchange|fx|card|statement|stmt|domestic|deposit|interac|cash|paper|unpaid|cheque|check|
        chq|minimum|inactivity|dormant|overlimit|replacement|stop|conversion|credit|purchase|management|plan|sms|
        debit|dispute|ledger|cross|currency|quarterly|item|safe|balance|arrangement|non|excess|handling|collection|
        express|rush|teller|branch|counter|bounced|exceeded .. fee|fees|charge|charges|chg|chgs|chrg
        """,
    ),
    rule(
        "bank fee",
        "loans_fees",
        0.9,
        """
        service|bank|admin|monthly|account .. charge|charges|chg; overdraft|overdrawn|od handling|item|protection|
        usage|interest|paid|chgs|charge*|fee*; foreign transaction|exchange|currency adj*|fee; commission charged;
        service charge|charges; svc chg; ^ fee|fees|charges $; ^ bank fees|charges|fee|charge; ^
        commission|commissions $; card|pin replacement|reissue; stop payment|cheque|check; late payment|pmt
        penalty|charge|fee; over limit fee; returned payment|item|deposited|cheque|check|deposit; safe deposit box;
        safety deposit; cheque|check book|order
        """,
    ),
    rule(
        "interest charged",
        "loans_fees",
        0.92,
        """
        interest charge*; interest on? debit; finance charge*; interest on purchases|cash|balance|advances|
        overdraft|overdrawn; purchase|purchases|cash interest; debit interest; int charged|on|debit; interest
        applied
        """,
        Flow.OUT,
    ),
    rule(
        "interest",
        "income",
        0.7,
        "^ cashback|cash back reward|rewards|bonus|credit|$; cashback reward|rewards|bonus|credit",
        Flow.IN,
    ),
    rule("interest sweep", "transfers_cash", 0.7, "interest sweep"),
    rule(
        "interest",
        "income",
        0.92,
        """
        interest|intr; int paid|pd|earned|rebate|pymt|pmt|payment|credit; int on credit|deposit; gross|net|credit
        int
        """,
        Flow.IN,
    ),
    rule("interest", "loans_fees", 0.75, "interest !group|free|flora; int on", Flow.OUT),
    rule(
        "mortgage",
        "housing",
        0.92,
        """
        mortgage|mortgages|mortgag|mortg|mtge|mtg; home loan|loans; homeloan*; house loan; building loan|society
        mortgage
        """,
    ),
    rule(
        "tax preparation",
        "professional_services",
        0.85,
        """
        tax prep*|service|services|advis*|accountant*|masters|consult*
        """,
    ),
    rule("tax preparation", "professional_services", 0.85, "income tax service*|prep*; tax return service*"),
    rule(
        "benefits",
        "income",
        0.92,
        """
        unemployment; child benefit; veterans|veteran affairs|benefit*; state pension; disability benefit|allowance;
        social security|grant; survivor|family benefit|allowance
        """,
        Flow.IN,
    ),
    rule(
        "tax refund",
        "income",
        0.8,
        """
        tax|taxes|vat|gst refund|rebate|repayment|credit; refund of? tax; taxrfd*; taxref*; tax ref|rfd; refund
        hmrc|irs|ato|sars|ird|canada|cra
        """,
        Flow.IN,
    ),
    rule(
        "payment of tax",
        "government_taxes",
        0.92,
        """
        property|council|income|franchise|vehicle|road|sales|capital|land|municipal|estimated|payroll|federal|state|
        self|business|vat tax|taxes; self assessment; vat payment|return|pmt; tax|taxes payment|pmt|pymt|bill|due|
        refund|rebate|installment|instalment|return; gst|hst|pst payment|pmt|refund|return; ^ tax|taxes|vat $
        """,
    ),
    rule("tax authority", "government_taxes", 0.9, "revenue agency|canada|service|commissioners; receiver general"),
    rule(
        "loan payment",
        "loans_fees",
        0.88,
        """
        student|auto|car|personal|payday|vehicle|study|cash|bridging|boat|rv loan|loans|ln|lending; loan|loans ..
        payment*|pmt*|pymt*|repay*|pay|debit|deduction|instal*|inst|prem; lease pmt|payment|pymt; hire purchase;
        loan payoff; autoloan; carloan
        """,
    ),
    rule(
        "loan payment",
        "loans_fees",
        0.75,
        """
        car|vehicle|auto finance !office; car payment|note; line of credit; loc payment|pmt; debt collect*|
        repayment|consolid*|management|relief; credit repair
        """,
    ),
    rule(
        "pay",
        "income",
        0.95,
        """
        payroll|salary|wage|wages|salaries; dir|direct dep*; directdep*; net pay; pension|pensions|annuity; monthly
        pay !out; pay run|slip|cheque|check; bonus payment|pay; ^ salary; ^ bonus $; earnings !per; stipend;
        expenses reimburse*|claim; reimbursement expenses; employer
        """,
        Flow.IN,
    ),
    rule(
        "pay",
        "income",
        0.75,
        """
        commission|commissions; reimburs*; freelance; invoice paid; ^ pay $; scholarship; retirement; tips
        payout|direct; royalt*
        """,
        Flow.IN,
    ),
    rule(
        "pay",
        "income",
        0.6,
        """
        payroll|salary !finance|services|software|service|fees|deduct*|saver; ^ wages $
        """,
        Flow.OUT,
    ),
    rule("dividend", "income", 0.92, "dividend|dividends|divid; div payment|pmt|reinvest*|income|cr", Flow.IN),
    rule("lottery", "entertainment", 0.85, "powerball|lotto|lottery|lottomax|euromillions|lotteries; mega millions"),
    rule("winnings", "income", 0.6, "winnings", Flow.IN),
    rule(
        "card payment",
        "transfers_cash",
        0.9,
        """
        payment received? thank; payment thanks|thankyou; pay|autopay|epay|payment .. thank you; autopay|epay thank;
        credit|cr card|crd .. payment|pmt|pymt|autopay|epay|paymt|pmnt|repayment; creditcard*; crcard*; visa|
        mastercard|amex|discover|citi|barclaycard bank|card|cc? auto|online|web|e|bill? payment|pmt|pymt|autopay|
        epay|paymt|pay|pmnt|bill !to|at; american express card|cc|credit? auto|online|web|e|bill? payment|pmt|pymt|
        autopay|epay|paymt|pay|pmnt|bill !to|at; amex epayment; capital one card|crcard|mobile|online|auto?
        pmt|payment|pymt|autopay|crcardpmt; card|cc payment|pmt $; payment to card|visa|mastercard|amex|credit; pay
        off|down credit; payoff credit; pay credit card
        """,
    ),
    rule(
        "card payment",
        "transfers_cash",
        0.7,
        """
        payment received; direct debit payment thank; payment by direct debit; automatic payment;
        autopayment|autopay $; online|internet|mobile|electronic|phone payment received|$
        """,
        Flow.IN,
    ),
    rule(
        "rent",
        "housing",
        0.9,
        """
        ^ rent|rental !a|all; rent $; order rent; monthly|house|apartment|apt|flat|room|pay|office|studio|lodging|my|
        half|our rent; landlord|landlords; rent|rental payment|pmt|pymt|due|deposit|for|share|money|jan*|feb*|mar*|apr*|
        may|june|july|aug*|sep*|oct*|nov*|dec*; lettings|letting; rentcafe; rent cafe
        """,
    ),
    rule("property management", "housing", 0.65, "apartments|apartment"),
    rule(
        "property management",
        "housing",
        0.75,
        """
        property|properties management|mgmt|mgt|mngmt; apartments payment|pmt|rent|web; body corporate; service
        charge flat; ground rent; security deposit flat|apartment|house; condo|strata fee|fees|maint*|corp|
        corporation|levy|levies; homeowners|homeowner assoc*|association
        """,
    ),
    rule(
        "premium",
        "insurance",
        0.92,
        """
        insurance|insur|ins|life|policy|health|medical|auto|home|dental premium|premiums|prem|pmt|pymt|paymt;
        assurance|assurances; premium ins|insurance|collection|coll|debit; insurance; ins prem; insprem*
        """,
    ),
    rule(
        "insurance",
        "insurance",
        0.82,
        """
        insurances|insur|insuran*; funeral|life|home|car|motor|pet|travel|dental|contents|building|buildings
        cover|policy|plan !store; policy premium
        """,
    ),
    rule(
        "airtime and power",
        "utilities_telecom",
        0.86,
        """
        airtime; prepaid elec*|mobile|data|water|purchase|airtime|phone; data bundle|bundles; electricity token|
        prepaid|voucher|purchase|payment|bill; mobile|phone top up|topup; phone|mobile|cell recharge|refill
        """,
    ),
    rule(
        "utility bill",
        "utilities_telecom",
        0.88,
        """
        water|gas|electric|electricity|power|hydro|phone|telephone|internet|broadband|mobile|cell|cable|energy|
        utility|utilities|wifi bill|bills|bil; utility|utilities payment|pmt|pymt; ^ water|electricity|electric|
        broadband|utilities|internet|wifi $; water rates; ^ phone $; sewer bill|service; water sewer; trash
        bill|service
        """,
    ),
    rule("fuel purchase", "fuel", 0.93, "^ fuel purchase; ^ petrol $"),
    rule(
        "donation",
        "charity_donations",
        0.85,
        """
        donation|donations|donate; tithe|tithes|tithing; charity|charitable gift|contribution; gift aid
        """,
    ),
    rule(
        "state document",
        "government_taxes",
        0.85,
        """
        passport; driving|driver|drivers licen*; vehicle|car registration; court fine|fines|fee|fees; parking
        fine|penalty; speeding fine|ticket; traffic fine|fines|ticket|tickets; visa application
        """,
    ),
    rule(
        "cash machine",
        "transfers_cash",
        0.95,
        """
        atm|abm; cash withdrawal*|wdl|wthdrl|wd|w|machine|advance|deposit*|back|disbursement|out|sent|send|
        dispensed|paid !fee|fees; cashback|cashwithdraw*|cashsend|cashpoint; withdrawal atm|cash|branch|counter|$;
        counter|teller|branch|otc withdrawal|deposit|credit|wdl; cash at|from atm|counter|branch|teller; nightsafe;
        ^ cash|withdrawal|deposit $
        """,
    ),
    rule(
        "cheque",
        "transfers_cash",
        0.75,
        """
        ^ check|cheque|chq|chk paid|number|no|num? $; mobile|remote|online check|cheque? deposit; cheque|check
        deposit|deposited|paid|withdrawal|cashed; ^ deposit $; deposit id|at|by|number; check|cheque number|no #;
        bank|cashiers|cashier draft|check; cashier s check; money order
        """,
    ),
    rule(
        "between people",
        "transfers_cash",
        0.9,
        """
        zelle|venmo; cash app; cashapp*; send|sent money; apple cash; western union; westernunion; money
        transfer|transfers|trans; moneygram; money gram|send; remitly|xoom; wise transfer|payment|pmt; transferwise;
        google pay send; pay a friend; payment from|to friend; popmoney; revolut|monzo transfer|payment|top|topup;
        paypal transfer|xfer|transf*|withdrawal|add; remittance; world remit; worldremit; paid back; pay back $;
        split bill $
        """,
    ),
    rule("between people", "transfers_cash", 0.65, "paypal inst|instant|echeck|payment|pmt|credit"),
    rule(
        "transfer",
        "transfers_cash",
        0.9,
        """
        internal|online|bank|account|acct|acc|savings|saving|book|internet|mobile|funds|fund|balance|own|auto|
        automatic|recurring|scheduled|digital|branch|ext|external|ach|wire|instant|immediate|realtime|electronic|
        overdraft|inter|telephone|customer|credit|debit|eft|ib|mb|pc|web|intra|deposit|checking|chequing|brokerage|
        ira|money transfer|transfers|transf|xfer|trf|tfr|trsf|trfr|xfr; transfer|transfers|transf|xfer|trf|tfr|trsf|
        trfr|xfr to|from|in|out|between|fr|into|credit|debit|cr|dr|$; real time transfer|transfers|transf|xfer|trf|
        tfr|trsf|trfr|xfr; ^ transfer|transfers|transf|xfer|trf|tfr|trsf|trfr|xfr; wire
        in|out|type|transfer|incoming|outgoing; inter account|acct; between|own accounts; to|from my account;
        onlinetransfer; transfer* savings|checking|saving; incoming|outgoing wire; swift
        in|out|transfer|inward|payment; inward|outward swift|payment
        """,
    ),
    rule(
        "transfer",
        "transfers_cash",
        0.7,
        """
        payment received; realtime credit; acb credit; credit transfer; inward payment; deposit from; funds
        received; fast|instant payment credit|received|from
        """,
        Flow.IN,
    ),
    rule(
        "savings",
        "transfers_cash",
        0.8,
        """
        to|from savings|saving|sav|checking|chequing|chk|current; savings|saving deposit|pocket|plan|account|
        contribution|goal|vault|pot|acct; round up|ups transfer|savings|saving|$; roundup|roundups; keep the change;
        save the change; spare change; bank your change; ^ savings|saving $; to pot; pot transfer; investment
        account|transfer|contribution|deposit; brokerage; 401k; ira contribution|contrib; term|fixed deposit; money
        market; cd deposit; overdraft transfer
        """,
    ),
    rule("transfer", "transfers_cash", 0.7, "payment from", Flow.IN),
    rule("loan", "loans_fees", 0.7, "loan|loans; lending|lend !library"),
)
