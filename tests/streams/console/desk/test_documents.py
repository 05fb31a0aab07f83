"""What a reviewer is shown: evidence marked, why one is asked, and nothing that gives a blind request away."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from models.contracts.events import Vote
from models.errors import FileError
from models.learned.online.entries import Reason
from models.voters.contract import Method
from streams.console.desk.marks import marked
from streams.console.desk.serve import desk_pages
from streams.console.desk.words import HELD
from streams.console.state import METHOD_WORDS
from streams.settings.settings import load_settings
from tests.streams.console.desk.caller import Caller, calling
from tests.streams.console.desk.cases import BLIND, CASES, CLINICS, HUNCH, REFUND
from tests.streams.console.desk.learned import after, busy
from tests.streams.console.desk.serving import review_request, serving

TYPES = files("streams.console").joinpath("static/people.d.ts").read_text(encoding="utf-8")


def vote(evidence: str, method: str = "rules") -> Vote:
    """A vote with this evidence."""
    return Vote(method=method, category="pets", confidence=0.7, weight=1.0, evidence=evidence)


def marks(description: str, *evidence: str, merchant: str | None = None) -> list[str]:
    """The marked parts of a line."""
    pieces = marked(description, [vote(each) for each in evidence], merchant=merchant)
    assert description == "".join(piece.text for piece in pieces)
    return [piece.text for piece in pieces if piece.methods]


@pytest.mark.parametrize(
    ("description", "evidence", "expected"),
    [
        ("SQ *TIM HORTONS #2712 TORONTO", "brand tim hortons (written)", ["TIM HORTONS"]),
        ("SQ *TIM HORTONS #2712 TORONTO", 'text ~ "orton" + "tim hortons"', ["TIM HORTONS"]),
        ("WAL-MART #3159", "brand walmart (written)", ["WAL-MART"]),
        ("NOFRILLS SHERIFFS 270", "brand no frills (written)", ["NOFRILLS"]),
        ("SHOPPER'S DRUG MART #1", "brand shoppers drug mart (written), cue word drugmart", ["SHOPPER'S DRUG MART"]),
        ("CAFÉ MÜLLER № 5", "brand cafe muller (written), cue word cafe", ["CAFÉ MÜLLER"]),
        ("ACME VET CLINIC", "cue word vet, no brand acme (shop/supermarket)", ["ACME", "VET"]),
        ("VET VETERINARY", "cue word vet", ["VET", "VET"]),
        ("CORVETTE", "cue word vet", []),
        ("XYZZY QUUX 4421", 'text ~ "uu" + "xy"', []),
        ("ANYTHING", "mcc 5814 fast food restaurants", []),
        ("ANYTHING", "statement says bank fee", []),
        ("PAY", "", []),
        ("ﬁx ½ STRAẞE", "brand strasse (written)", ["STRAẞE"]),
    ],
)
def test_evidence_is_marked_in_the_line(description: str, evidence: str, expected: list[str]) -> None:
    """Signs, spaces, accents and case do not matter; parts of words are no cue words; the line stays what it is."""
    assert expected == marks(description, evidence)


@pytest.mark.parametrize("evidence", ["seen before, 151 of 151 times so", "corrected by 2 people"])
def test_a_merchant_that_is_known_is_marked(evidence: str) -> None:
    """The evidence names none, so it is the merchant of the line."""
    assert ["APPLE.COM"] == marks("APPLE.COM/CA 99", evidence, merchant="Apple.com")


def test_a_mark_names_its_methods() -> None:
    """All whose evidence it is."""
    votes = [vote("cue word vet"), vote('text ~ "vet"', "text")]

    assert [("VET", ("rules", "text"))] == [
        (piece.text, piece.methods) for piece in marked("THE VET", votes) if piece.methods
    ]


async def _seen(caller: Caller) -> dict[str, Any]:
    """All requests that wait, by their line."""
    seen = {}
    while (task := await caller.next()) is not None:
        seen["".join(piece["text"] for piece in task["line"])] = task
    return seen


async def test_a_task_says_why_one_is_asked() -> None:
    """In sentences, with figures; the likeliest first; money in said so."""
    async with serving(CLINICS[0], HUNCH, REFUND) as served, calling(served.url) as ada:
        seen = await _seen(ada)

    clinic, hunch, refund = (seen[request.description] for request in (CLINICS[0], HUNCH, REFUND))
    assert [
        "The methods disagree. Food dining: merchant category code; Pets: rules and brands, text model.",
        "It is 41% sure, which is too little to decide without a person.",
    ] == clinic["why"]
    assert "Only one method has a view: text model." == hunch["why"][0]
    assert "Both methods say food dining." == refund["why"][0]
    assert refund["why"][1].startswith("In trials amounts over 1,000 were right 94% of the time [90%, 97%]")
    assert ["pets", "food_dining", "groceries"] == [each["category"] for each in clinic["aid"]["suggestions"]]
    assert ("1312.5", "EUR", "in") == tuple(refund[name] for name in ("amount", "currency", "direction"))
    assert 'likeness to "uu" + "xy"' == hunch["aid"]["votes"][0]["evidence"]
    assert 100 < clinic["seconds"] <= 120


async def test_nothing_gives_a_blind_request_away() -> None:
    """A blind request and an unsure one that is asked without suggestions have the same document, and the same answers.

    Only what names them differs: id, transaction and times.
    """
    unsure = review_request(
        30, **(BLIND.model_dump(mode="json", include={"description", "merchant", "merchant_key", "amount"}))
    )
    documents = []
    for request in (BLIND, unsure):
        async with serving(request, unaided=True) as served, calling(served.url) as ada:
            shown = await ada.post("api/review/next", {})
            task = shown.json["task"]
            similar = await ada.get(f"api/review/similar?id={task['id']}")
            answered = await ada.post("api/review/answer", {"id": task["id"], "category": "pets"})
            undone = await ada.post("api/review/undo", {})
            refused = await ada.post("api/review/claim", {"id": "no such"})
            unknown = await ada.post("api/review/answer", {"id": task["id"], "category": None})
            documents.append([reply.json for reply in (shown, similar, answered, undone, refused, unknown)])
            headers = {name for reply in (shown, answered) for name in reply.headers}
            documents[-1].append(sorted(headers))

    blind, other = (_without_names(each) for each in documents)
    assert blind == other
    assert len(documents[0][0]["task"]["id"]) == len(documents[1][0]["task"]["id"])
    text = json.dumps(documents[0])
    assert [] == [word for word in ("confidence", "votes", "groceries", "0.99", "VERY_HIGH") if word in text]


async def test_a_task_has_the_words_for_its_customer() -> None:
    """In each language; of the request itself, without the names, counts and figures of the evidence."""
    async with serving(CLINICS[0], REFUND) as served, calling(served.url) as ada:
        seen = await _seen(ada)

    clinic, refund = (seen[request.description]["customer"] for request in (CLINICS[0], REFUND))
    assert [("en", "English"), ("de", "Deutsch"), ("fr", "Français")] == [
        (words["code"], words["language"]) for words in clinic
    ]
    english = clinic[0]["text"]
    assert "For now, this payment is in the category “Eating and drinking out”." in english
    assert "a code for the kind of business" in english
    assert "Other signs in the payment pointed to another category." in english
    assert "We were not sure enough, so a person at the bank is asked" in english
    assert [] == [word for word in ("5814", "0.9", "90%", 'vet"', "supermarket") if word in english]
    german = refund[1]["text"]
    assert "Erhaltener Betrag: 1.312,50\u00a0EUR" in german
    assert "weil uns bei Zahlungen dieser Art mehr Fehler unterlaufen" in german
    assert "94" not in german


async def test_a_bank_has_its_own_words_at_the_desk(tmp_path: Path) -> None:
    """From the file of the setting; a desk does not start with one that is not complete."""
    shipped = files("models").joinpath("data/explanations.toml").read_text(encoding="utf-8")
    own = tmp_path / "words.toml"
    own.write_text(shipped.replace("Eating and drinking out", "Out and about"), encoding="utf-8")
    async with serving(CLINICS[0], explanations=own) as served, calling(served.url) as ada:
        (seen,) = (await _seen(ada)).values()
        own.write_text(shipped.replace("\ntill = ", "\ntills = "), encoding="utf-8")
        with pytest.raises(FileError, match=r"words\.toml: language, en, grounds: has no words for till"):
            desk_pages(load_settings(explanations=own), served.desk, served.learned, clock=served.clock)

    assert "“Out and about”" in seen["customer"][0]["text"]


def _without_names(document: Any) -> Any:
    """A document without ids and times; lengths of times are rounded."""
    if isinstance(document, dict):
        return {
            key: round(value, -1) if key == "seconds" else _without_names(value)
            for key, value in document.items()
            if key not in ("id", "opened", "oldest")
        }
    return [_without_names(each) for each in document] if isinstance(document, list) else document


async def test_blind_mode_makes_all_requests_alike() -> None:
    """Who wishes so gets no suggestion, vote, confidence or mark, at every route that shows a request."""
    async with serving(*CLINICS[:1], BLIND) as served, calling(served.url) as ada:
        plain = {"plain": True}
        first = (await ada.post("api/review/next", plain)).json["task"]
        second = (await ada.post("api/review/next", plain)).json["task"]
        kept = (await ada.post("api/review/claim", {"id": first["id"], **plain})).json["task"]
        await ada.post("api/review/answer", {"id": first["id"], "category": "pets"})
        undone = (await ada.post("api/review/undo", plain)).json["undone"]["task"]

    assert [None] * 4 == [task["aid"] for task in (first, second, kept, undone)]
    assert [None] * 4 == [task["customer"] for task in (first, second, kept, undone)]
    assert first["why"] == second["why"] == kept["why"] == undone["why"]
    assert all(len(task["line"]) == 1 for task in (first, second, kept, undone))
    assert first.keys() == second.keys()


@pytest.mark.parametrize(
    "interface",
    ["Me", "Task", "Preview", "Like", "Progress", "AnsweredDocument", "UndoneDocument", "CustomerWords"],
)
async def test_every_type_of_the_review_page_fits_its_document(interface: str) -> None:
    """What a script may read is there."""
    async with serving(*CASES) as served, calling(served.url) as ada:
        me = (await ada.get("api/me")).json
        shown = (await ada.post("api/review/next", {})).json
        preview = (await ada.get(f"api/review/similar?id={shown['task']['id']}")).json
        answered = (await ada.post("api/review/answer", {"id": shown["task"]["id"], "category": "pets"})).json
        undone = (await ada.post("api/review/undo", {})).json
    documents = {
        "Me": me,
        "Task": shown["task"],
        "Preview": preview,
        "Like": preview["likes"][0],
        "Progress": answered["progress"],
        "AnsweredDocument": answered["answered"],
        "UndoneDocument": undone["undone"],
        "CustomerWords": shown["task"]["customer"][0],
    }

    assert members(interface) == set(documents[interface])


async def test_every_type_of_the_learning_page_fits_its_document() -> None:
    """The learner's own report among them; it may say more."""
    async with serving(learned=busy()) as served, calling(served.url) as ada:
        told = (await ada.get("api/learning")).json
    report = told["report"]
    parts = {
        "LearningDocument": told,
        "LearnerReport": report,
        "LearnedEntry": report["lately"][0],
        "HeldEntry": report["quarantine"][0],
        "ProposalEntry": report["proposals"][0],
        "Accuracy": told["accuracy"][0],
    }

    assert {} == {name: missing for name, part in parts.items() if (missing := members(name) - set(part))}


@pytest.mark.parametrize(("days", "told"), [(0.9, {None}), (1.1, {"shopping", "food_dining", "education"})])
async def test_what_had_been_decided_is_told_once_no_answer_can_be_taken_back(
    days: float, told: set[str | None]
) -> None:
    """Else whoever answers without suggestions could look it up, take the answer back, and answer as was decided."""
    async with serving(learned=busy(), ahead=after(days)) as served, calling(served.url) as ada:
        report = (await ada.get("api/learning")).json["report"]

    assert told == {entry["decided"] for entry in [*report["lately"], *report["quarantine"]]}


def members(interface: str) -> set[str]:
    """Members of a type, those that it takes over included."""
    found = re.search(
        rf"^interface {interface}(?: extends (\w+))? \{{\n(.*?)^\}}", TYPES, flags=re.DOTALL | re.MULTILINE
    )
    assert found is not None
    own = set(re.findall(r"^  (\w+)\??:", found[2], flags=re.MULTILINE))
    return own | (members(found[1]) if found[1] else set())


def test_every_code_has_its_words() -> None:
    """Methods, and reasons of a quarantine."""
    assert [] == [method for method in Method if method not in METHOD_WORDS]
    assert [] == [reason for reason in Reason if reason and reason.value not in HELD]
