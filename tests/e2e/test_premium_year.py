"""A whole premium year on the deployed template, over its API, against the second opinion."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from local.cloud.local_cloud import LocalCloud
from local.opinions.year import oracle
from local.opinions.year.figures import figures_of
from local.opinions.year.generate import generate
from local.opinions.year.partners import PARTNERS
from local.opinions.year.play import Season, cents_of, sectors_of
from local.tools import check
from tegemoet.domain.decision import canonical
from tegemoet.domain.parameters import read_parameters
from tegemoet.schemes.convention_premium import SCHEME
from tegemoet.schemes.convention_premium.year import PremiumRow, premium_year
from tests.support.stack_contents import StackContents

FIGURES = figures_of(2023)
PERSONS = 300
Json = dict[str, Any]


@dataclass
class Played:
    """A year that was played: where, who is who, and per phase its state
    while it waited, once released, and as expected.
    """

    season: Season
    cast: dict[str, list[str]]
    expected: oracle.ExpectedYear
    waiting: dict[int, Json]
    released: dict[int, Json]
    wanted: dict[int, oracle.Phase]
    early: tuple[int, Json]
    own: tuple[int, Json]

    def dossier(self, name: str) -> Json:
        return self.season.dossier(self.cast[name][0])


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    root = tmp_path_factory.mktemp("year")
    cast = generate(root, FIGURES, PERSONS)
    expected, waiting, released, wanted = oracle.ExpectedYear(FIGURES), {}, {}, {}
    with LocalCloud() as cloud:
        season = Season(cloud.deploy(), FIGURES.year)
        early = own = season.operator.call("POST", season.path(2), {"on": FIGURES.evaluated[2]})
        for phase, on in FIGURES.evaluated.items():
            season.drop(root / str(phase))
            expected.drop_folder(root / str(phase))
            wanted[phase] = expected.phase(phase, on)
            waiting[phase] = season.start(phase, on)
            shown = waiting[phase]
            answer = {"run": shown["run"], "control_sum": shown["control_sum"], "approve": True}
            own = season.operator.call("POST", f"{season.path(phase)}/approval", answer)
            released[phase] = season.approve(phase)
        yield Played(season, cast, expected, waiting, released, wanted, early, own)


@pytest.fixture(params=[1, 2])
def phase(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_every_file_is_taken_in_row_by_row_as_expected(year: Played) -> None:
    for key, verdict in year.expected.files.items():
        batch = year.season.batch(key)
        if verdict.refused:
            assert (batch["state"], batch["rows"]) == ("refused", None), key
        else:
            counts = {
                "accepted": len(verdict.good),
                "rejected": len(verdict.rejected),
                "duplicate": len(verdict.duplicates),
            }
            assert (batch["state"], batch["rows"]) == ("done", counts), key
            assert year.season.rejected(key) == verdict.rejected, key


def test_every_sector_is_paid_what_is_expected(year: Played, phase: int) -> None:
    assert sectors_of(year.released[phase]) == year.wanted[phase].per_sector()
    assert cents_of(year.released[phase]["control_sum"]) == year.wanted[phase].control_sum


def test_every_payment_goes_to_the_account_expected(year: Played, phase: int) -> None:
    paid = year.season.payments(year.released[phase]["run"])
    assert paid == Counter((payment.iban, payment.cents) for payment in year.wanted[phase].payments)


def test_recoveries_are_reported_and_not_taken_back(year: Played, phase: int) -> None:
    wanted = year.wanted[phase].recoveries
    assert year.season.recoveries(year.released[phase]["run"]) == Counter(wanted.values())
    entries = year.dossier("convention/left-on-31-december")["entries"]
    assert [(e["kind"], e["amount"]) for e in entries] == [("payment", "945.95")]


def test_what_was_shown_is_what_was_paid(year: Played, phase: int) -> None:
    shown, paid = year.waiting[phase]["totals"], year.released[phase]["totals"]
    assert shown["payments_sha256"] == paid["payments_sha256"]
    assert shown["sectors"] == paid["sectors"]
    assert paid["settled"]["amount"] == shown["control_sum"]
    assert all(check["holds"] for check in paid["checks"])


def test_what_changed_since_the_last_release_is_listed_in_pages_before_the_approval(year: Played, phase: int) -> None:
    season, waiting = year.season, year.waiting[phase]
    changes, cursor = list[Json](), dict[str, str]()
    while True:
        page = season.approver.get(f"{season.path(phase)}/changes", limit="7", **cursor)
        changes += page["changes"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    counts = Counter(change["kind"] for change in changes)
    assert {kind: counts[kind] for kind in waiting["changes"]} == waiting["changes"]
    assert waiting["changes"] == year.released[phase]["changes"] == waiting["totals"]["changes"]["counts"]
    assert page["since"] == (None if phase == 1 else year.released[1]["runs"][-1]["cut_off"])
    # every partner is registered before the first phase, and none of its files is the operators';
    # the treasury is registered when it brings something, and here no bank answers
    made = {change["facts"]["partner"] for change in changes if change["kind"] == "grants"}
    assert set(PARTNERS) - {"treasury"} <= made if phase == 1 else made.isdisjoint(PARTNERS)
    assert waiting["changes"]["accounts"] == 0
    unused = {change["facts"]["batch"] for change in changes if change["kind"] == "unused-files"}
    refused = {season.batch(key)["id"] for key, verdict in year.expected.files.items() if verdict.refused}
    assert unused <= refused
    assert len(unused) == sum(waiting["totals"]["unused_files"].values()) > 0


def test_the_report_shows_the_control_sum_and_ticks_every_total(year: Played, phase: int) -> None:
    page = year.season.output(year.released[phase]["run"], "report.html").decode()
    assert f"{year.wanted[phase].control_sum / 100:,.2f}" in page
    assert "✓" in page
    assert "✗" not in page
    assert ("Both phases" in page) == (phase == 2)
    assert "Changed since the last release" in page


@pytest.mark.parametrize(
    ("name", "paid", "state"),
    [
        ("scenario-1", [(2, "1707.31", "dentist")], "closed"),
        ("scenario-2", [], "closed"),
        ("scenario-3", [(1, "1707.31", "dentist")], "closed"),
        ("scenario-4", [(1, "945.95", "nurse"), (2, "29.54", "midwife")], "closed"),
        ("scenario-5", [(1, "945.95", "nurse")], "closed"),
        ("exactly-at-threshold/cardiology", [(1, "1045.32", "physician")], "closed"),
        ("one-cent-below/cardiology", [], "closed"),
        ("medical-house/nurse-7.59", [], "closed"),
        ("medical-house/nurse-7.60", [(1, "945.95", "nurse")], "closed"),
        ("account/2024-05-31", [(2, "945.95", "nurse")], "closed"),
        ("account/2024-06-01", [], "closed"),
        ("pharmacy/of-two-titulars/lower", [(1, "1790.00", "pharmacist")], "closed"),
        ("pharmacy/of-two-titulars/higher", [], "closed"),
        ("pharmacy/one-titular-of-two", [], "open"),
        ("pharmacy/a-nurse-proves-to-be-titular", [(1, "945.95", "nurse"), (2, "844.05", "pharmacist")], "closed"),
        ("year-amount/missing-after-payment", [(1, "945.95", "nurse")], "open"),
        ("convention/left-on-31-december", [(1, "945.95", "nurse")], "open"),
        ("identity/second-number-later-explained", [(1, "945.95", "nurse")], "closed"),
        ("identity/second-number-unexplained", [], "open"),
    ],
)
def test_the_dossier_of_a_member_of_the_cast(year: Played, name: str, paid: list[Any], state: str) -> None:
    dossier = year.dossier(name)
    assert [(e["phase"], e["amount"], e["profession"]) for e in dossier["entries"]] == paid
    assert dossier["state"] == state


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_a_decision_is_explained_in_each_language_and_replays_to_the_same_bytes(year: Played, language: str) -> None:
    dossier = year.dossier("scenario-4")
    path = f"/v1/premium-years/{dossier['year']}/decisions/{dossier['phases'][-1]['decision']}"
    found = year.season.operator.get(path, lang=language, replay="true")
    assert found["outcome"] == "granted"
    assert found["replay"]["same"] is True
    text = " ".join(step["text"] for step in found["explanation"])
    assert {"nl": "29,54 EUR", "fr": "29,54 EUR", "en": "29.54 EUR", "de": "29,54 EUR"}[language] in text


def test_the_first_phase_comes_first_and_nobody_approves_what_he_may_not(year: Played) -> None:
    assert year.early[0] == 409
    assert year.own[0] == 403


def test_a_partner_sees_its_own_drops_and_nobody_elses(year: Played) -> None:
    register, profiles = year.season.partner("register"), year.season.partner("profiles")
    keys = {batch["key"] for batch in year.season.batches_of("profiles")}
    assert keys == {key for key in year.expected.files if key.startswith("in/profiles/")}
    other = year.season.batches["in/profiles/convention-premium/2023/activity-s1/part-1.csv"]["id"]
    assert register.call("GET", f"/v1/batches/{other}")[0] == 404
    assert profiles.call("GET", f"/v1/batches/{other}")[0] == 200
    assert profiles.call("GET", year.season.path(1))[0] == 403


def test_no_identity_number_is_in_a_key_or_an_output_for_operators(year: Played) -> None:
    inszs = {fact[0] for fact in year.expected.practices.values()}
    s3, outputs = year.season.stack.session.client("s3"), year.season.stack.outputs
    for bucket in ("InboxBucket", "WorkBucket", "OutputBucket"):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=outputs[bucket]):
            names = " ".join(item["Key"] for item in page.get("Contents", []))
            assert not any(insz in names for insz in inszs)
    for name in ("summary.json", "report.html", "exceptions.csv", "changes.csv", "recoveries.csv"):
        text = year.season.output(year.released[2]["run"], name).decode()
        assert not any(insz in text for insz in inszs), name


def test_no_log_history_table_or_queue_names_anybody(year: Played) -> None:
    """Numbers as they are written and as they are printed, of every row that was delivered."""
    persons = {*year.expected.accounts, *year.expected.replaced_by}.union(*year.expected.inszs.values())
    payments = [payment for phase in year.wanted.values() for payment in phase.payments]
    accounts, holders = ({getattr(payment, name) for payment in payments} for name in ("iban", "holder"))
    assert min(len(persons), len(accounts), len(holders)) > 100
    accounts |= {" ".join(re.findall(".{1,4}", account)) for account in accounts}
    number = re.compile(r"(?<!\d)\d{2}\.?\d{2}\.?\d{2}[ -]?\d{3}[ .]?\d{2}(?!\d)")
    contents, told = StackContents(year.season.stack), defaultdict[str, list[str]](list)
    for source in (contents.executions, contents.log_lines, contents.messages, contents.items):
        for place, text in source():
            told[place].append(text)
    facts = told.pop(f"table {year.season.stack.outputs['FactsTable']}")  # under the identity key
    assert any(account in "".join(facts) for account in accounts)
    assert {place.partition(" ")[0] for place in told} >= {"execution", "history", "log", "table"}
    for place, texts in told.items():
        text = "\n".join(texts)
        assert not {re.sub("[^0-9]", "", found) for found in number.findall(text)} & persons, place
        assert not [value for value in (*accounts, *holders) if value in text], place


def test_the_operators_check_holds_for_the_year_and_every_decision_replays(
    year: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = year.season.stack
    assert check.main(["--stack", stack.name, "--year", "2023", "--replay"], stack.session) == 0
    told = capsys.readouterr().out
    assert "holds" in told
    assert "BROKEN" not in told


def test_a_population_becomes_a_parameter_file_that_decides(year: Played, tmp_path: Path) -> None:
    rows = ["profession;specialism;birth_year;convention;amount"]
    for age in range(40, 60):
        rows += [f"nurse;;{2022 - age};{status};{20_000 + age}.00" for status in ("full", "none")]
        rows += [f"physician;general-practice;{2022 - age};full;{90_000 + age}.00"]
    drop = tmp_path / "in" / "study" / "premium-allocation" / "2023" / "population" / "all.csv"
    drop.parent.mkdir(parents=True)
    drop.write_text("\n".join(rows) + "\n")
    year.season.drop(tmp_path)
    batch = year.season.batch("in/study/premium-allocation/2023/population/all.csv")
    assert (batch["state"], batch["rows"]["accepted"]) == ("done", 60)
    folder = f"out/study/premium-allocation/{batch['id']}/"
    text = year.season.object(folder + "2023.toml").decode()
    made = premium_year(read_parameters("2023", text))
    # thresholds: 20 % of the medians 20,049.50 and 90,049.50; premiums: 50
    # million over 40 conventioned, 50 million over all 60
    assert made.rows["nurse", None] == PremiumRow(Decimal("2916666.67"), Decimal("4009.9"))
    assert made.rows["physician", "general-practice"] == PremiumRow(Decimal("2083333.33"), Decimal("18009.9"))
    assert b"nurse" in year.season.object(folder + "counts.csv")


def test_a_case_gives_the_same_bytes_in_a_file_and_by_post(year: Played, tmp_path: Path) -> None:
    example = SCHEME.example
    drop = tmp_path / "in" / "mutuality" / "convention-premium" / "cases" / "one.jsonl"
    drop.parent.mkdir(parents=True)
    drop.write_bytes(orjson.dumps(example) + b"\n")
    year.season.drop(tmp_path)
    batch = year.season.batch("in/mutuality/convention-premium/cases/one.jsonl")
    [line] = year.season.object(f"out/mutuality/convention-premium/{batch['id']}/decisions.jsonl").splitlines()
    posted = year.season.partner("mutuality").post("/v1/schemes/convention-premium/decisions", example)
    for step in posted["explanation"]:
        del step["text"]
    assert canonical(posted) == line
