"""What the demo draws: fitted to the terminal, complete in its figures, in words that a person understands."""

from collections import Counter, deque
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from aiokafka import ConsumerRecord
from rich.console import Console, RenderableType

from models.contracts.events import Categorized, Transaction
from models.contracts.taxonomy import CATEGORIES
from models.contracts.wire import WireReason, dump
from monitors.counts.tally import Tally
from streams.files.sample import Planted, bad_messages, load_sample
from streams.messages.dead_letters import DeadLetter
from streams.messages.headers import REVIEWED_HEADER
from streams.messages.roles import Role
from streams.operate.verification import Verification, Violations
from streams.trials.demo.board import REVIEW_EVERY, SHOW_SECONDS, Board
from streams.trials.demo.closing import draw_summary
from streams.trials.demo.fairness import Fairness, Look
from streams.trials.demo.feed import SentPlanted
from streams.trials.demo.follow import take
from streams.trials.demo.lesson.gain import Fate, Pair, gained
from streams.trials.demo.lesson.lesson import Learned, Lesson
from streams.trials.demo.lesson.reviewer import Answers
from streams.trials.demo.scrape import CommittedBatches, Observed, read_batches
from streams.trials.demo.summary import DemoSummary, as_json, match
from streams.trials.demo.view import draw, plain_line
from streams.trials.demo.words import why

NOON = datetime(2020, 11, 2, 12, tzinfo=UTC)


def decision(
    *votes: tuple[str, str, str], category: str = "groceries", review: bool = False, id: str = "t-1"
) -> Categorized:
    """A decision from (method, category, evidence)."""
    return Categorized.model_validate(
        {
            "transaction_id": id,
            "account_id": "a-1",
            "category": category,
            "confidence": 0.9,
            "band": "HIGH",
            "requires_review": review,
            "uncertainty": 0.1,
            "votes": [
                {"method": method, "category": name, "confidence": 0.9, "weight": 0.5, "evidence": evidence}
                for method, name, evidence in votes
            ],
            "agreement": {"agreeing": 1, "voting": 1},
            "reasons": ["one_method_alone"],
            "alternatives": [],
            "amount_band": "under_100",
            "model_version": "m-1",
            "taxonomy_version": "1.0.0",
            "policy": "agreement",
        }
    )


LETTER = DeadLetter(
    partition=0,
    offset=0,
    at=NOON,
    stage="decode",
    reason="missing",
    contract_field="timestamp",
    source_topic="transactions",
    source_partition=2,
    source_offset=7,
    attempt=1,
    truncated=False,
    key=None,
    value=b"{}",
    trace=(),
)
LONG = decision(("text", "professional_services", "some evidence " * 20), category="professional_services", review=True)


def busy() -> Board:
    """A board with everything to show, and more than fits."""
    return Board(
        descriptions={"t-1": "BLUE BÜS 蓝色公交车 #17 " * 9},
        timestamps=[NOON] * 20_000,
        total=20_010,
        console="http://127.0.0.1:65535/",
        elapsed=12.4,
        transactions_sent=12_345,
        tally=Tally(
            Counter({(name, review): 300 + i for i, name in enumerate(CATEGORIES) for review in (True, False)})
        ),
        letters=[LETTER] * 6,
        rate_in=1002.4,
        rate_out=998.0,
        shown=deque([LONG] * 40),
        history=deque((0.0, 500.0, 1000.0) * 20),
    )


def text(renderable: RenderableType, *, width: int) -> list[str]:
    """What a terminal of that width shows."""
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get().splitlines()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (120, 40), (200, 60)])
def test_the_live_view_fits_the_terminal(width: int, height: int) -> None:
    """However much there is to show, nothing is wrapped and nothing runs off the screen."""
    lines = text(draw(busy(), width=width, height=height), width=width)
    assert len(lines) <= height
    assert "Evenhand  replaying 2 Nov 2020" in lines[0]
    assert "in 1,002/s  out 998/s  lag 0  accepted 8,778  review 8,778  dead letters 6" in lines[1]
    assert "fairness console http://127.0.0.1:65535/  alerts 0  review in 7d not enough data" == lines[2].rstrip()
    assert any("professional_services" in line and "0.90" in line for line in lines)
    assert any(line.startswith("other ") and "50%" in line for line in lines)


def test_categories_that_do_not_fit_are_counted() -> None:
    """A small terminal says how many categories it leaves out."""
    lines = text(draw(busy(), width=80, height=24), width=80)
    shown = sum(line.split(" ")[0] in CATEGORIES for line in lines)
    assert f"and {len(CATEGORIES) - shown} more" in [line.strip() for line in lines]


def test_an_empty_start_is_drawn() -> None:
    """Before anything came back there are no rates, and nothing divides by zero."""
    start = Board(descriptions={}, timestamps=[NOON], total=10, console="")
    assert "  0%" in text(draw(start, width=80, height=24), width=80)[0]
    assert "review 0.0%" in plain_line(start)


def test_a_line_for_where_no_terminal_is() -> None:
    """One line says it all."""
    expected = (
        " 12 s  replaying 2020-11-02  in 12,345 (1,002/s)  out 17,562 (998/s)  lag 0  review 50.0%  dead letters 6"
        "  alerts 0"
    )
    assert expected == plain_line(busy())


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([], "no method knows it"),
        ([("text", "groceries", 'text ~ "food"')], 'one method voted: text ~ "food"'),
        (
            [("mcc", "groceries", "mcc 5411 groceries"), ("rules", "groceries", "brand longos")],
            "both agree: brand longos · mcc 5411 groceries",
        ),
        (
            [("mcc", "electronics", "mcc 5734 software"), ("text", "groceries", 'text ~ "food"')],
            '1 of 2 say so: text ~ "food"; mcc says electronics: 5734 software',
        ),
    ],
)
def test_the_reason_is_in_words(votes: list[tuple[str, str, str]], expected: str) -> None:
    """Agreement first, the shortest evidence before the longer, then who says otherwise."""
    assert expected == why(decision(*votes))


def test_the_description_comes_from_outside() -> None:
    """A sure decision carries no description; the demo's own input gives it."""
    one = board()
    one.shown.append(decision(("rules", "groceries", "brand longos")))

    lines = text(draw(one, width=120, height=24), width=120)

    assert any("✓ LONGOS 17" in line and "groceries 0.90" in line for line in lines)
    assert any("  one method voted: brand longos" in line for line in lines)


def board() -> Board:
    """A board for ten messages, started at second 100."""
    return Board(descriptions={"t-1": "LONGOS 17"}, timestamps=[NOON] * 9, total=10, console="", started=100.0)


def test_rates_are_of_the_last_seconds() -> None:
    """What went by long ago does not count; the lag at its largest is kept."""
    one = board()
    one.tick(100.0)
    one.count_sent(9)
    one.tick(101.0)
    assert 9.0 == one.rate_in
    one.decided([decision()] * 3)
    for second in range(102, 107):
        one.tick(float(second))
    assert (0.0, 0.0) == (one.rate_in, one.rate_out)
    assert (6, 9) == (one.waiting, one.most_waiting)


def test_decisions_are_shown_slowly_and_reviews_get_their_turn() -> None:
    """Of a fast stream only some are shown; every third is one for review, though few are."""
    one = board()
    one.decided([decision(review=True)])
    for step in range(2 * REVIEW_EVERY):
        one.decided([decision()])
        one.tick(100 + step * SHOW_SECONDS / 2 * 1.01)
    assert [False] * (REVIEW_EVERY - 1) + [True] == [shown.requires_review for shown in one.shown]


def test_planted_messages_are_refused_for_what_they_were_made_for() -> None:
    """Ten kinds, ten reasons, and the keys are those of accounts of the sample."""
    sample = load_sample(100)
    planted = bad_messages(sample)
    assert 10 == len({one.reason for one in planted})
    assert {one.key.decode() for one in planted} <= {one.account_id for one in sample}


def test_the_sample_is_the_latest_in_order() -> None:
    """It ends at the end of 2020, never goes back in time, and gives no codes when they are withheld."""
    sample = load_sample(500, with_mcc=False)
    assert (500, 2020, 12) == (len(sample), sample[-1].timestamp.year, sample[-1].timestamp.month)
    assert sample == sorted(sample, key=lambda one: one.timestamp)
    assert {None} == {one.mcc for one in sample}
    assert any(one.mcc for one in load_sample(10))


def test_batches_are_read_from_the_exposition() -> None:
    """Counts, means, the bound that 99% keep and the model, as the worker's /metrics has them."""
    exposition = """
# TYPE evenhand_batch_records histogram
evenhand_batch_records_bucket{le="+Inf"} 4
evenhand_batch_records_count 4
evenhand_batch_records_sum 100
# TYPE evenhand_batch_seconds histogram
evenhand_batch_seconds_bucket{le="0.1"} 2
evenhand_batch_seconds_bucket{le="0.2"} 4
evenhand_batch_seconds_bucket{le="+Inf"} 4
evenhand_batch_seconds_count 4
evenhand_batch_seconds_sum 0.6
# TYPE evenhand_transactions_aborted counter
evenhand_transactions_aborted_total 1
# TYPE evenhand_build_info gauge
evenhand_build_info{version="0.1.0",model_version="m-1",delivery="transactional"} 1
"""
    assert CommittedBatches(4, 100, 0.15, 0.2, 1, "m-1", "transactional") == read_batches(exposition)
    slow = exposition.replace('le="0.2"} 4', 'le="0.2"} 3')
    assert read_batches(slow).seconds_p99 is None


PAIRS = (
    Pair("fuel", Fate("other", review=True), Fate("fuel", review=False), by_people=True),
    Pair("pets", Fate("pets", review=False), Fate("pets", review=False), by_people=False),
)
NOTHING = Violations()
VERIFIED = Verification(11, 8, 2, 1, 0, 0, 0, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)
SENT = SentPlanted(Planted("no timestamp", WireReason.MISSING, "timestamp", b"a-1", b"{}"), partition=2, offset=7)
ANSWERED = Board(
    descriptions={},
    timestamps=[NOON] * 10,
    total=11,
    console="",
    transactions_sent=10,
    planted_sent=1,
    tally=Tally(Counter({("fuel", False): 8, ("other", True): 2})),
    letters=[LETTER],
    paced=11,
    most_waiting=4,
    send_seconds=20.0,
    answer_seconds=20.5,
)
LESSON = Lesson(Answers(5, 1, 6, 3), Learned(6, 5, {"agreement": 1}, 4, 1, 2, "8-abc", 1.25), 2, gained(PAIRS))
SUMMARY = DemoSummary(
    board=ANSWERED,
    batches=CommittedBatches(4, 10, 0.15, 0.2, 0, "m-1", "transactional"),
    planted=match([SENT], [LETTER]),
    verification=VERIFIED,
    fairness=Fairness(Observed(11, 0), Look(), ()),
    lesson=LESSON,
    with_mcc=True,
)


@pytest.mark.parametrize("width", [80, 120])
def test_the_summary_says_it_all(width: int) -> None:
    """Figures, rates with counts and interval, the dead letter with its place, and the verdict, in 80 columns too."""
    lines = text(draw_summary(SUMMARY, width=width), width=width)
    assert all("…" not in line for line in lines)
    words = [" ".join(line.split()) for line in lines]
    assert "categorized 8 (80.0%)" in words
    assert "fuel 8 0 0.0% 0.0% - 32.4%" in words
    assert any(line.startswith("other 2 2 100.0% 34.2% - 100.0%") and line.endswith("above 25%") for line in words)
    assert "no timestamp decode missing timestamp 2:7" in words
    said = " ".join(words)
    assert 'answered 5 requests, those the queue gave first, 1 of them with "I do not know"' in said
    assert "learned 5 of 6 corrections; held back: 1 agreement" in said
    assert "gained 1 fewer to a person, 1 more right, of 2" in said
    assert any(line.startswith("to a person 1 of 2 0 of 2 -50.0 ") for line in words)
    assert "verified: every input has exactly one terminal record; 0 doubled, 0 missing" == " ".join(words[-1:])


def test_intervals_are_wilsons() -> None:
    """2 of 8 at 95%: .0715 to .5907 (Wilson 1927; the same by hand)."""
    tally = Tally(Counter({("fuel", False): 6, ("fuel", True): 2}))
    rate = replace(SUMMARY, board=replace(ANSWERED, tally=tally)).rates["fuel"]
    assert (0.0715, 0.5907) == tuple(round(bound, 4) for bound in rate.interval)


@pytest.mark.parametrize(
    ("summary", "problem"),
    [
        (replace(SUMMARY, planted=match([SENT], [])), "planted message (no timestamp): no dead letter names it"),
        (
            replace(SUMMARY, planted=match([SENT], [replace(LETTER, reason="wrong_type")])),
            "planted message (no timestamp): refused as wrong_type timestamp",
        ),
        (replace(SUMMARY, verification=replace(VERIFIED, lag=3)), "3 inputs are not committed yet"),
        (replace(SUMMARY, verification=replace(VERIFIED, inputs=12)), "12 records in the input topic, 11 were sent"),
        (
            replace(SUMMARY, fairness=replace(SUMMARY.fairness, observed=Observed(9, 0))),
            "9 records observed by the monitor, 11 were sent",
        ),
        (
            replace(SUMMARY, lesson=replace(LESSON, under=1)),
            "1 of the next transactions decided by what was learned, not 2",
        ),
        (
            replace(SUMMARY, lesson=replace(LESSON, answers=Answers(5, 1, 7, 3))),
            "6 corrections learned from, 7 were made",
        ),
        (replace(SUMMARY, board=replace(ANSWERED, tally=Tally())), "0 decisions read live, 10 at the end"),
        (
            replace(SUMMARY, verification=replace(VERIFIED, missing=Violations(1, ("2:9",)))),
            "1 inputs without a terminal record, such as 2:9",
        ),
    ],
)
def test_every_problem_fails_the_verification(summary: DemoSummary, problem: str) -> None:
    """A message that is missing, doubled or refused for another reason is named, on screen and in JSON."""
    assert (problem,) == summary.problems
    assert (False, [problem]) == (as_json(summary)["ok"], as_json(summary)["problems"])
    assert ["verification failed", f"  {problem}"] == [
        line.rstrip() for line in text(draw_summary(summary, width=120), width=120)[-2:]
    ]


def test_a_dead_letter_with_spoilt_headers_names_no_place() -> None:
    """It is counted and belongs to no planted message; the demo goes on."""
    one, headers = board(), [("evenhand_partition", b"two"), ("evenhand_offset", b"\xff")]
    spoilt = ConsumerRecord("transactions.dead-letter", 2, 7, 0, 0, None, b"{}", None, 0, 2, headers)

    take(Role.DEAD_LETTER, [spoilt], one)

    assert 1 == one.answered
    assert ["no dead letter names it"] == [fate.fault for fate in match([SENT], one.letters)]


def test_the_end_of_a_review_is_counted_apart() -> None:
    """The request answered the transaction already; a second count would end the demo too early."""
    one, value = board(), dump(decision(("mcc", "groceries", "mcc 5411")))
    take(Role.CATEGORIZED, [ConsumerRecord("t", 0, 7, 0, 0, None, value, None, 0, 2, [REVIEWED_HEADER])], one)

    assert (0, 1) == (one.answered, one.reviewed)


def test_a_transaction_keeps_its_amount() -> None:
    """The sample's amounts are decimals, not floats."""
    assert all(isinstance(one, Transaction) and isinstance(one.amount, Decimal) for one in load_sample(10))
