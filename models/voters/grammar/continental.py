"""More phrases of the euro area and Switzerland: local names of fees, taxes and benefits; umlauts as ue, oe, ae."""

from models.voters.grammar.rule import Flow, GrammarRule, rule

CONTINENTAL: tuple[GrammarRule, ...] = (
    rule(
        "utility bill",
        "utilities_telecom",
        0.96,
        """
        rundfunk ard|$; rundfunkbeitrag|beitragsservice|gez|serafe|billag; orf beitrag*; gis gebuhren|gebuehren;
        canone rai|tv; abbonamento rai; contribution audiovisuel*
        """,
    ),
    rule(
        "bank fee",
        "loans_fees",
        0.93,
        """
        abschluss per|$; kontofuehrung*|kontogebuehr*|kartengebuehr*|ruecklastschrift*|mahngebuehr*|kartenpreis|
        kartenentgelt|verwahrentgelt|depotgebuhr*|depotgebuehr*|buchungsentgelt|fremdwahrungsentgelt|
        fremdwaehrungsentgelt|bankspesen|manipulationsentgelt|jahresgebuehr|entgeltabrechnung|quartalsabschluss;
        entgelt $; frais tenue|rejet|impaye|saisie|atd|decouvert|operation|lettre|gestion|incident|d; abonnement e|
        services|sms; tenue de compte; minimum forfaitaire; arrete de? compte; redevance mensuelle; cout du compte;
        gastos devolucion|correo|gestion; cuota mantenimiento|tarjeta|servicio; cuota anual tarjeta; reclamacion
        posicion*; devolucion recibo; canone mensile|annuo|trimestrale|tenuta|bancomat|my; spese bancarie|invio|
        gestione; competenze chiusura|e|di; quota annuale|associativa carta; commissione|commissioni prelie*|
        bonifico*|istruttoria|su|per; insoluto; beheerskosten|beheerkosten|kaartkosten|kaartbijdrage|koersopslag|
        stornokosten|aanmaningskosten|betaalpakket|basispakket|directpakket; kosten oranje|geldopname|buitenland|
        creditcard|pakket|bankzaken; bijdrage creditcard|rekening|kaart
        """,
    ),
    rule(
        "interest charged",
        "loans_fees",
        0.9,
        """
        uberziehungszins*|ueberziehungszins*|dispositionszins*|dispokredit; zinsen dispo*|eingeraumte*; decouvert;
        descubierto; interessi a? debito; scoperto conto|di; sconfinamento; rente roodstand|debet; roodstand;
        debetintrest*|debetinterest*
        """,
        Flow.OUT,
    ),
    rule(
        "interest",
        "income",
        0.9,
        """
        interets crediteurs|livret|annuels; abono|remuneracion intereses|cuenta; competenze a credito;
        rentebijschrijving|creditrente|spaarrente|creditintrest*; zinsertrag|zinszahlung
        """,
        Flow.IN,
    ),
    rule(
        "mortgage",
        "housing",
        0.92,
        """
        hypothekar*|wohnbaukredit|wohnbaudarlehen|immobiliendarlehen; echeance|ech|remboursement pret immo*|habitat|
        hypoth*; credit immo*|logement|foncier|hypoth*; prestamo hipotec*; woonkrediet; hypothecair* krediet|lening
        """,
    ),
    rule(
        "rent",
        "housing",
        0.9,
        """
        mietzins|mietkaution|monatsmiete|garagenmiete|stellplatzmiete; avis d echeance loyer; quittancement;
        pigione; locazione; huishuur|maandhuur|huurprijs; kale huur; cuota comunidad; rate|rata condominial*; weg
        hausgeld; syndicus
        """,
    ),
    rule(
        "benefits",
        "income",
        0.93,
        """
        buergergeld|kurzarbeitergeld|mutterschaftsgeld|familienbeihilfe|klimabonus|pensionsversicherung*|
        arbeitsmarktservice|ausgleichskasse|arbeitslosenkasse; ^ ams $; ahv rente|iv|$; agentur fuer arbeit;
        bundesagentur fuer arbeit; prime activite|d; cnav|arrco|cnracl|ircantec|ijss; indemnites journalieres;
        pensions retraite; sepe $; ingreso minimo; beca|becas; inss; clases pasivas; naspi; reddito di; assegno di
        inclusione; noipa; cassa integrazione; uitkering|groeipakket|werkloosheidsuitkering|vakantiegeld; onem|rva|
        hvw|capac; federale pensioendienst; service federal des? pensions; allocations chomage; pensioenfonds
        """,
        Flow.IN,
    ),
    rule(
        "tax refund",
        "income",
        0.85,
        """
        steuererstattung|einkommensteuererstattung|arbeitnehmerveranlagung; remboursement|restitution|degrevement
        impot|impots|d; rimborso irpef|730|imposte|fiscale; voorlopige teruggaaf|teruggave; belastingteruggave;
        terugbetaling belasting*
        """,
        Flow.IN,
    ),
    rule(
        "payment of tax",
        "government_taxes",
        0.93,
        """
        kraftfahrzeugsteuer|steueramt|steuerverwaltung|gemeindekasse|kreiskasse|justizkasse|gerichtskasse|
        landeshauptkasse|bussgeld*; prelevement a la source; urssaf !pajemploi|cesu; antai; centraal justitieel;
        tresorerie !hopital*|hospital*|chu|centre; timbre
        fiscal; tgss; tesoreria general|gral; seguros sociales; cuota autonomos; ajuntament|ayto de|d; multa|multas
        trafico|dgt|ayto|$; delega f24; imposta|imposte sul|sui|$; imposta|imposte di !soggiorno; comune di;
        tributi; fod financien|fin; spf
        finances; precompte immobilier|professionnel; onroerende voorheffing; personenbelasting;
        bedrijfsvoorheffing|verkeersbelasting|inkomstenbelasting|omzetbelasting
        """,
    ),
    rule(
        "loan payment",
        "loans_fees",
        0.88,
        """
        tilgung*|leasingrate; ech pret; financiacion cuota|coche; cessione del? quinto; rata n|nr; inkasso*|
        incassobureau|incassokosten|deurwaarder*|gerechtsdeurwaarder*; recouvrement; recupero crediti; termijn
        lening
        """,
    ),
    rule(
        "card payment",
        "transfers_cash",
        0.9,
        """
        liquidacion|recibo|cargo|pago de? la? tarjeta de? credito; adeudo tarjeta; addebito saldo|nexi|cartasi;
        utilizzo carta; uitgavenstaat; etat des? depenses; afrekening kredietkaart|visa|mastercard; int card
        services; depenses carte; facture carte debit
        """,
    ),
    rule(
        "cash machine",
        "transfers_cash",
        0.95,
        """
        bezug bancomat|postomat|bargeld; postomat|behebung|barbehebung; bankomat !kassa|kassazahlung|zahlung; ret|
        retr dab; extraccion efectivo; halcash; hal cash; geldopneming|geldopvraging|afhaling|opvraging; contante|
        cash storting|opname; prel bancomat|atm
        """,
    ),
    rule(
        "savings",
        "transfers_cash",
        0.85,
        """
        eigenubertrag|eigenuebertrag|uebertrag; vers|alimentation livret|ldd|ldds|lep|pel|cel|pea; traspaso ahorro|
        hucha|interno; aportacion plan|fondo; versamento pac; sottoscrizione fondi; acquisto titoli; internetsparen|
        pensioensparen|spaaropdracht; eigen rekening; naar|van oranje|spaarrekening
        """,
    ),
    rule(
        "donation",
        "charity_donations",
        0.85,
        """
        kirchenbeitrag|kirchgeld; denier eglise|culte|de; erogazione liberale; offerta parrocchia|chiesa; gift|
        giften aan; kerkbijdrage|kerkbalans
        """,
    ),
)
