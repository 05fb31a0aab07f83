"""Names of merchants that are made of a bank's words; the grammar reads past them."""

from models.voters.grammar.rule import apart

TRAPS: tuple[str, ...] = apart(
    """
    rent|rents a|an;
    purchase|purch|pur with|w cash? back|cashback;
    dbt|debit|pos|pin|chkcard wdr|withdrawal;
    rent all|center|centre|it|king|works|well|wheels|cars|car|tool|tools|equipment|party;
    for|4|to|equipment|party|tool|tools|video|tux|costume|truck|bike|ski|furniture rent;
    check|cheque into cash;
    check city|n|smart|mate|point|cashing|cashers|cashed;
    cash converters|crusaders|generator|store|america|bar|lodge|bazaar|wise;
    cash and|n? carry;
    loan star|mart|max|depot|shark;
    loan ranger;
    fee brothers|bros;
    landlord tenant*|and;
    canada mortgage and|hse|housing;
    insurance institut*|institute;
    payroll assoc*;
    car rent $;
    student campus|exchang*;
    chimney sweep;
    fps fire;
    black horse inn|pub|hotel|tavern|restaurant;
    enterprise|herc|buchbinder|sixt|clair|hertz|avis|budget|united rent $;
    rent assistance|subsidy|rebate;
    alquiler de? coches|vehiculos|furgonetas;
    insurance auto auction|auctions;
    xoom energy;
    cash app taxes;
    twint parking;
    bgc bus;
    bacs de;
    passport parking;
    dog|dogs|doggy|doggie|pet|pets|puppy|kitty day? care|daycare;
    rocket mortgage fieldhouse|field;
    loandepot park;
    sport|sports|skate|ski scheck|check|chek;
    lend lease;
    landlords asso*;
    the landlords;
    bike share;
    child care licen*;
    loan street|library;
    interest coffee|cafe;
    atm tattoo|tattoos|studio|design|designs;
    pension house|haus;
    salary finance;
    wage works;
    dividend solar|finance;
    transfer station|pizza|bar|cafe|coffee|brewing|records|print|printing|paper;
    heat|water|image|iron|tube|dna|data|bus|airport|hotel|taxi|private|shuttle|port transfer|transfers|trsf;
    mortgage|insurance|tax|payroll|pension|benefits school|institute|academy|council|museum|journal|software|book|
    books|summit|conference|convention|forum|event|expo|training|seminar;
    charity|thrift|gift|flower check;
    coat|hat|bag|body|ski check;
    check engine|out|in|up|point|mate|ers;
    bond street|st|no|brothers|arms|vet|vets|clothing;
    james|premium|brooke bond;
    premium outlet|outlets|fuel|fuels|car|cars|auto|beer|wine|liquor|meat|meats|coffee|water|parking|pet|plus|tech|
    brands;
    benefit cosmetics|beauty|boutique;
    lottery|lotto kiosk|cafe;
    visa travel|application|services|facilitation|centre|center|photo|consult*;
    passport photo|photos|travel|health|inn|bar;
    discover card|golf|dive|scuba|magazine|strength|music;
    discovery insure|health|life|bank|kids|cove|channel|zoo|museum;
    wire rope|rack|world|nuts|cloth|works;
    tithe barn;
    chaps barber|barbers|menswear|hair;
    money mart|magazine|saver|saving|tree|wise|clip;
    mobile deposit store;
    electric|electricity museum;
    giro d|sport|cafe|bikes;
    zelle|venmo park|lounge;
    bourse des|du;
    nomina digital|restaurant;
    loon lake|mountain|bay|river|golf|cafe;
    common|magic|golden loon;
    lohn restaurant;
    miete|huur park;
    rente a*;
    virement cafe;
    hacienda inn|hotel|restaurant|mexican|tequila|real|cafe|las|los|el|del|de !pago;
    la|el|mi|las|nueva hacienda;
    verband hotel
    """
)
"""Phrases; their words are marked and no rule sees them."""
