"""Words that people type as the reference of a payment: what it is for, said by themselves."""

from models.voters.grammar.rule import GrammarRule, rule

PURPOSES: tuple[GrammarRule, ...] = (
    rule("purpose", "pets", 0.8, "vet|vets bill|bills"),
    rule("purpose", "groceries", 0.8, "^ groceries|grocery $; weekly|monthly shop|groceries|grocery $"),
    rule("purpose", "sports_fitness", 0.8, "^ gym $; gym membership|fee|fees|subs|sub"),
    rule(
        "purpose",
        "education",
        0.75,
        """
        ^ childcare|daycare|nursery|creche|preschool|school|schooling $; child care; day care; music|piano|guitar|
        driving|swimming|maths lesson|lessons $; tutor|tutoring|lessons $
        """,
    ),
    rule(
        "purpose",
        "gifts_occasions",
        0.75,
        """
        ^ gift|present|presents|birthday $; birthday|wedding|christmas|xmas|leaving gift|present|money|presents $
        """,
    ),
    rule(
        "purpose",
        "food_dining",
        0.75,
        """
        ^ lunch|dinner|brunch|breakfast|drinks|coffee|takeaway|pizza $; for lunch|dinner|drinks $; dinner|lunch
        share|split $
        """,
    ),
    rule(
        "purpose",
        "travel",
        0.75,
        """
        ^ holiday|vacation|flights|flight|hotel $; holiday money|deposit $; holiday|vacation fund $
        """,
    ),
    rule("purpose", "fuel", 0.8, "gas|petrol money $; fuel|petrol share $"),
    rule("purpose", "health_medical", 0.75, "^ dentist|doctor|physio|prescription|medical|pharmacy $; medical bill"),
    rule("purpose", "personal_care", 0.75, "^ haircut|hair|nails $"),
    rule("purpose", "insurance", 0.8, "^ insurance|insurances $; car|home|house|life|pet insurance $"),
    rule("purpose", "home_garden", 0.7, "^ furniture|gardening|gardener|cleaner $; window cleaner|cleaning"),
    rule("purpose", "subscriptions_digital", 0.7, "^ subscription|subscriptions $"),
    rule("purpose", "auto", 0.75, "car repair|repairs|mot $"),
    rule("purpose", "transport", 0.75, "^ taxi|bus|train|parking $; bus|train fare|ticket|pass|tickets $"),
)
