"""Phrases of banks in the USA and Canada, French-speaking ones of Canada included."""

from models.voters.grammar.rule import Flow, GrammarRule, rule

NORTH_AMERICAN: tuple[GrammarRule, ...] = (
    rule(
        "bank fee",
        "loans_fees",
        0.93,
        """
        overdrawn|overdraft handling; od item|protection; courtesy pay; extended overdraft; pod item|fee; frais
        mensuels|bancaires|de|administration; frais d utilisation; chargeback fee; fee foreign; analysis|deposited
        item|charge; returned deposited; non network; non chase|wf|bofa|td atm fee; network fee; cash advance fee;
        balance transfer fee; annual membership fee; intl tran*|trx fee; account research
        """,
    ),
    rule(
        "interest charged",
        "loans_fees",
        0.92,
        """
        interest charge|charged on; frais d interet; loan interest; interest frm
        """,
        Flow.OUT,
    ),
    rule(
        "interest",
        "income",
        0.92,
        """
        interest payment|credit|deposit; monthly interest; apy earned; ioc interest; interets
        """,
        Flow.IN,
    ),
    rule(
        "mortgage",
        "housing",
        0.9,
        """
        hypotheque|hypotheq*|pret hypothecaire; mtg pymt|pmt|pay|ln; mortgage payment; home mtg; nationstar|mr
        cooper; pennymac|newrez|loancare|loandepot; freedom mtg|mortgage; rocket|quicken mortgage|loans; heloc; home
        equity
        """,
    ),
    rule(
        "tax preparation",
        "professional_services",
        0.85,
        """
        turbotax|taxact|taxslayer; turbo tax; h r block; hrblock|hrb; jackson hewitt
        """,
    ),
    rule(
        "benefits",
        "income",
        0.93,
        """
        ssa treas*; soc|social sec*; ssi treas*; va benef*|benefit; vacp treas; canada child|ccb|pro|fed|cpp|oas|ei|
        carbon|workers|rit; old age security; employment insurance; ei canada; climate action; on trillium; ontario
        trillium|trillium; gst canada|credit|gst|hst; gst hst credit; gstc; child tax; edd ui|di; ui
        benefit*|payment; unemp*; unemploy*; snap benefit|benefits; supp sec; opm1 treas; dfas|mil
        retiree|retired|allot; fed salary; state ui; irs treas .. childctc|taxeip|eip; taxeip*; childctc; stimulus;
        economic impact; assurance emploi; allocation|allocations famil*|enfant*; pension|rrq|rpc alimentaire?; cpp;
        quebec pension; dept of labor; workers comp|compensation
        """,
        Flow.IN,
    ),
    rule(
        "tax refund",
        "income",
        0.8,
        """
        irs treas; canada rit; dept|department of? rev* .. refund|ref|rfd; remboursement|retour impot*; cra|arc
        refund|remb*; franchise tax .. refund|ref|rfd
        """,
        Flow.IN,
    ),
    rule(
        "payment of tax",
        "government_taxes",
        0.93,
        """
        irs treas .. tax; irs treas .. taxref|ref|refund; usataxpymt|usataxpmt; irs; tax ref|taxref*; taxrfd*;
        franchise tax; ftb|eftps; nys|mass|ca|state dtf|dor|tax|taxrfd|comptroller; dept of|revenue revenue; dept
        revenue; cra|arc payment|tax|remb*|refund|t1|pmt; canada rit; remboursement impot*; impot|impots; txbl*;
        revenu quebec|canada; ville de .. taxes; taxes municipales|scolaires; municipal taxes; county treasurer|tax;
        tax collector
        """,
    ),
    rule(
        "tax authority",
        "government_taxes",
        0.88,
        """
        agence du revenu; canada revenue; department|dept of motor|treasury; dmv; secretary of state;
        serviceontario|saaq|icbc licen*|!ins|insurance|claim; uscis; state of .. dmv; clerk of courts|court
        """,
    ),
    rule(
        "loan payment",
        "loans_fees",
        0.88,
        """
        dept|department of ed*; dept ed*; dept education; navient|nelnet|mohela|fedloan|aidvantage|firstmark; great
        lakes student|educational|ed; sallie mae; lendingclub|upstart|affirm|prosper|onemain|avant
        pay*|loan|pmt|pymt|servicing; ally|toyota|honda|ford|nissan|hyundai|kia|gm|santander|chrysler|bmw|vw|subaru|
        tesla|lexus|mercedes|td fin|finance|financial|auto|motor|credit .. payment|pmt|pymt|ach|paymt|paym*|lease;
        carmax|credit auto|acceptance finance|corp|pay*; capital one auto; chase auto; wells fargo auto|dealer; wf
        loan|ln pay*|pymt; ln pymt|pmt; nslsc; marge de credit; pret auto|etudiant|personnel; loan pmt; line|ligne
        of|de credit; loc pay|pmt; klarna|afterpay pymt|installment; debit memo loan
        """,
    ),
    rule(
        "pay",
        "income",
        0.95,
        """
        payroll; dir|direct dep; directdep; reg|regular salary; salary dir; fed|agri treas .. sal|salary; pay dep*;
        pay pay; paie|paye|salaire; depot paie|salaire|direct; paychex|gusto|adp|intuit ..
        payroll|pay|dir|dd|wage|wages|tps|net; adp tx*; payrll|pyrl|payroll*; net pay; gusto pay; deposit payroll;
        quickbooks payroll; dd salary|payroll|pay; pension|retirement benefit|pmt|pay|ben; pers retire*|benefit;
        calpers|calstrs; teachers retirement; des payroll|dirdep|dir|salary|pay; descr
        payroll|dirdep|salary|pay|paycheck; misc payment pay; payroll deposit; expensify|concur reimb*|expense;
        annuity
        """,
        Flow.IN,
    ),
    rule(
        "card payment",
        "transfers_cash",
        0.9,
        """
        crcardpmt|crd pmt|epay|epymt|autopay; card services|srvcs|member .. pmt|pymt|payment|web|epay; chase|citi|
        citicard*|discover|synchrony|syncb|comenity|barclays|barclaycard|bk|cardmember|applecard|gsbank|cabela*|
        nordstrom|macys|target|kohls|sears|wells|boa|bofa|bk card|credit|crd|cr|cards|serv|bank|us|e|online|web?
        crd|card|cr|credit|cc|online? epay|autopay|autopymt|payment|payments|pmt|pymt !to; applecard; apple card
        pay*|pmt|gsbank; citi autopay|card|crd; bill pay visa|mc|mastercard|amex; visa|mc|mastercard|amex
        bill|pmt|bpy; paiement visa|mastercard|carte; payment|pmt|paiement merci; to credit card|crd; online payment
        to? crd|credit; cardmember serv*; amex epayment|pmt; payment to .. card ending; payment to chase card;
        rbc|td|bmo|cibc|scotia* visa|mastercard payment|pmt|bill|$; customer payment thank; mobile
        pymt|pmt|payment capital|thank; tfr to c c; tfr c c; walmart mastercard; triangle mastercard
        """,
    ),
    rule(
        "rent",
        "housing",
        0.9,
        """
        rent payment; apartment rent; web pmts .. apartment|apartments|property|realty|residential|apts; yardi|
        appfolio|clickpay|rentpay*|zego|payhoa; invitation homes; loyer|loyers; lease rent; hoa
        dues|fee|fees|payment|pmt; condo fees; assn|assoc dues|assessment; strata fee*; frais condo|copropriete;
        essex|equity|greystar property|residential|apartments
        """,
    ),
    rule(
        "premium",
        "insurance",
        0.9,
        """
        ins prem|pymt|pmt|prm; prem coll|pmt|pymt; prime|primes assurance*; assurance|assurances; state farm
        ro|ins|insurance|rofmt; geico|allstate|progressive|usaa|aflac|farmers|metlife|prudential|cigna
        prem*|ins|insur*|pmt*|pymt*|pol*|p; nyl|nationwide|travelers|erie ins|insur*|prem*|pers*|auto; usaa p c; ppd
        insurance; blue cross|shield !vets|charity|claim|claims|animal*; kaiser dues|premium; great west life;
        manulife|sunlife prem*|ins|insur*; sun life !investments|claims|pension*|centre|center; lemonade ins|insur*;
        icbc ins|insur*|autoplan
        """,
    ),
    rule(
        "utility bill",
        "utilities_telecom",
        0.85,
        """
        utility|telephone|cell|cable|internet bill pmt|pay|payment; hydro one|quebec|ottawa|bill;
        toronto|alectra|london|bc|manitoba hydro; ^ hydro $; fortis*; enbridge; utilities|electric|energy|power|
        water|gas|wireless|comm web|online|elec? pmts|pmt|pymt|bill|pay|payment|autopay|billpay; wireless pmt|bill;
        comcast|xfinity|verizon|att|tmobile|spectrum payment|pmt|bill|paymentrec; at t payment|bill; t mobile
        pcs|payment|bill; bill water|hydro|gas|electric; facture hydro|bell|videotron|telus; con ed|edison; coned;
        pg e; duke energy*; florida power; fpl; peoples|national|southwest gas|grid
        """,
    ),
    rule(
        "cash machine",
        "transfers_cash",
        0.95,
        """
        instant teller; guichet; retrait; cash withdra*; cash advance; cash eway; withdrwl|wdl|wdr|wthdrwl; customer
        withdrawal; branch transaction; depot guichet; non bank atm; automated banking machine; shared abm; cash
        deposit; currency exchange|foreign cash; counter credit; over the counter
        """,
    ),
    rule(
        "cheque",
        "transfers_cash",
        0.75,
        """
        mobile cheque|check deposit|dep; remote dep*; ^ check|cheque|chq #; chk|chq # $; depot mobile|cheque; cheque
        $; ^ deposit id|at|by|#; edeposit*; counter check; check withdrawal; deposited check|cheque; electronic
        check; ^ draft $
        """,
    ),
    rule(
        "between people",
        "transfers_cash",
        0.92,
        """
        e transfer|trf|tfr|trnsfr|xfer; etransfer*|etrnsfr*|etrf|etfr; interac e|etrnsfr|etransfer|transfer; sqc;
        virement|vir interac; virmt; autodeposit; zel|zelle; venmo cashout|payment; person to person; p2p; email
        money; popmoney*; facebook|apple pay|cash transfer|sent|payment|bal|inst; recvd from zelle; quickpay; chase
        quickpay; cash app|square; send e tfr; internet e transfer; paypal inst xfer $; request money
        """,
    ),
    rule(
        "transfer",
        "transfers_cash",
        0.9,
        """
        tfr to|fr|from|c; ssv to|from; pts to|from|frm; online transfer; online banking transfer|foreign;
        mb|pc|www|tel transfer|trf; customer transfer; internet transfer|xfer; transfer withdrawal|deposit; home
        banking; shared branch; virement|transfert; ach xfer|transfer|pull|push; acctverify; bank xfer; trial|micro
        deposit|dep|deposits; acct verify*; p2p transfer; moneyline|money line; schwab|vanguard|fidelity|etrade|
        robinhood|acorns|betterment|wealthfront|stash|coinbase|wealthsimple|questrade|webull|edward|ameritrade|
        merrill|webbroker .. transfer|moneylink|buy|invest*|funds|fund|debits|edi|deposit|contrib*|fid|pymt|ach|eft|
        investment|investments; tda; mspbna; ally bank transfer|p2p; marcus goldman|invest|by; sweep
        to|from|account|acct|transfer|$; zero balance; ^ investment|investissement $
        """,
    ),
    rule(
        "savings",
        "transfers_cash",
        0.85,
        """
        to|from sav|savings|chk|chking|share|money|mm; way2save; rrsp|tfsa|resp|reer|celi|fhsa; overdraft
        protection? transfer; keep the change; epargne; qapital|digit|chime transfer|savings|save; save when;
        savings round; auto save; autosave
        """,
    ),
    rule("payment in an app", "transfers_cash", 0.65, "misc payment $; bill payment $; online banking payment $"),
)
