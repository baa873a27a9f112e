"""Everything that is rendered in a language, as JSON.

Each item has its name, its text in English, its text in the language, and the data that it shows.

Run in a tree as `python -m tests.promises.rendered <language>`.
"""

import importlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import orjson
from openpyxl import load_workbook

from tegemoet.application.decisions import catalogue, deciding, legislation
from tegemoet.application.decisions.documents import document
from tegemoet.application.decisions.letter.layout import reference_of, spoken
from tegemoet.application.decisions.letter.particulars import body_of
from tegemoet.application.decisions.letter.write import write
from tegemoet.application.decisions.timeline.draw import draw
from tegemoet.application.exchange.contact import check
from tegemoet.application.exchange.tables import csv_of, workbook_of
from tegemoet.application.intake import batch_report
from tegemoet.application.intake.kinds.reasons import reasons
from tegemoet.application.premium_year import report_page
from tegemoet.application.premium_year.changes import WAYS, Change, grant_changes, role_changes
from tegemoet.application.premium_year.letters.record import LetterKind, Registration, Transfer
from tegemoet.application.premium_year.letters.write import written as premium_letter
from tegemoet.application.premium_year.plan import NOT_USED
from tegemoet.application.premium_year.unread import UNREAD
from tegemoet.application.records import OPERATORS, ChangeKind, GrantedKind
from tegemoet.schemes.increased_reimbursement.contact import CATEGORIES, LearnedSince
from tegemoet.schemes.increased_reimbursement.statistics import tables
from tegemoet.schemes.registry import SCHEMES
from tests.schemes.increased_reimbursement.builders import YEAR
from tests.support.premium_letters import of_the_treasury
from tests.unit.premium_year.test_report_page import ANN, FUND, a_sector, an_account, an_unused_file, first_phase

Rendered = tuple[str, Callable[[str], str], Any]
"""The name of what is rendered, its text in a language, and the data that it shows."""


def decisions() -> Iterator[Rendered]:
    """Explanations, pictures, letters and documents of every case of every gallery."""
    body, former = body_of("mutuality"), None
    for slug, scheme in SCHEMES.items():
        if scheme.kind != "single-case":
            continue
        gallery = importlib.import_module(f"tests.schemes.{slug.replace('-', '_')}.gallery").gallery(scheme)
        for number, (held, line) in enumerate(gallery):
            written = deciding.decide_line(orjson.dumps(line), held, "mutuality", b"secret").decision
            decision, name, before = orjson.loads(written), f"{slug} {number}", former

            def explained(lang: str, written: bytes = written, held: Any = held) -> str:
                return "\n".join(step["text"] for step in deciding.render(written, held, lang)["explanation"])

            def pictured(lang: str, decision: Any = decision, held: Any = held) -> str:
                return draw(decision, held, lang)

            def told(lang: str, written: bytes = written, held: Any = held, before: Any = before) -> str:
                return write(deciding.render(written, held, lang), held, body, lang, before)

            yield f"explanation of {name}", explained, decision
            yield f"picture of {name}", pictured, decision
            references = [spoken(reference_of(each["id"])) for each in (decision, before) if each]
            yield f"letter on {name}", told, [decision, before, references]
            for step in decision["explanation"]:
                if called := step["facts"].get("document"):

                    def printed(lang: str, written: bytes = written, held: Any = held, called: str = called) -> str:
                        return document(written, held, called, lang)

                    yield f"document {called} of {name}", printed, decision
            former = decision


def catalogues() -> Iterator[Rendered]:
    """Titles and summaries of the schemes, and titles and changes of the acts."""
    for scheme in catalogue.schemes(date(2026, 11, 30)):
        yield f"title of {scheme['scheme']}", scheme["title"].__getitem__, None
        yield f"summary of {scheme['scheme']}", scheme["summary"].__getitem__, None
    for act in legislation.search():
        yield f"title of {act['id']}", act["title"].__getitem__, None
        yield f"changes of {act['id']}", act["changes"].__getitem__, None


NAMED = {"batch": "b-1", "partner": "riziv", "scheme": "premium-allocation", "kind": "population", "year": 2031}


def a_batch() -> Any:
    """A summary of a batch with everything that its page shows."""
    counts = {"rows": 12_345, "accepted": 12_000, "rejected": 300, "duplicates": 45}
    allocation = {
        "year": 2031,
        **dict.fromkeys(("budget", "allotted", "not_allotted", "difference"), "1234.50"),
        "sectors": [
            {"sector": sector["profession"], "reaching": 12, "full_reaching": 11, "premium": "12.00"}
            for sector in first_phase("1.00")["sectors"]
        ],
    }
    return {
        **NAMED,
        **counts,
        "key": "in/riziv/a.csv",
        "written_at": "2031-01-01T00:00:00Z",
        "reasons": [{"code": code, "text": "", "count": 1} for code in reasons()],
        "warnings": [{"code": "iban-bank-unknown", "count": 1, "lines": [1], "text": ""}],
        "outcomes": {"granted": 1, "refused": 1, "pending": 1},
        "amount": "12.50",
        "allocation": allocation,
    }


def reports() -> Iterator[Rendered]:
    """The pages of batches and of phases, and the sentences of rejected rows."""
    batch = a_batch()
    codes = [each["code"] for each in batch["reasons"]]
    yield "page of a batch", lambda lang: batch_report.render(batch, lang), [NAMED, batch["written_at"], codes, "EUR"]
    for phase in (1, 2):
        for state in ("waiting", "approved", "released"):
            for one in (1, 2):
                summary = a_summary(phase, state, one)
                for earlier in ([], [first_phase("945.95")], [summary]):

                    def page(lang: str, summary: Any = summary, earlier: Any = earlier) -> str:
                        return report_page.render(summary, earlier, lang, changes=CHANGES)

                    shown = [
                        summary["run"],
                        summary["engine"],
                        summary["parameters"],
                        *summary["batches"],
                        summary["cut_off"],
                        summary["changes"]["since"],
                        "changes.csv",
                        *SHOWN_OF_CHANGES,
                        *(text for act in summary["acts"] for text in (act["by"], act["at"])),
                        "EUR",
                        "sha256",
                    ]
                    yield f"page of phase {phase}, {state}, {one}, {len(earlier)} earlier", page, shown
    yield "reasons of rejected rows", lambda lang: "\n".join(reasons(lang).values()), None


def a_summary(phase: int, state: str, one: int) -> Any:
    """A summary with every code that has words; `one` = its number of persons and payments."""
    coded = {group: [code for name, code in report_page.words().sentences if name == group] for group in CODED}
    sums = {"count": one, "amount": "945.95"}
    professions = [sector["profession"] for sector in first_phase("1.00")["sectors"]]
    counted = {"practices": 5, "reached": 1, "not_reached": 1, "exempt": 1, "granted": 1, "refused": 1, "pending": 1}
    return {
        "scheme": "convention-premium",
        "year": 2023,
        "phase": phase,
        "run": f"2023-{phase}-0a1b2c3d4e",
        "on": "2024-06-15",
        "state": state,
        "parameters": {"version": "2023.1", "sha256": "ab" * 32},
        "engine": "1.0.0",
        "control_sum": "945.95",
        "payments_sha256": "ab" * 32,
        "persons": 5,
        "practices": 60,
        "outcomes": {"granted": 1, "refused": 1, "pending": 1},
        "dossiers": {"open": 1, "closed": 4},
        "payments": {**sums, "by_kind": dict.fromkeys(coded["payment"], sums)},
        "sectors": [a_sector(each, "945.95", n % 2, **counted) for n, each in enumerate(professions)],
        "reasons": {"refused": dict.fromkeys(coded["reason"], 1), "pending": dict.fromkeys(coded["reason"], 1)},
        "pending_accounts": 7,
        "recoveries": sums,
        "exceptions": dict.fromkeys(coded["exception"], 1) if one == 1 else {},
        "changes": {
            "since": "2023-12-01T08:00:00Z" if one == 1 else None,
            "counts": dict.fromkeys(coded["change"], 30),
            "ways": dict.fromkeys(coded["way"], 1),
        },
        "batches": {"practices": 2},
        "unused_files": dict.fromkeys(coded["unused"], 1),
        "cut_off": "2024-06-15T08:00:00Z",
        "acts": [{"act": act, "by": "An Peeters", "at": "2024-06-15T08:00:00Z"} for act in coded["act"]],
        "settled": {"entries": 1, "amount": "945.95", "not_written": 0} if state == "released" else None,
        "checks": [{"check": check, "holds": True, "left": "1.00", "right": "1.00"} for check in coded["check"]],
    }


CODED = ("payment", "reason", "exception", "check", "unused", "act", "change", "way")
ENDED = replace(
    FUND,
    number=2,
    profile="accounts",
    grants=(GrantedKind("convention-premium", "identities", 2023),),
    keys=("o-1",),
    accounts_from=None,
    identities_from=2023,
    answerable=("bob",),
    predecessor="old-fund",
)
FORMER = replace(ENDED, number=3, keys=(), identities_from=None)
CASE_WORKER = replace(ANN, number=2, roles=frozenset({"case-worker", "reader", "registrar"}), partner="fund")
CHANGES: dict[ChangeKind, list[Change]] = {
    "accounts": [an_account(), an_account(riziv_numbers=None, tariff_office="o-1", ways=[*WAYS], amount=None)],
    "grants": grant_changes([FUND, ENDED, FORMER], None),
    "roles": role_changes([ANN, CASE_WORKER], None),
    "unused-files": [an_unused_file(state, None) for state in (*NOT_USED, UNREAD)],
}
SHOWN_OF_CHANGES = [
    *("partb", "partc", "fund", "old-fund", "o-1", "Carl <b>", "Ann", "ann", "bob", "b-2"),
    *("register", "accounts", "convention-premium accounts", "convention-premium identities", "practices", "EUR"),
]
"""What the page shows of these changes as it is: names, ids, and kinds of files."""


def premium_letters() -> Iterator[Rendered]:
    """The letters to care providers that no decision makes, and one of every other kind."""
    asked = of_the_treasury("en")
    registered = (None, Registration(), Registration("2023-12-01", "2024-05-31"))
    paid = (Transfer("7034"), Transfer("7034", "office-1", "2023-12-11"))
    made = [
        replace(asked[0], kind=kind, transfer=transfer, registration=registration)
        for kind in get_args(LetterKind)
        for transfer in paid
        for registration in registered
        if kind != "recovery"
    ]
    for number, letter in enumerate((*asked, *made)):

        def told(lang: str, letter: Any = letter) -> str:
            return premium_letter(replace(letter, language=lang), body_of(OPERATORS))

        yield (
            f"premium letter {number}",
            told,
            [orjson.loads(orjson.dumps(letter)), spoken(reference_of(letter.decision)), "EUR", "BE71 0961 2345 6769"],
        )


def exchanges() -> Iterator[Rendered]:
    """The tables of the exchange as CSV and as a workbook, and why a household is not contacted."""
    made = tables({f"{level}/{place}": 1_234 for level in ("households", "persons") for place in "123456"}, YEAR)

    def cells(lang: str) -> str:
        book = load_workbook(io.BytesIO(workbook_of(made, "title", date(2021, 11, 5), lang)))
        rows = [[cell for cell in row if isinstance(cell, str)] for sheet in book for row in sheet.values]
        return "\n".join([*book.sheetnames, *(" ".join(row) for row in rows)])

    codes = [row[0] for table in made for row in table.rows]
    columns = ["meaning", *(name for table in made for name in (table.heading, *table.levels))]
    yield "workbook", cells, codes
    yield "tables", lambda lang: "\n".join(csv_of(table, lang).decode() for table in made), [codes, columns]
    since = LearnedSince(
        size=1, voucher_cents=10**9, projected_cents=10**9, right_opened=True, declared_above_ceiling=True
    )
    advice = {lang: check(2020, since, lang)["reasons"] for lang in ("en", sys.argv[1])}
    assert {each["reason"] for each in advice["en"]} <= set(CATEGORIES)
    yield "reasons not to contact", lambda lang: "\n".join(each["text"] for each in advice[lang]), None


def main() -> None:
    language = sys.argv[1]
    found = [
        [name, render("en"), render(language), data]
        for name, render, data in (*decisions(), *catalogues(), *reports(), *premium_letters(), *exchanges())
    ]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
