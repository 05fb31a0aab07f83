"""Simulated corrections: what is drawn, what is judged, and what the table says of it."""

from collections import Counter

from models.artefacts.artefact import DEFAULT_MODEL, read_artefact
from models.contracts.events import AmountBand
from models.decisions.loading import calibrated_policy, load_ensemble
from models.decisions.precedence.trust import CORRECTED, Stance
from models.learned.text_files import from_files
from models.training.examples import Merchant
from models.training.stand_ins import Informed
from models.training.trust.corrected import Corrected, Judged, simulate, standing
from models.training.trust.fit_trust import fit_trust, trust_metrics
from models.training.votes import Cast
from models.voters.contract import Ballot, Kind
from models.voters.rules import RulesVoter
from tests.harness.policies import policy

LOW = AmountBand.UNDER_100


def merchant(text: str, **counts: int) -> Merchant:
    """A merchant with rows of some categories."""
    return Merchant(text, text.upper(), Counter({(category, LOW): count for category, count in counts.items()}))


def judged(number: int, *, right: int, kind: Kind = Kind.CORRECTED, stance: Stance = Stance.UNSURE) -> list[Judged]:
    """Rows of as many merchants, of which some are right."""
    return [Judged(kind, stance, f"m{place}", place < right, 1.0) for place in range(number)]


def test_a_share_is_that_of_merchants() -> None:
    """Many rows of one merchant are one piece of evidence, however often they were drawn."""
    once = fit_trust(Corrected(judged(400, right=392)), policy())
    often = fit_trust(Corrected(judged(400, right=392) * 50), policy())
    assert once == often
    found = once.of(Kind.CORRECTED, Stance.UNSURE)
    assert (0.98, 400) == (found.right, found.rows)
    assert 0.95 < found.low < found.right < found.high < 1


def test_few_merchants_lean_on_the_others() -> None:
    """Three that are all right do not make a kind certain, and their interval is wide."""
    few = judged(3, right=3, kind=Kind.CORRECTED_FAMILY)
    found = fit_trust(Corrected([*judged(400, right=360), *few]), policy()).of(Kind.CORRECTED_FAMILY, Stance.UNSURE)
    assert 0.9 < found.right < 0.95
    assert found.low < 0.6


def test_the_text_counts_as_far_as_it_is_right() -> None:
    """A ballot that is mostly right makes decisions surer, one that is mostly wrong does not."""

    def votes(right: float) -> list[Cast]:
        return [
            Cast(
                (Ballot("fuel", 0.4, "x", kind=Kind.RARE_HUNCH), Ballot("pets", 0.8, "y", kind=Kind.ONLINE)),
                LOW,
                frozenset(("pets" if number < 200 * right else "fuel",)),
                1.0,
            )
            for number in range(200)
        ]

    good, poor = (fit_trust(Corrected([], votes(right)), policy()).text for right in (0.95, 0.3))
    assert good is not None
    assert poor is not None
    assert good.weight > poor.weight
    assert good.support > poor.support


def test_what_is_simulated() -> None:
    """Merchants of one category are always right, mixed ones as often as their rows agree; nobody is judged by rows
    that were corrected, and what the memory knows is contradicted."""
    _, contents = read_artefact(DEFAULT_MODEL)
    learned, rules = from_files(contents), RulesVoter()
    names = [merchant(f"qzx wvu{number}", fuel=20) for number in range(8)]
    mixed = [merchant(f"zzz vvv{number}", pets=19, auto=1) for number in range(8)]
    model = calibrated_policy(contents, 0.95).model
    found = simulate([*names, *mixed], Informed(learned, rules, rules), model, seed=0)
    again = simulate([*names, *mixed], Informed(learned, rules, rules), model, seed=0)
    assert found == again
    shares = {}
    for group in ("qzx", "zzz"):
        rows = [each for each in found.judged if each.group.startswith(group) and each.kind is Kind.CORRECTED]
        shares[group] = sum(each.weight for each in rows if each.right) / sum(each.weight for each in rows)
    assert 1.0 == shares["qzx"]
    assert 0.6 < shares["zzz"] < 1.0
    assert {Stance.AGREES, Stance.AGAINST} <= {each.stance for each in found.judged}
    trust = fit_trust(found, model)
    assert set(trust_metrics(found, trust, model)) <= {
        *(f"{kind.value}_merchants" for kind in CORRECTED),
        "corrected_texts",
    }


def test_of_a_tie_the_last_word_stands() -> None:
    """As the learner has it: two people who disagree have taught something, and it is judged."""
    assert [("fuel", 1, 2), ("pets", 1, 2)] == [standing(said) for said in (["pets", "fuel"], ["fuel", "pets"])]
    assert "fuel" == standing(["pets", "fuel", "fuel", "pets", "fuel"]).category
    _, contents = read_artefact(DEFAULT_MODEL)
    rules, model = RulesVoter(), calibrated_policy(contents, 0.95).model
    # Of three rows two are corrected at most: whoever disagrees there makes a tie.
    small = [merchant(f"zzz vvv{number}", pets=2, auto=1) for number in range(8)]
    found = simulate(small, Informed(from_files(contents), rules, rules), model, seed=0)
    assert Kind.CORRECTED_DISPUTED in {each.kind for each in found.judged}


def test_the_shipped_table_was_measured() -> None:
    """Each kind with the number of merchants behind it; what two people say is accepted where the ensemble agrees."""
    trust = load_ensemble().trust
    for kind in CORRECTED[:3]:
        assert 100 < trust.of(kind, Stance.AGREES).rows
        assert 0.95 <= trust.of(kind, Stance.AGREES).low
    assert trust.text is not None
