"""Phrases of banks in South Africa and Australia, with New Zealand."""

from models.voters.grammar.rule import Flow, GrammarRule, rule

SOUTHERN: tuple[GrammarRule, ...] = (
    rule(
        "school fees",
        "education",
        0.85,
        """
        skoolgeld; school|creche|aftercare fees; nsfas|hecs|help repay*; varsity fees
        """,
    ),
    rule("fee reversed", "loans_fees", 0.8, "fee rebate; service fee rebate; fees refunded; fooi terug*"),
    rule(
        "insufficient funds",
        "loans_fees",
        0.95,
        """
        unpaid debit|debicheck|do|no; returned unpaid; unpaid order; r d no|cheque; rtd debit; onbetaal*; refer to
        drawer; rd no; declined pos|atm|purchase|transaction|insufficient; dishonour fee
        """,
    ),
    rule(
        "bank fee",
        "loans_fees",
        0.93,
        """
        debit|stop order fee|fees|unpaid|dispute|reversal; debicheck|honouring|authentication|admin|initiation|
        ledger .. fee|fees|charge; fixed monthly|maintenance; notific* fee|sms; notifyme; proof of pmt|payment;
        transaction charge*|fee*; monthly acc|account|maintenance|administration; bankkoste*; diensfooi*;
        maandfooi|fooi|fooie*; archive stmt; balance enquiry; declined trans*|fee; ebucks .. fee; value added
        services; international transaction|trans|txn|tran; intl txn; merchant surcharge; overdrawn approval|fee;
        cash|eft deposit|withdrawal|send|payment fee*; uncleared|non bank; decline* fee; dr card|cheque card fee*;
        fee iro|on|for; sms fee|fees|notification; vat on|charge fee*; honour fee; card|credit card
        initiation|service fee*
        """,
    ),
    rule(
        "interest charged",
        "loans_fees",
        0.92,
        """
        debetrente; debit int*; dr int*; interest on|limit overdraft; excess interest; overdraft interest; rente op
        lening
        """,
        Flow.OUT,
    ),
    rule(
        "interest",
        "income",
        0.92,
        """
        kredietrente; credit|cr|bonus|base interest|int; rente verdien; interest capital*; int on credit
        """,
        Flow.IN,
    ),
    rule(
        "mortgage",
        "housing",
        0.92,
        """
        bond repay*|payment|pmt|inst*|debit; huislening; verband $; verband betaling|paaiement; sa home loans; ooba;
        home|homeloan loan
        """,
    ),
    rule(
        "benefits",
        "income",
        0.93,
        """
        sassa|uif; centrelink|ctrlink; family tax|ftb; jobkeeper|jobseeker; age pension; austudy|youth|abstudy;
        medicare benefit|bene|mcare; mcare benefits; ndis; parenting payment; fam allow*; srd grant; child support
        grant; work and income; winz; ird tax credits; dva
        """,
        Flow.IN,
    ),
    rule("tax refund", "income", 0.8, "ato|sars|ird|hmrc refund|ref|terugbetaling", Flow.IN),
    rule(
        "payment of tax",
        "government_taxes",
        0.92,
        """
        sars !cov; ato payment|tax|return|refund|$; tax office; belasting; ird; bas payment; revenue nsw|office;
        state revenue; car|vehicle licence|license|lic|rego; rego; service nsw; vicroads; natis|enatis; rates and
        taxes; land rates; municipal rates; council rates; aarto|paycity
        """,
    ),
    rule(
        "utility bill",
        "utilities_telecom",
        0.75,
        """
        municipality !of; city of tshwane|joburg|johannesburg|cape|ekurhuleni; ethekwini|eskom; joburg water; rand
        water; munisipal*; agl|origin|energyaustralia|synergy|ausgrid energy|electricity|sales|$;
        sydney|yarra|sa|queensland|melbourne water; telstra|optus|telkom|vodacom|mtn|cellc|afrihost bill|services|
        debit|pre*|sp|pty|contract|airtime|$; cell c
        """,
    ),
    rule(
        "loan payment",
        "loans_fees",
        0.88,
        """
        lening; wesbank|mfc|bayport|finbond|oldmutualfin|directaxis|finchoice|african .. loan|repay*|inst*|finance|
        debit|vaf|bank|$; vehicle|asset finance; capitec|fnb|absa|nedbank|standard loan; motor finance; revolving
        credit|loan; personal|voertuig lening; vaf; latitude|zip|afterpay loan|pay|finance|co|$; direct axis;
        wesbank; loan repay*
        """,
    ),
    rule(
        "pay",
        "income",
        0.95,
        """
        salaris|salarisse|loon|lone|pensioen; salary|salaris from|credit|cr; wages; payroll; magtape credit
        salary|salaris; salary magtape; pay|wage fortnight*|weekly|wk|w; gepf; gems pension; persal
        """,
        Flow.IN,
    ),
    rule(
        "lottery",
        "entertainment",
        0.85,
        """
        lotto|powerball|lott purchase|$; the lott; tattersalls; ithuba; national lottery
        """,
    ),
    rule(
        "card payment",
        "transfers_cash",
        0.88,
        """
        kredietkaart*; credit card payment|transfer|pmt; cc payment; discovery card pay*|debit
        """,
    ),
    rule(
        "rent",
        "housing",
        0.9,
        """
        huur|huurgeld; ^ levy|levies $; estate|complex|monthly levy|levies; huur van; real estate rent; defteam|deft
        rent|pay*; ray white rent|trust; rental cola|bond; residential tenanc*; rta bond; body corp*; rent|huur
        flat|garage
        """,
    ),
    rule(
        "premium",
        "insurance",
        0.9,
        """
        insurance premium; versekering*; premie|premies; begrafnis*; funeral policy|plan|cover|scheme|premium;
        avbob|clientele|metropolitan|hollard|outsurance|sanlam|liberty|momentum|assupol|1life|miway|santam|metlife|
        telesure|auto|king|dialdirect|budget life|lif|debit|policy|ins|insur*|prem*|fun*|policy|pol|polis|fire|gen*;
        outsurance|hollard|santam|assupol|avbob|clientele|oldmut*; old mutual; discovery ins|insur*|life;
        disclife|discinsure|dischealth; discovery health|med*|disc; bonitas|medihelp|bestmed|gems|fedhealth|
        medshield|polmed|momentummed med*|contrib*|$; medical aid|scheme; nrma|racv|racq|aami|allianz|suncorp|gio|
        budget|bupa|medibank|hcf|nib|hbf|ahm|youi insurance|ins|health|private|premium|$; king price
        """,
    ),
    rule(
        "airtime and power",
        "utilities_telecom",
        0.9,
        """
        lugtyd; prepaid|voorafbetaal* elec*|krag|mobile|airtime|data|purchase|vodacom|mtn|cell|telkom|water;
        electricity purchase|prepaid|token; vodacom|mtn|telkom|cell|cellc airtime|prepaid|data|bundle; prepaid; elec
        purchase|prepaid; recharge optus|telstra|vodafone; vas vodacom|mtn|cell|telkom; krag; data|airtime purchase;
        vas00*
        """,
    ),
    rule(
        "donation",
        "charity_donations",
        0.8,
        """
        tiende|dankoffer|skenking; tithe offering; ng kerk; kerk $; gift of givers
        """,
    ),
    rule(
        "cash machine",
        "transfers_cash",
        0.95,
        """
        autobank; cashsend; cash|kontant send|sent|onttrek*|deposito; kontantonttrek*; instant money; kontant*; adt
        cash|deposit; cash dep*; wdl atm; withdrawal atm; bna|cdm deposit|cash; saswitch; outlet cash; cash at
        till|pos; pos cash; purchase with cash; cardless; geld ontrek*
        """,
    ),
    rule("cheque", "transfers_cash", 0.7, "tjek; cheque deposit"),
    rule(
        "between people",
        "transfers_cash",
        0.92,
        """
        ewallet; e wallet; payshap; pay shap; rtc pmt|payment|credit; send money; send imali;
        mukuru|mamamoney|hellopaisa; osko|payid; pay anyone; beem|beemit; cash sent; pay2cell; geo payment; geopay;
        snapscan transfer; capitec pay transfer; mama money; hello paisa
        """,
    ),
    rule(
        "transfer",
        "transfers_cash",
        0.88,
        """
        oorplasing*; inter acc*; ib transfer|oorplasing; digital transf*; immediate|imm trf|payment|pmt|transfer;
        inst trf; transf* cr|dr|fr; fnb ob pmt; magtape credit; acb credit; real time credit|debit|payment|clearing;
        credit transfer; app transfer; banking app transfer; internet banking|trf|transfer|funds; commbank app;
        netbank transfer|tfr|to; fast transfer; scheduled transfer; linked acc*; inward swift; rtgs; realtime
        credit|debit|payment|clearing
        """,
    ),
    rule(
        "savings",
        "transfers_cash",
        0.85,
        """
        byc debit|credit; bank your change; round up transfer; live better; spaar|spaarrekening; savings pocket;
        to|from pocket; easyequities|satrix|raiz|spaceship|stake|commsec|selfwealth; easy equities; notice deposit;
        money on call; round|rounding ups|up; super contribution; investment acc*|debit; retirement annuity; unit
        trust*
        """,
    ),
    rule(
        "payment in an app",
        "transfers_cash",
        0.6,
        """
        app payment; ib payment to|from; immediate payment; internet pmt|payment to; banking app .. payment; digital
        payment; account payment $; electronic payment $; fnb app payment
        """,
    ),
)
