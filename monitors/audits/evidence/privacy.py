"""The record of privacy measures, each with the test or setting behind it."""

from monitors.audits.evidence.facts import Facts
from monitors.audits.evidence.law import GDPR
from monitors.audits.evidence.statements import Chapter, Part, Statement, figure, repository, says


def privacy(facts: Facts) -> Chapter:
    """The chapter."""
    return Chapter(
        name="privacy",
        title="Record of privacy measures",
        about=(
            "Measures that are built in, each with its test, and those that hang on a setting, as it stood where this"
            " command ran: run it where the workers run."
        ),
        parts=[
            Part("What enters", _enters()),
            Part("What is kept", _kept(facts)),
            Part("What leaves", _leaves(facts)),
            Part("Who may look", _looks(facts)),
            _bank(),
        ],
    )


def _enters() -> list[Statement]:
    return [
        says(
            "No field about a person beside the account's opaque id: others in a message are dropped and counted,"
            " neither stored nor passed on.",
            repository("tests/models/contracts/test_wire.py::test_unknown_fields_are_dropped_and_counted"),
            repository("tests/streams/categorizer/test_handler.py::test_unknown_fields_are_dropped_and_counted"),
        ),
        says(
            "A private person's name is hidden from memory and text model where it is recognised; how often a name"
            " changes a decision is the matter of the counterfactual report.",
            repository("tests/models/voters/people/test_equal_names.py"),
        ),
    ]


def _kept(facts: Facts) -> list[Statement]:
    secret = facts.settings.get("learn_secret")
    return [
        says(
            "What is learned of an account stands under a keyed hash of its id; a private person as a token that"
            " differs from account to account.",
            repository("models/learned/online/keys.py"),
            repository(
                "tests/models/learned/online/test_accounts.py::test_nothing_published_or_reported_tells_the_account"
            ),
            repository("tests/models/learned/online/test_accounts.py::test_a_private_person_is_remembered_as_a_token"),
        ),
        says(
            "The key of these hashes is set."
            if secret == "set"
            else "The key of these hashes is not set where this command ran: without EVENHAND_LEARN_SECRET whoever"
            " knows the ids of accounts can try them.",
            figure("/settings/learn_secret"),
        ),
        says(
            "Deleting an account leaves no trace of what was learned of it.",
            repository("tests/models/learned/online/test_accounts.py::test_deleting_an_account_leaves_no_trace"),
        ),
        says(
            "Ids of transactions are remembered to recognise repeats, for a limited time and number.",
            figure("/settings/duplicate_window_hours"),
            repository("tests/streams/lanes/test_duplicate_window.py"),
        ),
        says(
            "Card numbers, IBANs, e-mail addresses and phone numbers are masked in what is shown of a dead letter.",
            repository("tests/models/statements/test_masking.py::test_what_identifies_is_masked"),
            repository("models/statements/masking.py"),
        ),
    ]


def _leaves(facts: Facts) -> list[Statement]:
    llm = facts.settings.get("llm")
    return [
        says(
            f"A language model is {llm}. Where one is set up it gets the masked text, and no id, exact amount or time.",
            figure("/settings/llm"),
            repository("tests/models/voters/llm/test_answers.py::test_ids_exact_amounts_and_times_are_not_sent"),
            repository("tests/models/voters/llm/test_answers.py::test_what_identifies_is_masked_before_it_is_cut"),
        ),
        says(
            "Only loopback, private and allowed addresses are called, the last over TLS; no redirect is followed.",
            repository(
                "tests/streams/http/test_guarded_client.py::test_an_address_that_is_not_permitted_gets_no_connection"
            ),
            repository("tests/streams/settings/test_endpoint.py"),
        ),
        says(
            f"Kafka is reached by {facts.settings.get('kafka')}. Without TLS it is refused beyond loopback, unless a"
            " development flag says otherwise.",
            figure("/settings/kafka"),
            repository(
                "tests/streams/settings/test_settings.py::test_unsafe_or_wrong_settings_are_refused_with_a_way_out"
            ),
        ),
        says(
            "Nothing of a transaction stands in an error or in the program's messages.",
            repository("models/errors.py"),
            repository("streams/cli/main.py"),
        ),
        says(
            "Reports of audits and this folder load nothing and hold figures, not transactions of customers.",
            repository("tests/streams/cli/test_evidence.py::test_no_transaction_is_in_the_folder"),
            repository("tests/monitors/audits/evidence/test_statements.py::test_pages_load_nothing"),
        ),
    ]


def _looks(facts: Facts) -> list[Statement]:
    return [
        says(
            f"Console and metrics are served {facts.settings.get('web')}; beyond loopback TLS and a token are needed.",
            figure("/settings/web"),
            repository(
                "tests/streams/settings/test_settings.py::test_unsafe_or_wrong_settings_are_refused_with_a_way_out"
            ),
            repository("tests/streams/console/test_access.py::test_a_token_is_asked_for_everywhere"),
        ),
        says(
            "Who may do what on the reviewers' pages hangs on their role.",
            repository("tests/streams/console/desk/test_people.py::test_a_role_may_what_the_table_says"),
        ),
        says(
            "Secrets are masked wherever settings are shown.",
            repository("tests/streams/settings/test_settings.py::test_secrets_are_masked"),
        ),
    ]


def _bank() -> Part:
    return Part(
        "What the bank still has to do",
        [says("Lawful basis, information, retention, and an assessment under Article 35 are the controller's.", GDPR)],
        about=[
            "Retention of the topics: [topic, days]. Data protection impact assessment: [day, finding]. Statement texts"
            " are personal data, and can tell of health, faith or union dues (Article 9): [basis, measures]"
        ],
    )
