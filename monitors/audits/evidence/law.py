"""What applies when, as far as it could be confirmed, and how: dates for memo and map (docs/regulation.md)."""

from typing import Final

from monitors.audits.evidence.statements import Statement, publication, says

LOOKED_UP: Final = "2026-12-01"
"""Day on which the publications below were read, in stored copies."""

AI_ACT: Final = publication(
    "Regulation (EU) 2024/1689 (AI Act), Articles 6, 50, 86, 111 and 113, Annex III 5(b); read through the publications"
    " that are named beside it"
)
OMNIBUS: Final = publication(
    "Regulation (EU) 2026/1744 of 8 July 2026 (Digital Omnibus on AI), OJ L, 24.7.2026, in force 27 July 2026: the"
    " Official Journal was not read; several independent notes of August and September 2026 agree on number and dates"
)
ADOPTION: Final = publication(
    "Press release of the Council, 29 June 2026: final approval, and 2 December 2027 for stand-alone high-risk systems;"
    " law firms' notes of June and July 2026 (Morgan Lewis, DLA Piper): Parliament adopted on 16 June"
)
GUIDELINES: Final = publication(
    "The Commission's guidelines on the classification as high-risk (Article 6): a draft of 19 May 2026 is confirmed by"
    " a note of 5 September 2026; whether they are final was not confirmed"
)
SCHUFA: Final = publication(
    "CJEU, C-634/21, SCHUFA Holding (Scoring), 7 December 2023, ECLI:EU:C:2023:957; operative part read in summaries"
)
DUN: Final = publication(
    "CJEU, C-203/22, Dun & Bradstreet Austria, 27 February 2025, ECLI:EU:C:2025:117; operative part read in summaries"
)
GDPR: Final = publication("Regulation (EU) 2016/679 (GDPR), Articles 5, 9, 13 to 15, 22, 25 and 35; not looked up anew")
SR_26_2: Final = publication(
    "SR 26-2 of the Federal Reserve, OCC Bulletin 2026-13 and the FDIC's like, 17 April 2026; the letter itself was not"
    " read; notes of an auditor (Baker Tilly) and of a trade site (1 and 5 May 2026) agree"
)

DATES: Final[tuple[Statement, ...]] = (
    says("The AI Act entered into force on 1 August 2024.", AI_ACT, OMNIBUS),
    says("Prohibited practices (Article 5) and AI literacy (Article 4) apply from 2 February 2025.", AI_ACT, OMNIBUS),
    says("Obligations for general-purpose AI models apply from 2 August 2025.", AI_ACT, OMNIBUS),
    says(
        "Obligations for high-risk systems of Annex III were to apply from 2 August 2026. The Digital Omnibus on AI,"
        " proposed on 19 November 2025, is adopted and in force since 27 July 2026, and moves them to 2 December 2027"
        " (Chapter III, Sections 1 to 3; Annex I: 2 August 2028).",
        OMNIBUS,
        ADOPTION,
    ),
    says("Transparency (Article 50) kept its date: 2 August 2026.", AI_ACT, OMNIBUS),
    says(
        "As of November 2026 the obligations of Annex III do not apply yet. The postponement as reported names Chapter"
        " III only: what it means for Article 86, which is in Chapter IX, could not be confirmed.",
        OMNIBUS,
    ),
    says("The Commission's guidelines on classification are to be read before the memo is signed.", GUIDELINES),
)
"""Dates of the AI Act as of 2026-11; the bank's counsel confirms them against the Official Journal."""
