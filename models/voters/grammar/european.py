"""Phrases of banks of the euro area and Switzerland: German, French, Spanish, Italian, Dutch."""

from models.voters.grammar.rule import Flow, GrammarRule, rule

EUROPEAN: tuple[GrammarRule, ...] = (
    rule(
        "school fees",
        "education",
        0.8,
        """
        studiengebuhr*|schulgeld|kitagebuhr*|kindergarten*; semesterbeitrag; frais de? scolar*|scolarite; matricula
        universi*; collegegeld; retta scolastica|asilo; cuota escolar|colegio; kinderopvang|kdv
        """,
    ),
    rule(
        "tax preparation",
        "professional_services",
        0.85,
        """
        steuerberat*|lohnsteuerhilfe; expert comptable; gestoria|asesoria; commercialista
        """,
    ),
    rule(
        "bank fee",
        "loans_fees",
        0.93,
        """
        kontofuhrung*|kontogebuhr*|kontoabschluss|kartengebuhr*|entgeltabschluss|auslandseinsatzentgelt|
        auslandsentgelt|jahresgebuhr|fremdwahrungsgebuhr|rucklastschrift*|mahngebuhr*; rechnungsabschluss; frais
        virement|retrait*|carte|paiement; comision cajero|retirada; frais bancaires|bancaire|tenue|de|sur;
        cotisation carte|compte|offre|esprit|mensuelle; commission d? intervention; agios; comision|comisiones|com
        mantenimiento|tarjeta|administracion|transferencia*|descubierto|de|por|emision; mantenimiento de? cuenta;
        canone mensile|conto|carta; commissioni|commissione; spese tenuta|di|conto|banc*|mensili|liquid*; imposta
        di? bollo; competenze liquid*; bankkosten|transactiekosten|pakketkosten|debetkosten; kosten betaal*|bank*|
        rekening|oranjepakket|gebruik|zakelijke; bijdrage betaal*|bankieren; basic package; oranjepakket;
        kontofuhrungsgebuhr; spesen|gebuhren|gebuhr $
        """,
    ),
    rule(
        "interest charged",
        "loans_fees",
        0.9,
        """
        sollzinsen|dispozinsen|uberziehungszinsen|kreditzinsen; interets debiteurs|debiteur; intereses
        deudores|descubierto|demora; interessi passivi|debitori|debitore; debetrente|roodstand; zinsen soll
        """,
        Flow.OUT,
    ),
    rule(
        "interest",
        "income",
        0.9,
        """
        zinsen|habenzinsen|guthabenzins*|zinsgutschrift; interets; intereses; interessi; rente|creditrente|
        spaarrente|rentevergoeding
        """,
        Flow.IN,
    ),
    rule(
        "mortgage",
        "housing",
        0.9,
        """
        hypothe*|baufinanzierung|baudarlehen|immobilienkredit|bausparkasse|bauspar*; pret immo*|immobilier|habitat;
        hipoteca*; cuota prestamo hipotec*; mutuo|mutui; rata mutuo; hypotheek*; echeance pret immo*
        """,
    ),
    rule(
        "benefits",
        "income",
        0.93,
        """
        kindergeld|elterngeld|arbeitslosengeld|burgergeld|wohngeld|familienkasse|jobcenter|arbeitsagentur|bafog|
        krankengeld|rentenversicherung|rentenservice; bundesagentur fur? arbeit; deutsche rentenversicherung;
        rente|renten; caf; pole emploi; france travail; allocations|allocation familiales?|logement|chomage;
        cpam|carsat|agirc; agirc arrco; assurance retraite|maladie|emploi; bourse crous?|$; sepe|inem;
        prestacion|subsidio desempleo|paro|por; seguridad social; inps; assegno unico|famil*; naspi; svb|uwv|aow;
        kinderbijslag|zorgtoeslag|huurtoeslag|toeslagen|toeslag|kindgebonden|kinderopvangtoeslag|studiefinanciering|
        bijstand; duo hoofdrekening; sociale verzekeringsbank
        """,
        Flow.IN,
    ),
    rule(
        "tax refund",
        "income",
        0.8,
        """
        finanzamt erstattung; erstattung finanzamt|steuer*; belastingdienst teruggaaf; teruggaaf|teruggave;
        devolucion hacienda|aeat|renta
        """,
        Flow.IN,
    ),
    rule(
        "payment of tax",
        "government_taxes",
        0.93,
        """
        finanzamt*|finanzkasse|steuer*|kfzsteuer|grundsteuer|einkommensteuer|umsatzsteuer|lohnsteuer|gewerbesteuer|
        hundesteuer|bundeskasse|landeskasse|landesoberkasse|stadtkasse|hauptzollamt|zollamt; kfz
        steuer; dgfip|ddfip|drfip|impot|impots; tresor public; direction generale des? finances; taxe
        fonciere|habitation|d; amende|amendes; hacienda; agencia tributaria; aeat|irpf|tributos;
        recibo|pago|impuesto ibi; ibi urbana; agenzia entrate|delle; f24|imu|tari|tasi; bollo auto; pagamento f24;
        pagopa; belastingdienst|belasting|belastingen|gemeentebelasting*|wegenbelasting|motorrijtuigenbelasting|
        bsgr|cjib|waterschap*|hoogheemraadschap; gemeente; ayuntamiento de; dgt multa*; cocensa
        """,
    ),
    rule(
        "loan payment",
        "loans_fees",
        0.88,
        """
        kredit|kreditrate|darlehen*|ratenkredit|kreditkasse|ratenzahlung; rate kredit|darlehen; echeance pret;
        pret|credit conso*|auto|personnel|renouvelable; remboursement pret; cofidis|cetelem|sofinco|findomestic|
        agos|cofinoga|younited; prestamo|prestamos; cuota prestamo; amortizacion prestamo; rata
        prestito|finanziamento; finanziamento|prestito; lening|aflossing|krediet; persoonlijke lening; studieschuld;
        duo termijn*
        """,
    ),
    rule(
        "pay",
        "income",
        0.95,
        """
        gehalt*|lohn*|bezuge|besoldung|verdienst*|entgelt; lohn gehalt; salaire*|paie|paye|remuneration|pension|
        retraite; vir salaire|virement salaire; nomina|nominas|sueldo|pension|pensiones; abono nomina;
        stipendio|stipendi|emolumenti|pensione; accredito stipendio|pensione; salaris*|loon|vakantiegeld|pensioen*;
        traitement $; abp pensioen
        """,
        Flow.IN,
    ),
    rule("pay", "income", 0.6, "gehalt|nomina|stipendio|salaire $", Flow.OUT),
    rule(
        "dividend",
        "income",
        0.9,
        """
        dividende|dividenden|dividendos|dividendi|dividendo|ausschuttung|coupon|ertragnis*|cedola
        """,
        Flow.IN,
    ),
    rule(
        "lottery",
        "entertainment",
        0.85,
        """
        eurojackpot|westlotto|lotto24; fdj; loteria*; onces|once sorteo; sisal|lottomatica;
        staatsloterij|postcodeloterij|loterij
        """,
    ),
    rule(
        "card payment",
        "transfers_cash",
        0.88,
        """
        kreditkarte*|kreditkartenabrechnung; visa|mastercard abrechnung|ausgleich; releve carte; debit differe;
        liquidacion tarjeta*; tarjeta credito; recibo visa|mastercard|tarjeta; addebito carta; saldo carta; estratto
        conto; carta di? credito; creditcard*; afrekening creditcard; ics incasso; international card services;
        abrechnung karte
        """,
    ),
    rule(
        "rent",
        "housing",
        0.9,
        """
        miete|mietzahlung|kaltmiete|warmmiete|nebenkosten*|hausgeld|wohnungsmiete|mieteingang|wohnbau*|
        hausverwaltung|vonovia; loyer|loyers|quittance; charges copro*|locatives; syndic|foncia|copropriete;
        alquiler|alquileres|arrendamiento; renta piso|alquiler|mensual; comunidad propietarios|prop; comunidad de
        prop*|vecinos; affitto|affitti|condominio; canone locazione; spese condominiali; huur|huurbetaling|
        huurpenningen|woningcorporatie|woonstichting; vve; servicekosten; wohnungsgenossenschaft
        """,
    ),
    rule(
        "premium",
        "insurance",
        0.9,
        """
        versicherung*|haftpflicht*|krankenversicherung|lebensversicherung|kfzversicherung|hausrat*|rechtsschutz*|
        unfallversicherung|versicherungsbeitrag; krankenkasse|allianz|huk|ergo|debeka|axa|aok|barmer versicherung*|
        beitrag|coburg|ag|se|vers*|$; assurance*|assur|macif|maif|matmut|maaf|mutuelle; groupama|mgen|axa|allianz
        cotisation|assur*|$; prime assurance; seguro|seguros|mapfre|polizas|poliza; mutua madrilena;
        assicuraz*|polizza|polizze|unipolsai; premio polizza; verzekering*|zorgverzekering*|zorgpremie|premie; vgz|
        zilveren|menzis|achmea|aegon|interpolis|centraal|cz|fbto|ohra|inshared kruis|beheer|premie|zorg*|verzek*|
        groep|$
        """,
    ),
    rule(
        "airtime and power",
        "utilities_telecom",
        0.85,
        """
        handyaufladung|prepaid aufladung|karte|handy; recharge mobile|telephone; recarga movil|telefon*|de; ricarica
        telef*|tim|vodafone|wind*|iliad|cell*; beltegoed|opwaarderen; prepaid
        """,
    ),
    rule(
        "utility bill",
        "utilities_telecom",
        0.88,
        """
        enbw|vattenfall !mobility|ladesaule|ladesaeule|hypernetz|incharge; stadtwerke*|stromabschlag|gasabschlag|
        abschlag|stromrechnung|telefonrechnung|eprimo|rheinenergie|wasserwerke|wasserbetriebe|abfallwirtschaft|
        yello; telekom|vodafone|o2|1und1 deutschland|gmbh|telecom|rechnung|$; edf|engie|veolia|totalenergies|sfr|
        bouygues eau|sa|telecom*|mobile|particulier*|clients|energie|$; free|orange mobile|telecom|haut|sa; facture
        edf|eau|gaz|electricite|telephone|internet|orange|sfr; recibo luz|agua|gas|telefono|movistar|endesa|
        iberdrola|naturgy|internet; endesa|iberdrola|naturgy|movistar|canal|aguas; bolletta|bollette|enel|acea|hera|
        iren|a2a|fastweb luce|gas|energia|spa|plenitude|acqua|servizio*|$; bolletta|bollette; eneco|vattenfall|
        essent|greenchoice|vitens|ziggo|kpn|waternet|evides|brabant|budget energie|consumenten|water|thuis|bv|b|
        services|$; energierekening|stroom|waterrekening; factuur kpn|ziggo|energie|water
        """,
    ),
    rule(
        "donation",
        "charity_donations",
        0.85,
        """
        spende|spenden|dauerspende; don|dons croix|secours|restos|medecins|unicef|association|mensuel;
        donativo|donacion; donazione|beneficenza; donatie; collecte kerk|goede; cruz|croce roja|rossa; rotes kreuz
        """,
    ),
    rule(
        "cash machine",
        "transfers_cash",
        0.95,
        """
        geldautomat*|bargeld*|barauszahlung|bareinzahlung|geldausgabe|einzahlung|auszahlung; ga nr|abhebung;
        retrait|retraits; retrait dab|gab|especes; versement especes; cajero*|reintegro; retirada efectivo|de;
        disposicion|ingreso efectivo|en|cajero|de; prelievo|prelevamento|prelievi|versamento|bancomat prelievo|
        contanti|contante|sportello|atm|$; prelievo|prelevamento; geldautomaat|geldopname|geldmaat|kasopname|opname|
        storting; gea nr|#
        """,
    ),
    rule(
        "cheque",
        "transfers_cash",
        0.75,
        """
        scheckeinreichung|scheckeinzug; ^ scheck $; cheque|chq|cheques emis|remise|$; remise cheque*;
        assegno|assegni $; versamento assegn*; ingreso cheque; pago cheque
        """,
    ),
    rule(
        "between people",
        "transfers_cash",
        0.9,
        """
        bizum|tikkie|twint|paylib|wero|satispay|payconiq|postepay; kwitt; geld senden; betaalverzoek; ricarica
        postepay; bancomat pay; paypal uberweisung; lydia app|solutions
        """,
    ),
    rule(
        "transfer",
        "transfers_cash",
        0.88,
        """
        umbuchung|kontoubertrag|kontouebertrag|terminuberweisung|terminueberweisung; virt; vir inst|sepa|recu|emis|
        permanent|perm|de|m|mme; traspaso|trf|transf; giroconto|girofondo|giroconti; overschrijving|iban|periodieke|
        spoedbetaling; prelievement compte
        """,
    ),
    rule(
        "transfer",
        "transfers_cash",
        0.6,
        """
        uberweisung*|ueberweisung*|dauerauftrag*|ubertrag|uebertrag|gutschrift|sammeluberweisung|sammelueberweisung|
        echtzeituberweisung|echtzeitueberweisung; virement*; transferencia*; bonifico|bonifici|overboeking*;
        disposizione bonifico|di; accredito bonifico; sepa overboeking|uberweisung|ueberweisung|virement|transfer*
        """,
    ),
    rule(
        "savings",
        "transfers_cash",
        0.85,
        """
        sparen|sparplan|sparkonto|tagesgeld*|festgeld|sparbuch|wertpapier*|rucklage*; sparen auf|konto;
        epargne|livret; livret a; assurance vie; plan epargne; ahorro|hucha|ahorros; redondeo;
        risparmio|salvadanaio; libretto risparmio; spaar*|sparen|spaarrekening|afronding*|oranje; oranje
        spaarrekening; aufrunden; arrotondamento; degiro; trade republic; scalable capital
        """,
    ),
)
