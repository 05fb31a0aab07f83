"""Requests as a day brings them."""

from tests.streams.console.desk.serving import review_request

_CLINIC = [
    {"method": "mcc", "category": "food_dining", "confidence": 0.9, "weight": 0.53, "evidence": "mcc 5814 fast food"},
    {
        "method": "rules",
        "category": "pets",
        "confidence": 0.72,
        "weight": 0.26,
        "evidence": "cue word veterinary, no brand acme (shop/supermarket)",
    },
    {
        "method": "text",
        "category": "pets",
        "confidence": 0.97,
        "weight": 0.21,
        "evidence": 'text ~ "vet" + "veterinary"',
    },
]

CLINICS = tuple(
    review_request(
        number,
        description=f"SQ *ACME VETERINARY CLINIC {number:03} TORONTO",
        merchant="Acme Veterinary Clinic",
        merchant_key="acmeveterinaryclinic",
        via="Square",
        amount=f"{84 + number}.50",
        category="food_dining",
        votes=_CLINIC,
        agreement={"agreeing": 1, "voting": 3},
        alternatives=[
            {"category": "pets", "confidence": 0.43},
            {"category": "groceries", "confidence": 0.01},
            {"category": "home_garden", "confidence": 0.01},
        ],
        uncertainty=0.8,
    )
    for number in range(1, 6)
)
"""Five lines of one merchant, on which the methods disagree."""

HUNCH = review_request(
    20,
    description="XYZZY QUUX 4421",
    merchant="Xyzzy Quux",
    merchant_key="xyzzyquux",
    mcc=None,
    amount="12.00",
    category="shopping",
    confidence=0.26,
    votes=[
        {"method": "text", "category": "shopping", "confidence": 0.22, "weight": 1.0, "evidence": 'text ~ "uu" + "xy"'}
    ],
    agreement={"agreeing": 1, "voting": 1},
    alternatives=[{"category": "home_garden", "confidence": 0.13}, {"category": "entertainment", "confidence": 0.12}],
    uncertainty=0.74,
)
"""Nobody knows it."""

REFUND = review_request(
    21,
    description="CAFÉ MÜLLER No 5 <b>&amp; SÖHNE</b>",
    merchant="Café Müller",
    merchant_key="cafemuller",
    amount="-1312.5",
    currency="EUR",
    mcc=None,
    votes=[
        {
            "method": "rules",
            "category": "food_dining",
            "confidence": 0.9,
            "weight": 0.6,
            "evidence": "brand cafe muller (written), cue word cafe",
        },
        {"method": "text", "category": "food_dining", "confidence": 0.6, "weight": 0.4, "evidence": 'text ~ "mull"'},
    ],
    confidence=0.955,
    agreement={"agreeing": 2, "voting": 2},
    reasons=["all_methods_agree"],
    review_note=(
        "in trials amounts over 1,000 were right 94% of the time [90%, 97%] in 240 decisions; "
        "it is accepted from .97 on"
    ),
    alternatives=[{"category": "groceries", "confidence": 0.02}, {"category": "other", "confidence": 0.01}],
    uncertainty=0.045,
)
"""Sure, and not sure enough for its group; money in, letters that fold, and what looks like markup."""

BLIND = review_request(
    22,
    description="FOOD BASICS #606",
    merchant="Food Basics",
    merchant_key="foodbasics",
    amount="35.71",
    category="groceries",
    blind=True,
    votes=[],
    alternatives=[],
    reasons=["all_methods_agree"],
    requires_review=False,
    confidence=0.99,
    band="VERY_HIGH",
    uncertainty=0.01,
    sampling_probability=0.01,
)
"""The copy of a sure decision."""

CASES = (*CLINICS, HUNCH, REFUND)
