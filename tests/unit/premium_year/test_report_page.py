"""The page of a phase."""

import copy
import re
from dataclasses import fields, replace
from html.parser import HTMLParser
from typing import Any, get_args

import pytest

from tegemoet.application.premium_year import totals
from tegemoet.application.premium_year.changes import (
    WAYS,
    Change,
    debtor_account_changes,
    grant_changes,
    role_changes,
)
from tegemoet.application.premium_year.plan import NOT_USED
from tegemoet.application.premium_year.report_page import render, share_of, words
from tegemoet.application.premium_year.unread import UNREAD
from tegemoet.application.records import (
    AUTHORITIES,
    PERSON_ROLES,
    ChangeKind,
    DebtorAccount,
    DebtorAccountVersion,
    GrantedKind,
    Person,
    Registration,
    RoleChange,
)
from tegemoet.domain.manual_review import ExceptionKind
from tegemoet.schemes.convention_premium import SCHEME
from tegemoet.schemes.notation import languages
from tests.support.debtors import SETTINGS

Json = Any
"""The JSON of a summary, whole or in part, as a test changes it."""
VOID = {"meta", "rect"}


def a_sector(profession: str, amount: str = "0.00", payments: int = 0, **counts: int) -> Json:
    names = ("practices", "reached", "not_reached", "exempt", "granted", "refused", "pending")
    return {
        "profession": profession,
        **dict.fromkeys(names, 0),
        **counts,
        "reasons": {},
        "payments": payments,
        "amount": amount,
    }


@pytest.fixture
def summary() -> Json:
    """A second phase that waits: two nurses and a
    physician are paid, one nurse is refused, one waits.
    """
    nurses = {"practices": 4, "reached": 2, "not_reached": 1, "granted": 2, "refused": 1, "pending": 1}
    of = {"nurse": a_sector("nurse", "1891.90", 2, **nurses)}
    of["physician"] = a_sector("physician", "1045.32", 1, practices=1, exempt=1, granted=1)
    return {
        "scheme": "convention-premium",
        "year": 2023,
        "phase": 2,
        "run": "2023-2-0a1b2c3d4e",
        "on": "2024-06-15",
        "state": "waiting",
        "parameters": {"version": "2023.1", "sha256": "ab" * 32},
        "engine": "1.0.0",
        "control_sum": "2937.22",
        "payments_sha256": "cd" * 32,
        "persons": 5,
        "practices": 5,
        "outcomes": {"granted": 3, "refused": 1, "pending": 1},
        "dossiers": {"open": 1, "closed": 4},
        "payments": {
            "count": 3,
            "amount": "2937.22",
            "by_kind": {
                "premium": {"count": 3, "amount": "2937.22"},
                "difference": {"count": 0, "amount": "0.00"},
                "pharmacy": {"count": 0, "amount": "0.00"},
            },
        },
        "sectors": [of.get(profession, a_sector(profession)) for profession in totals.PROFESSIONS],
        "reasons": {"refused": {"full-convention": 1}, "pending": {"year-amount": 1}},
        "pending_accounts": 7,
        "recoveries": {"count": 1, "amount": "945.95"},
        "exceptions": {"year-amount-missing": 1, "recovery": 1},
        "changes": {
            "since": "2023-12-01T08:00:00Z",
            "counts": {"accounts": 1234, "debtor-account": 2, "grants": 1, "roles": 1, "unused-files": 1},
            "ways": {"another-partner": 1230, "choice": 4, "operator-file": 0},
        },
        "batches": {"practices": 2},
        "unused_files": {"refused": 1},
        "cut_off": "2024-06-15T08:00:00Z",
        "acts": [{"act": "started", "by": "An Peeters", "at": "2024-06-15T08:00:00.000+00:00"}],
        "settled": None,
        "checks": [],
    }


def first_phase(amount: str) -> Json:
    sectors = [a_sector(p, amount if p == "nurse" else "0.00") for p in totals.PROFESSIONS]
    return {"phase": 1, "run": "2023-1-0", "control_sum": amount, "sectors": sectors, "payments": {"count": 1}}


def text_of(page: str) -> str:
    """What a reader sees, in one line."""
    body = page.partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<title>[^<]*</title>|<[^>]*>", " ", body))


def bars(page: str, css: str) -> list[float]:
    """The lengths of the bars of a colour, on a scale of 100."""
    drawn = "".join(re.findall(r'<svg viewBox="0 0 100 10".*?</svg>', page))
    return [float(width) for width in re.findall(rf'<rect class="{css}"[^>]* width="([0-9.]+)"', drawn)]


def test_the_page_fetches_nothing_and_runs_nothing(summary: Json) -> None:
    page = render(summary, [first_phase("945.95")])
    for forbidden in ("<script", "http:", "https:", "src=", "href=", "url(", "@import", "<link", "<iframe", "onload"):
        assert forbidden not in page


def test_every_element_is_closed(summary: Json) -> None:
    class Stack(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in VOID:
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if tag not in VOID:
                assert self.open.pop() == tag

        def handle_startendtag(self, tag: str, attrs: object) -> None:
            pass

    parser = Stack()
    parser.feed(render(summary, [first_phase("945.95")]))
    assert parser.open == []


def test_the_sum_and_every_sector_that_is_paid_are_shown(summary: Json) -> None:
    text = text_of(render(summary))
    assert "To be paid 2,937.22 EUR 3 payments" in text
    assert "Nurses 2 1,891.90" in text
    assert "Physicians 1 1,045.32" in text
    assert "Nothing in this run: pharmacist-biologists, dentists" in text


def test_a_run_that_was_released_says_paid_and_compares_with_the_ledger(summary: Json) -> None:
    summary |= {"state": "released", "settled": {"entries": 3, "amount": "2937.22", "not_written": 0}}
    summary["checks"] = [{"check": "entries-equal-payment-file", "holds": True, "left": "2937.22", "right": "2937.22"}]
    text = text_of(render(summary))
    assert "To be paid" not in text
    assert "Control sum = written to the ledger 2,937.22 EUR 2,937.22 EUR ✓" in text
    assert "Entries equal payment file 2,937.22 EUR 2,937.22 EUR ✓" in text


def test_bars_are_as_long_as_the_amounts(summary: Json) -> None:
    longest, shorter = bars(render(summary), "paid")
    assert longest == 100
    assert shorter == pytest.approx(100 * 1045.32 / 1891.90, abs=0.01)


def test_the_parts_of_the_threshold_bar_fill_it_and_what_is_undecided_is_said(summary: Json) -> None:
    page = render(summary)
    assert bars(page, "reached") == [50.0]
    assert bars(page, "missed") == [25.0]
    assert "reached 2" in text_of(page)
    assert "undecided 1" in text_of(page)


def test_reasons_exceptions_accounts_and_recoveries_are_in_words(summary: Json) -> None:
    text = text_of(render(summary))
    assert "not fully conventioned for the whole period 1" in text
    assert "year amount missing or below that of the first semester 1" in text
    assert "Recoveries 945.95 EUR 1 person:" in text
    assert "Missing accounts 7" in text
    assert "For manual review 2" in text


def test_totals_that_agree_are_ticked_and_no_other(summary: Json) -> None:
    text = text_of(render(summary))
    assert text.count("✓") == 6
    assert "✗" not in text


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        (("control_sum",), "2937.23"),
        (("sectors", 0, "amount"), "1045.31"),
        (("sectors", 0, "payments"), 2),
        (("sectors", 0, "practices"), 2),
        (("payments", "amount"), "0.00"),
        (("payments", "by_kind", "premium", "amount"), "2937.21"),
        (("outcomes", "pending"), 0),
    ],
)
def test_a_total_that_is_off_by_the_least_shows(summary: Json, field: tuple[Any, ...], wrong: Any) -> None:
    place: Any = summary
    for name in field[:-1]:
        place = place[name]
    place[field[-1]] = wrong
    assert "✗" in text_of(render(summary))


def test_both_phases_stand_beside_each_other(summary: Json) -> None:
    page = render(summary, [first_phase("945.95")])
    text = text_of(page)
    assert "Both phases" in text
    assert "Nurses 945.95 1,891.90 2,837.85" in text
    assert "All sectors 945.95 2,937.22 3,883.17" in text
    assert "first phase 24 %" in text
    assert "second phase 76 %" in text
    assert "with what was paid before 4 3,883.17" in text
    assert "Both phases" not in text_of(render(summary))


def test_a_phase_that_was_run_again_stands_beside_what_it_paid_before(summary: Json) -> None:
    again = copy.deepcopy(summary) | {"state": "released"}
    text = text_of(render(summary, [first_phase("945.95"), again]))
    assert "With what was paid before" in text
    assert "earlier runs" in text
    assert "Nurses 2,837.85 1,891.90 4,729.75" in text


def test_a_year_without_anybody_has_a_page(summary: Json) -> None:
    zero = {"count": 0, "amount": "0.00"}
    summary |= {"persons": 0, "practices": 0, "control_sum": "0.00", "exceptions": {}, "recoveries": zero}
    summary |= {
        "outcomes": dict.fromkeys(("granted", "refused", "pending"), 0),
        "reasons": {"refused": {}, "pending": {}},
    }
    summary["payments"] = zero | {"by_kind": dict.fromkeys(("premium", "difference", "pharmacy"), zero)}
    summary["sectors"] = [a_sector(profession) for profession in totals.PROFESSIONS]
    text = text_of(render(summary))
    assert "Nobody was refused." in text
    assert "Nobody is waiting." in text
    assert "No exceptions." in text
    assert "✗" not in text


def test_no_name_can_become_markup(summary: Json) -> None:
    summary["exceptions"] = {"<script>alert(1)</script>": 1}
    page = render(summary)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def coded(group: str) -> list[str]:
    """The codes that have words in a group."""
    return [part for name, part in words().sentences if name == group]


def test_every_sector_and_every_rule_that_can_fail_has_words() -> None:
    failing = {rule for rule, outcome in SCHEME.texts.sentences if outcome in ("not-met", "unknown")}
    assert failing <= set(coded("reason"))
    assert set(totals.PROFESSIONS) == set(coded("sector"))
    english = words().into("en")
    assert english.coded("exception", "something-new") == "something new"


def test_every_kind_of_exception_has_words_in_every_language() -> None:
    kinds = get_args(ExceptionKind)
    assert sorted(coded("exception")) == sorted(kinds)
    for language in languages():
        wording = words().into(language)
        said = {wording.say("exception", kind) for kind in kinds}
        assert len(said) == len(kinds)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 5, "0\u00a0%"),
        (5, 5, "100\u00a0%"),
        (1, 1000, "<1\u00a0%"),
        (999, 1000, "99\u00a0%"),
        (2, 3, "67\u00a0%"),
        (0, 0, "–"),
    ],
)
def test_a_share_never_hides_a_remainder(part: int, whole: int, said: str) -> None:
    assert share_of(part, whole) == said


def test_the_page_says_who_acted_when_and_which_files_are_not_used(summary: Json) -> None:
    summary["acts"].append({"act": "approved", "by": "Zoë <b>Dumont</b>", "at": "2024-06-16T09:00:00+00:00"})
    page = render(summary)
    assert "<dt>Started by</dt><dd>An Peeters, 2024-06-15T08:00:00.000+00:00</dd>" in page
    assert "<dt>Approved by</dt><dd>Zoë &lt;b&gt;Dumont&lt;/b&gt;, 2024-06-16T09:00:00+00:00</dd>" in page
    assert "<dt>Refused files</dt><dd>1</dd>" in page
    assert "<dt>Files written before</dt><dd>2024-06-15T08:00:00Z</dd>" in page


# --- what changed since the last release ----------------------------------------------------------

AT = "2024-01-02T03:04:05Z"
CARL = Person("carl-1", "Carl <b>")
FUND = Registration(
    "fund",
    1,
    "register",
    (GrantedKind("convention-premium", "accounts", 2023),),
    (),
    2023,
    None,
    ("ann",),
    None,
    AT,
    CARL,
)
ANN = RoleChange("ann-1", 1, "Ann", frozenset({"operator", "approver"}), None, AT, CARL)
PAYS = DebtorAccountVersion(
    1, "p-1", DebtorAccount(**SETTINGS), "the <board>", Person("omar-1", "Omar <b>"), AT, Person("ann-1", "Ann"), AT
)
PAYS_LATER = replace(
    PAYS, number=2, proposal="p-2", account=replace(PAYS.account, iban="BE68539007547034", hold_above=2_500_000)
)


def an_account(**changes: Any) -> Change:
    facts = {
        "riziv_numbers": ["10000013", "10000112"],
        "partner": "partb",
        "batch": "b-1",
        "delivered_on": "2024-03-02",
        "registered_on": "2024-03-01",
        "ways": ["another-partner", "choice"],
        "questions": ["account-of-another-partner.1"],
        "replaces": True,
        "amount": "1945.95",
    }
    return Change("accounts.number.10000013.1", "accounts", {**facts, **changes})


def an_unused_file(state: str = "refused", refusal: str | None = "column-missing") -> Change:
    facts = {"batch": "b-2", "partner": "partc", "kind": "practices", "state": state, "refusal": refusal}
    return Change("unused-files.b-2", "unused-files", facts)


def listed() -> dict[ChangeKind, list[Change]]:
    return {
        "accounts": [an_account()],
        "debtor-account": debtor_account_changes([PAYS, PAYS_LATER], None),
        "grants": grant_changes([FUND], None),
        "roles": role_changes([ANN], None),
        "unused-files": [an_unused_file()],
    }


def test_the_page_counts_and_lists_what_changed_since_the_last_release(summary: Json) -> None:
    page = render(summary, changes=listed())
    text = text_of(page)
    assert "Counted from 2023-12-01T08:00:00Z" in text
    assert "Accounts by origin: another partner 1,230, choice 4." in text
    assert "Accounts 1,234" in text
    assert "10000013, 10000112 brought on 02/03/2024 by partb: another partner, choice 1,945.95 EUR" in text
    assert "1,233 more in changes.csv." in text
    assert "Account that pays 2 Example body first account; proposed by Omar &lt;b&gt; (the &lt;board&gt;)" in text
    assert "Example body changed: account number, amount above which a payment is held; proposed by" in text
    assert "What partners may bring 1 fund profile register; granted: convention-premium accounts 2023;" in text
    assert "authority on accounts from 2023; answer for it: ann Carl &lt;b&gt;, 2024-01-02T03:04:05Z" in text
    assert "Roles of persons 1 Ann approver, operator; before: none Carl &lt;b&gt;, 2024-01-02T03:04:05Z" in text
    assert "Files that are not used 1 partc practices, b-2 refused: column-missing" in text
    assert text.count("more in changes.csv") == 1


def test_the_page_of_a_first_run_says_that_nothing_was_released(summary: Json) -> None:
    summary["changes"] = {
        "since": None,
        "counts": dict.fromkeys(summary["changes"]["counts"], 0),
        "ways": dict.fromkeys(WAYS, 0),
    }
    text = text_of(render(summary))
    assert "Nothing of this year has been released: everything counts. Accounts 0" in text


def test_an_account_of_an_office_on_which_nothing_is_paid_is_listed_by_the_office(summary: Json) -> None:
    office = an_account(tariff_office="o-1", riziv_numbers=None, registered_on=None, amount=None)
    text = text_of(render(summary, changes={"accounts": [office]}))
    assert "o-1 brought on 02/03/2024 by partb: another partner, choice –" in text


def test_a_run_that_an_earlier_version_proposed_has_a_page(summary: Json) -> None:
    del summary["changes"]
    assert "Changed since the last release" not in text_of(render(summary))


def test_every_change_has_words_in_every_language() -> None:
    codes = {"change": get_args(ChangeKind), "way": WAYS, "role": PERSON_ROLES, "unused-file": (*NOT_USED, UNREAD)}
    codes["setting"] = tuple(field.name.replace("_", "-") for field in fields(DebtorAccount))
    for group, wanted in codes.items():
        assert sorted(coded(group)) == sorted(wanted)
    assert {f"{on}-from" for on in AUTHORITIES} | {f"no-{on}" for on in AUTHORITIES} <= set(coded("grant"))


@pytest.mark.parametrize("language", languages())
def test_the_account_that_pays_is_told_in_every_language(summary: Json, language: str) -> None:
    wording = words().into(language)
    names = [wording.coded("setting", field.name.replace("_", "-")) for field in fields(DebtorAccount)]
    assert len(set(names)) == len(names)
    text = text_of(render(summary, language=language, changes=listed()))
    settings = f"{wording.coded('setting', 'iban')}, {wording.coded('setting', 'hold-above')}"
    said = wording.say("debtor-account", "proposed", by="Omar &lt;b&gt;", reason="the &lt;board&gt;")
    assert f"Example body {wording.say('debtor-account', 'first')}; {said}" in text
    assert f"Example body {wording.say('debtor-account', 'changed', settings=settings)}; {said}" in text


# --- where the money is ---------------------------------------------------------------------------

PLACES = {
    "decided": "2000.00",
    "not_written": "200.00",
    "in_ledger": "1800.00",
    "without_file": "800.00",
    "in_files": "1000.00",
    "accepted": "400.00",
    "pending": "100.00",
    "unanswered": "50.00",
    "rejected": "150.00",
    "returned": "100.00",
    "withdrawn": "120.00",
    "unclear": "80.00",
    "paid_again": "70.00",
    "recovered": "30.00",
}


def test_a_released_run_shows_where_the_money_of_the_year_is(summary: Json) -> None:
    assert 'id="money-title"' not in render(summary)
    summary["money"] = PLACES
    drawn = render(summary, language="nl").partition('<div class="picture">')[2].partition("</div>")[0]
    for said in ("Beslist te betalen: 2.000,00 EUR", "door de bank geweigerd: 150,00 EUR"):
        assert said in drawn.replace("\u00a0", " ")


def test_what_does_not_fit_before_the_run_is_said_in_words(summary: Json) -> None:
    summary["checks"] = [{"check": "reconciled-before", "holds": False, "left": "1", "right": "0"}]
    assert "What does not fit in earlier runs 1 0 ✗" in text_of(render(summary))


@pytest.mark.parametrize(
    ("debtor", "execution", "said"),
    [(1, None, True), (1, "2024-06-20", False), (None, None, False)],
)
def test_what_the_account_needs_is_said_before_the_approval(
    summary: Json, debtor: int | None, execution: str | None, said: bool
) -> None:
    files = [{"transfers": 2, "amount": "1891.90"}, {"transfers": 1, "amount": "1045.32"}] if debtor else []
    summary["transfers"] = {"count": 3, "sha256": "ef", "debtor": debtor, "files": files, "execution": execution}
    assert ("the account needs 2,937.22 EUR" in text_of(render(summary))) == said
