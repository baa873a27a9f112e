"""Files in: what is refused as a whole, what is
rejected row by row, and what becomes of the rest.
"""

from dataclasses import asdict, replace
from itertools import pairwise

import orjson
import pytest

from tegemoet.adapters.facts import item_of
from tegemoet.application.intake import ingest as intake
from tegemoet.application.intake import keys as drops
from tegemoet.application.intake.keys import parse_key
from tegemoet.application.intake.kinds.table import KINDS
from tegemoet.application.records import BatchDetail, RowCounts, Year
from tegemoet.domain.identity import person_key, shard_of
from tests.support.dropping import (
    EXCHANGE_KEY,
    HEALTH_KEY,
    IDENTITY_KEY,
    PREMIUM,
    Cloud,
    counts_of,
    iban,
    insz,
    refusal_of,
    riziv,
)

PRACTICES = (
    "insz;riziv_number;profession;specialism;number_granted_on;training;"
    "medical_house_weekly_hours;pharmacy_id;tariff_office\n"
)
CONVENTIONS = "riziv_number;status;from;until\n"
ACTIVITY = "riziv_number;setting;amount\n"
ACCOUNTS = "insz;holder;iban;registered_on;language\n"


def printed(number: str) -> str:
    """An identity number as it is printed on a card."""
    return f"{number[:2]}.{number[2:4]}.{number[4:6]}-{number[6:9]}.{number[9:]}"


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def practice(cloud: Cloud, **fields: str) -> list[tuple[int, str, str]]:
    """What is rejected of a practices file whose only row is a good one but for `fields`."""
    row = {"insz": insz(1), "riziv_number": riziv(1), "profession": "nurse", "training": "no", **fields}
    columns = KINDS["convention-premium", "practices"].columns
    body = PRACTICES + ";".join(row.get(column, "") for column in columns)
    return cloud.rejected(cloud.drop(f"{PREMIUM}/practices/a.csv", body))


# --- what an accepted row becomes -----------------------------------------------------------------


def test_a_practice_becomes_a_fact_under_its_number_without_the_identity_number(cloud: Cloud) -> None:
    row = f"{insz(1)};{riziv(1)};physician;cardiology;2023-03-01;yes;7,5;;"
    batch = cloud.drop(f"{PREMIUM}/practices/november.csv", PRACTICES + row)
    [fact] = cloud.facts.stored
    assert batch.state == "done"
    shard = shard_of(riziv(1)[:8], parse_key(batch.key).shards)
    assert fact[:4] == ("practice", shard, (riziv(1),), batch.id)
    person = orjson.loads(fact.body)["person"]
    assert orjson.loads(fact.body) == {
        "person": person,
        "riziv_number": riziv(1),
        "profession": "physician",
        "specialism": "cardiology",
        "number_granted_on": "2023-03-01",
        "training": True,
        "medical_house_weekly_hours": "7.50",
        "pharmacy_id": None,
        "tariff_office": None,
        "partner": "riziv",
    }
    assert person.startswith("v1-")
    everything = b"".join(cloud.work.bodies.values()) + b"".join(cloud.output.bodies.values()) + str(fact).encode()
    assert insz(1).encode() not in everything


def test_every_kind_of_premium_file_becomes_facts_where_a_run_looks_for_them(cloud: Cloud) -> None:
    files = {
        "practices": PRACTICES + f"{insz(1)};{riziv(1)};pharmacist;;;no;;P-1;T-1",
        "conventions": CONVENTIONS + f"{riziv(1)};full;2023-01-01;",
        "activity-s1": ACTIVITY + f"{riziv(1)};ambulatory;1045.32",
        "activity-year": ACTIVITY + f"{riziv(1)};day-hospital;2045,3",
        "accounts": ACCOUNTS + f"{insz(1)};Jan; Peeters;".replace("; ", " ") + f"{iban(1)};2023-11-30;",
        "identities": f"old_insz;new_insz\n{insz(1)};{insz(2)}",
        "tariff-offices": f"tariff_office;holder;iban\nT-1;APB;{iban(2)}",
    }
    for kind, body in files.items():
        assert counts_of(cloud.drop(f"{PREMIUM}/{kind}/a.csv", body)).accepted == 1, kind
    shards = parse_key(f"{PREMIUM}/practices/a.csv").shards
    of_number, person = shard_of(riziv(1)[:8], shards), person_key(insz(1), "v1", cloud.secrets.secrets)
    assert {fact[:3] for fact in cloud.facts.stored} == {
        ("practice", of_number, (riziv(1),)),
        ("convention", of_number, (riziv(1), "2023-01-01")),
        ("activity-s1", of_number, (riziv(1), "ambulatory")),
        ("activity-year", of_number, (riziv(1), "day-hospital")),
        ("account", shard_of(person, shards), (person, "2023-11-30")),
        ("identity", 0, (person,)),
        ("office", 0, ("T-1",)),
    }
    assert sorted(body["cents"] for body in cloud.bodies if "cents" in body) == [104532, 204530]
    [account] = [body for body in cloud.bodies if "registered_on" in body]
    assert (account["holder"], account["language"]) == ("Jan Peeters", None)


def test_columns_may_come_in_any_order_with_a_bom_and_windows_line_ends(cloud: Cloud) -> None:
    body = f"\ufeffuntil,status,riziv_number,from\r\n,full,{riziv(1)},2023-01-01\r\n"
    cloud.drop(f"{PREMIUM}/conventions/a.csv", body)
    assert cloud.bodies == [{"riziv_number": riziv(1), "status": "full", "from": "2023-01-01", "until": None}]


def test_a_header_alone_is_a_valid_empty_file(cloud: Cloud) -> None:
    batch = cloud.drop(f"{PREMIUM}/conventions/a.csv", CONVENTIONS)
    assert (batch.state, counts_of(batch).rows) == ("done", 0)


def test_quoted_fields_may_hold_delimiters_and_quotes(cloud: Cloud) -> None:
    body = ACCOUNTS + f'{insz(1)};"Peeters; ""de"" bakker";{iban(1)};2023-11-30;nl'
    cloud.drop(f"{PREMIUM}/accounts/a.csv", body)
    assert [b["holder"] for b in cloud.bodies] == ['Peeters; "de" bakker']


def test_the_largest_fact_stays_one_write_unit(cloud: Cloud) -> None:
    cloud.secrets.secrets["a" * 36] = "secret"
    cloud.secrets.current = "a" * 36
    partner = "p" * 64
    body = ACCOUNTS + f"{insz(1)};{'€' * 139 + '𝄞'};{iban(1)};2023-11-30;nl"
    cloud.drop(f"in/{partner}/convention-premium/2023/accounts/a.csv", body)
    [fact] = cloud.facts.stored
    item = item_of(2023, fact)
    assert sum(len(name) + len(value["S"].encode()) for name, value in item.items()) <= 1024


# --- rows rejected alone --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "column", "code"),
    [
        ({"insz": insz(1)[:-2] + "00"}, "insz", "insz-invalid"),
        ({"insz": "７0010100126"}, "insz", "insz-invalid"),
        ({"riziv_number": riziv(1)[:6] + "00" + "004"}, "riziv_number", "riziv-number-invalid"),
        ({"riziv_number": riziv(1)[:8]}, "riziv_number", "riziv-number-invalid"),
        ({"profession": "wizard"}, "profession", "profession-unknown"),
        ({"profession": "physician", "specialism": "astrology"}, "specialism", "specialism-unknown"),
        ({"profession": "physician"}, "specialism", "specialism-unknown"),
        ({"specialism": "cardiology"}, "specialism", "specialism-unknown"),
        ({"number_granted_on": "2023-02-30"}, "number_granted_on", "not-a-day"),
        ({"number_granted_on": "20230228"}, "number_granted_on", "not-a-day"),
        ({"number_granted_on": "2023-W09-2"}, "number_granted_on", "not-a-day"),
        ({"number_granted_on": "２０23-02-28"}, "number_granted_on", "not-a-day"),
        ({"training": "true"}, "training", "not-yes-or-no"),
        ({"training": ""}, "training", "not-yes-or-no"),
        ({"training": "yes"}, "training", "training-not-for-profession"),
        ({"medical_house_weekly_hours": "-7"}, "medical_house_weekly_hours", "not-hours"),
        ({"medical_house_weekly_hours": "7.605"}, "medical_house_weekly_hours", "not-hours"),
        ({"medical_house_weekly_hours": "1e1"}, "medical_house_weekly_hours", "not-hours"),
        ({"pharmacy_id": "P1"}, "pharmacy_id", "pharmacy-for-pharmacists"),
        ({"tariff_office": "T1"}, "tariff_office", "pharmacy-for-pharmacists"),
        ({"profession": "pharmacist", "tariff_office": "T1"}, "pharmacy_id", "pharmacy-for-pharmacists"),
        ({"profession": "pharmacist", "pharmacy_id": "P1"}, "tariff_office", "pharmacy-for-pharmacists"),
        ({"profession": "pharmacist", "pharmacy_id": "P 1", "tariff_office": "T1"}, "pharmacy_id", "label-invalid"),
    ],
)
def test_a_bad_practice_is_rejected_with_column_and_code(
    cloud: Cloud, fields: dict[str, str], column: str, code: str
) -> None:
    assert practice(cloud, **fields) == [(2, column, code)]
    assert not cloud.facts.items


@pytest.mark.parametrize("modulus", [97, 89])
def test_riziv_numbers_of_both_series_are_accepted(cloud: Cloud, modulus: int) -> None:
    assert practice(cloud, riziv_number=f"123456{modulus - 123456 % modulus:02}004") == []


@pytest.mark.parametrize("modulus", [83, 79])
def test_riziv_numbers_of_other_moduli_are_rejected(cloud: Cloud, modulus: int) -> None:
    found = practice(cloud, riziv_number=f"123456{modulus - 123456 % modulus:02}004")
    assert found == [(2, "riziv_number", "riziv-number-invalid")]


@pytest.mark.parametrize(
    "amount",
    [
        "NaN",
        "Infinity",
        "1e5",
        "1.045,32",
        "1,045.32",
        "1 045",
        "1_000",
        "１０４５",
        "-1",
        "+1",
        "1.234",
        ".5",
        "5.",
        "",
        "1" * 13,
    ],
)
def test_what_is_no_amount_is_rejected(cloud: Cloud, amount: str) -> None:
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", ACTIVITY + f"{riziv(1)};ambulatory;{amount}")
    assert cloud.rejected(batch) == [(2, "amount", "not-an-amount")]
    assert not cloud.facts.items


@pytest.mark.parametrize(
    ("amount", "cents"), [("0", 0), ("1", 100), ("1.5", 150), ("1,05", 105), ("999999999999.99", 99999999999999)]
)
def test_what_is_an_amount_is_counted_in_cents(cloud: Cloud, amount: str, cents: int) -> None:
    cloud.drop(f"{PREMIUM}/activity-s1/a.csv", ACTIVITY + f"{riziv(1)};ambulatory;{amount}")
    assert [body["cents"] for body in cloud.bodies] == [cents]


def test_a_decimal_comma_needs_the_semicolon_as_delimiter(cloud: Cloud) -> None:
    body = ACTIVITY.replace(";", ",") + f'{riziv(1)},ambulatory,"1,5"\n{riziv(2)},ambulatory,1.5\n'
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", body)
    assert cloud.rejected(batch) == [(2, "amount", "not-an-amount")]
    assert [body["cents"] for body in cloud.bodies] == [150]


def test_the_sum_of_a_chunk_is_that_of_its_rows(cloud: Cloud) -> None:
    rows = f"{riziv(1)};ambulatory;0.10\n{riziv(2)};ambulatory;0.20\n{riziv(2)};inpatient;x\n"
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", ACTIVITY + rows)
    manifest = orjson.loads(cloud.work.get(f"batches/{batch.id}/manifest.json"))
    assert [chunk["cents"] for chunk in manifest["chunks"]] == [30]
    summary = orjson.loads(cloud.output.get(batch.detail.outputs["summary.json"]))
    assert summary["amount"] == "0.30"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (f"{riziv(1)};full;2023-02-29;", "from", "not-a-day"),
        (f"{riziv(1)};full;;", "from", "not-a-day"),
        (f"{riziv(1)};full;2023-02-02;2023-02-01", "until", "until-before-from"),
        (f"{riziv(1)};fully;2023-02-02;", "status", "status-unknown"),
        (f"{riziv(1)};full;2023-02-02", "", "field-count"),
        (f"{riziv(1)};full;2023-02-02;;", "", "field-count"),
        (f'{riziv(1)};"full"x;2023-02-02;', "", "quote-misplaced"),
    ],
)
def test_a_bad_convention_is_rejected_and_the_next_row_is_not(cloud: Cloud, row: str, column: str, code: str) -> None:
    batch = cloud.drop(f"{PREMIUM}/conventions/a.csv", f"{CONVENTIONS}{row}\n{riziv(2)};none;2023-01-01;2023-01-01\n")
    assert cloud.rejected(batch) == [(2, column, code)]
    assert [body["riziv_number"] for body in cloud.bodies] == [riziv(2)]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (f"{insz(1)};;{iban(1)};2023-11-30;nl", "holder", "holder-invalid"),
        (f"{insz(1)};{'x' * 141};{iban(1)};2023-11-30;nl", "holder", "holder-invalid"),
        (f"{insz(1)};a\tb;{iban(1)};2023-11-30;nl", "holder", "holder-invalid"),
        (f"{insz(1)};\u00a0 ;{iban(1)};2023-11-30;nl", "holder", "holder-invalid"),
        (f"{insz(1)};Jan\u202esreteeP;{iban(1)};2023-11-30;nl", "holder", "holder-invalid"),
        (f"{insz(1)};Jan\u200bPeeters;{iban(1)};2023-11-30;nl", "holder", "holder-invalid"),
        (f"{insz(1)};Jan {insz(2)};{iban(1)};2023-11-30;nl", "holder", "holds-identity-number"),
        (f"{insz(1)};Jan {printed(insz(2))};{iban(1)};2023-11-30;nl", "holder", "holds-identity-number"),
        (f"{insz(1)[:6]}00054;A;{iban(1)};2023-11-30;nl", "insz", "insz-invalid"),
        (f"{insz(1)};A;{iban(1)[:-2]}00;2023-11-30;nl", "iban", "iban-invalid"),
        (f"{insz(1)};A;NL5412340417164300;2023-11-30;nl", "iban", "iban-invalid"),
        (f"{insz(1)};A;{iban(1)[:-1]};2023-11-30;nl", "iban", "iban-invalid"),
        (f"{insz(1)};A;BE68 5390 0754 7034;2023-11-30;nl", "iban", "iban-invalid"),
        (f"{insz(1)};A;be68539007547034;2023-11-30;nl", "iban", "iban-invalid"),
        (f"{insz(1)};A;{iban(1)};;nl", "registered_on", "not-a-day"),
        (f"{insz(1)};A;{iban(1)};2023-11-30;en", "language", "language-unknown"),
    ],
)
def test_a_bad_account_is_rejected(cloud: Cloud, row: str, column: str, code: str) -> None:
    assert cloud.rejected(cloud.drop(f"{PREMIUM}/accounts/a.csv", ACCOUNTS + row)) == [(2, column, code)]


def test_an_account_at_an_unknown_belgian_bank_is_a_warning(cloud: Cloud) -> None:
    rows = f"{insz(1)};A;{iban(1)};2023-11-30;nl\n{insz(2)};B;{iban(1, bank='138')};2023-11-30;nl\n"
    batch = cloud.drop(f"{PREMIUM}/accounts/a.csv", ACCOUNTS + rows)
    summary = orjson.loads(cloud.output.get(batch.detail.outputs["summary.json"]))
    assert [(w["code"], w["count"], w["lines"]) for w in summary["warnings"]] == [("iban-bank-unknown", 1, [3])]
    assert counts_of(batch).accepted == 2


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_an_unknown_bank_is_a_warning_in_any_order_of_rows(cloud: Cloud, order: slice) -> None:
    """A number of that bank that the library's list does not take either changes nothing."""
    banks = ["138", "001", "138", "001"]
    rows = [f"{insz(n)};A;{iban(n, bank=bank)};2023-11-30;nl" for n, bank in enumerate(banks, 1)][order]
    batch = cloud.drop(f"{PREMIUM}/accounts/a.csv", ACCOUNTS + "\n".join(rows))
    summary = orjson.loads(cloud.output.get(batch.detail.outputs["summary.json"]))
    unknown = [line for line, row in enumerate(rows, 2) if "138" in row.split(";")[2][4:7]]
    assert [(w["code"], w["lines"]) for w in summary["warnings"]] == [("iban-bank-unknown", unknown)]


def test_the_same_holder_composed_decomposed_and_padded_is_one_row(cloud: Cloud) -> None:
    spellings = ["Zoë Peeters", "Zoe\u0308 Peeters", "  Zoë\u00a0Peeters "]
    rows = "\n".join(f"{insz(1)};{holder};{iban(1)};2023-11-30;nl" for holder in spellings)
    batch = cloud.drop(f"{PREMIUM}/accounts/a.csv", ACCOUNTS + rows)
    assert (counts_of(batch).accepted, counts_of(batch).duplicates, counts_of(batch).rejected) == (1, 2, 0)
    assert [body["holder"] for body in cloud.bodies] == ["Zoë Peeters"]
    offices = "\n".join(f"T-1;{holder};{iban(1)}" for holder in spellings)
    batch = cloud.drop(f"{PREMIUM}/tariff-offices/a.csv", f"tariff_office;holder;iban\n{offices}")
    assert (counts_of(batch).accepted, counts_of(batch).duplicates) == (1, 2)


def test_no_label_holds_an_identity_number(cloud: Cloud) -> None:
    pharmacist = {"profession": "pharmacist", "pharmacy_id": "P-1", "tariff_office": "T-1"}
    for column in ("pharmacy_id", "tariff_office"):
        for number in (insz(2), printed(insz(2)), f"P{insz(2)}"):
            assert practice(Cloud(), **pharmacist | {column: number}) == [(2, column, "holds-identity-number")]
    row = f"{printed(insz(2))};APB;{iban(2)}"
    batch = cloud.drop(f"{PREMIUM}/tariff-offices/a.csv", f"tariff_office;holder;iban\n{row}")
    assert cloud.rejected(batch) == [(2, "tariff_office", "holds-identity-number")]


@pytest.mark.parametrize(
    "key",
    [
        f"{PREMIUM}/accounts/{insz(2)}.csv",
        f"{PREMIUM}/accounts/file-{insz(2)}-2.csv",
        f"{PREMIUM}/accounts/70-01-01-{insz(2)[6:9]}-{insz(2)[9:]}.csv",
        f"in/{insz(2)}/convention-premium/2023/accounts/a.csv",
        f"in/riziv/convention-premium/cases/{insz(2)}.jsonl",
        f"in/riziv/{printed(insz(2))}",
        f"in/riziv/increased-reimbursement/2023/incomes-1/{insz(2)}.csv",
    ],
)
def test_a_key_with_an_identity_number_is_refused_and_recorded_without_it(cloud: Cloud, key: str) -> None:
    batch = cloud.drop(key, ACCOUNTS)
    assert (batch.state, refusal_of(batch).code) == ("refused", "key-holds-identity-number")
    stored = repr([cloud.batches.items, cloud.work.bodies, cloud.output.bodies, cloud.workflows.started])
    digits = "".join(character for character in stored if character.isdigit())
    assert insz(2) not in digits
    assert batch.key == "".join("x" if character.isdigit() else character for character in key)
    if "increased-reimbursement" in key:
        assert not cloud.exchange.exists(key)  # a refused file of an exchange is deleted


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("physician;;1975;full;1.00", "specialism", "specialism-unknown"),
        ("nurse;;75;full;1.00", "birth_year", "birth-year-invalid"),
        ("nurse;;2024;full;1.00", "birth_year", "birth-year-invalid"),
        ("nurse;;1975;yes;1.00", "convention", "status-unknown"),
        ("nurse;;1975;full;1.001", "amount", "not-an-amount"),
    ],
)
def test_a_bad_provider_of_the_population_is_rejected(cloud: Cloud, row: str, column: str, code: str) -> None:
    header = "profession;specialism;birth_year;convention;amount\n"
    batch = cloud.ingest(cloud.put("in/riziv/premium-allocation/2023/population/a.csv", header + row))
    text = cloud.work.get(f"batches/{batch.id}/rejected.csv").decode()
    assert text.splitlines()[1].startswith(f"2;{column};{code};")


def test_identical_rows_of_the_population_are_different_providers(cloud: Cloud) -> None:
    body = "profession;specialism;birth_year;convention;amount\n" + "nurse;;1975;full;1.00\n" * 3
    batch = cloud.ingest(cloud.put("in/riziv/premium-allocation/2023/population/a.csv", body))
    assert batch.detail == BatchDetail(RowCounts(3, 3, 0, 0), 1)


@pytest.mark.parametrize(("length", "codes"), [(8_000, ["holder-invalid"]), (8_001, ["row-too-long"])])
def test_a_row_of_more_than_8_kb_is_rejected_alone(cloud: Cloud, length: int, codes: list[str]) -> None:
    rest = f"{insz(1)};;{iban(1)};2023-11-30;nl"
    row = rest.replace(";;", f";{'é' * ((length - len(rest)) // 2)}{'x' * ((length - len(rest)) % 2)};")
    assert len(row.encode()) == length
    batch = cloud.drop(f"{PREMIUM}/accounts/a.csv", f"{ACCOUNTS}{row}\n{insz(2)};B;{iban(2)};2023-11-30;nl")
    assert [code for _, _, code in cloud.rejected(batch)] == codes
    assert len(cloud.facts.items) == 1


def test_a_row_of_many_megabytes_is_rejected_alone_and_not_kept(cloud: Cloud) -> None:
    body = f"{ACCOUNTS}{'x' * 5_000_000}\n{insz(2)};B;{iban(2)};2023-11-30;nl"
    assert cloud.rejected(cloud.drop(f"{PREMIUM}/accounts/a.csv", body)) == [(2, "", "row-too-long")]


def test_rejected_rows_are_listed_by_line_and_never_show_a_value(cloud: Cloud) -> None:
    rows = [
        f"{riziv(1)};ambulatory;1",
        f"{riziv(2)};=cmd();1",
        f"{riziv(1)};ambulatory;2",
        f"{riziv(3)};ambulatory;SECRET",
    ]
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", ACTIVITY + "\n".join(rows))
    text = cloud.output.get(batch.detail.outputs["rejected.csv"]).decode()
    assert cloud.rejected(batch) == [
        (2, "", "contradicted"),
        (3, "setting", "setting-unknown"),
        (4, "", "contradicted"),
        (5, "amount", "not-an-amount"),
    ]
    assert "line 4" in text.splitlines()[1]
    assert not any(value in text for value in ("SECRET", "=cmd", riziv(1)))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_row_with_a_quoted_line_break_is_rejected_alone(cloud: Cloud, end: str) -> None:
    rows = [
        f"{insz(1)};Anna;{iban(1)};2023-11-30;nl",
        f'{insz(2)};"Bakkerij{end}{end}""De Korst"""' + f";{iban(2)};2023-11-30;nl",
        f'{insz(3)};"Bakkerij{end}Peeters;"' + f";{iban(3)};2023-11-30;nl",
        f"{insz(4)};Dora;{iban(4)};2023-11-30;nl",
    ]
    batch = cloud.drop(f"{PREMIUM}/accounts/a.csv", ACCOUNTS.replace("\n", end) + end.join(rows) + end)
    assert cloud.rejected(batch) == [(3, "", "line-break-in-field"), (6, "", "line-break-in-field")]
    assert sorted(body["holder"] for body in cloud.bodies) == ["Anna", "Dora"]
    counts = counts_of(batch)
    assert (counts.rows, counts.accepted, counts.rejected, counts.duplicates) == (4, 2, 2, 0)


def test_a_row_with_a_quoted_line_break_may_be_the_last_and_has_8_kb(cloud: Cloud) -> None:
    row = f'{insz(1)};"{"x" * 4_000}\n{"y" * 3_900}";{iban(1)};2023-11-30;nl'
    batch = cloud.drop(f"{PREMIUM}/accounts/a.csv", ACCOUNTS + row)
    assert cloud.rejected(batch) == [(2, "", "line-break-in-field")]


@pytest.mark.parametrize("mark", [";", ","])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_first_line_that_names_the_delimiter_is_skipped(cloud: Cloud, mark: str, bom: str) -> None:
    row = f"{riziv(1)};ambulatory;1.50".replace(";", mark)
    bad = f"{riziv(2)};elsewhere;1.50".replace(";", mark)
    body = f"{bom}sep={mark}\r\n{ACTIVITY.strip().replace(';', mark)}\r\n{row}\r\n{bad}\r\n"
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", body)
    assert cloud.rejected(batch) == [(4, "setting", "setting-unknown")]
    assert [body["cents"] for body in cloud.bodies] == [150]


def test_the_header_decides_the_delimiter_whatever_the_line_above_says(cloud: Cloud) -> None:
    cloud.drop(f"{PREMIUM}/activity-s1/a.csv", f"sep=,\n{ACTIVITY}{riziv(1)};ambulatory;1,50\n")
    assert [body["cents"] for body in cloud.bodies] == [150]


def test_rows_of_delimiters_alone_are_left_out_and_counted(cloud: Cloud) -> None:
    rows = [f"{riziv(1)};ambulatory;1", ";;", f"{riziv(2)};ambulatory;2", ";;;;", ";", "", "; ;"]
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", ACTIVITY + "\n".join(rows) + "\n")
    counts = counts_of(batch)
    assert (counts.rows, counts.accepted, counts.rejected) == (3, 2, 1)
    assert cloud.rejected(batch) == [(8, "riziv_number", "riziv-number-invalid")]
    summary = orjson.loads(cloud.output.get(batch.detail.outputs["summary.json"]))
    assert [(w["code"], w["count"], w["lines"]) for w in summary["warnings"]] == [("row-blank", 3, [3, 5, 6])]


@pytest.mark.parametrize(
    "encryption", [None, "key:of-somebody-else", HEALTH_KEY, EXCHANGE_KEY, "key:identity-2", "KEY:IDENTITY"]
)
def test_a_file_of_rows_under_another_key_is_refused(cloud: Cloud, encryption: str | None) -> None:
    batch = cloud.ingest(cloud.put(f"{PREMIUM}/conventions/a.csv", CONVENTIONS + ROW, encryption=encryption))
    assert (batch.state, refusal_of(batch).code) == ("refused", "encryption-not-ours")
    assert not cloud.work.versions
    assert not cloud.workflows.started


@pytest.mark.parametrize("encryption", [None, "key:of-somebody-else", IDENTITY_KEY])
@pytest.mark.parametrize("scheme", ["convention-premium", "maternity-rest"])
def test_a_file_of_cases_under_another_key_than_the_health_key_is_refused(
    cloud: Cloud, scheme: str, encryption: str | None
) -> None:
    batch = cloud.ingest(cloud.put(f"in/riziv/{scheme}/cases/a.jsonl", "{}", encryption=encryption))
    assert (batch.state, refusal_of(batch).code) == ("refused", "encryption-not-ours")
    assert not cloud.work.versions
    assert not cloud.health.versions


@pytest.mark.parametrize("encryption", [None, IDENTITY_KEY, HEALTH_KEY])
def test_a_file_of_an_exchange_under_another_key_is_refused_and_deleted(cloud: Cloud, encryption: str | None) -> None:
    key = "in/tax/increased-reimbursement/2020/incomes-1/a.csv"
    batch = cloud.ingest(cloud.put(key, "insz;return_code;ipcal_code;amount\n", encryption=encryption))
    assert (batch.state, refusal_of(batch).code) == ("refused", "encryption-not-ours")
    assert not cloud.exchange.exists(key)


# --- rows compared with one another ---------------------------------------------------------------


def test_an_identical_row_is_a_duplicate_and_counted(cloud: Cloud) -> None:
    row = f"{riziv(1)};ambulatory;"
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", f"{ACTIVITY}{row}1.5\n{row}1,50\n")
    assert asdict(counts_of(batch)) == {
        "rows": 2,
        "accepted": 1,
        "rejected": 0,
        "duplicates": 1,
    }
    assert cloud.work.get(f"batches/{batch.id}/duplicates.csv") == b"line;duplicate_of\n3;2\n"


def test_two_rows_of_one_key_that_differ_are_both_rejected_whatever_their_copies(cloud: Cloud) -> None:
    rows = [
        f"{riziv(1)};ambulatory;1",
        f"{riziv(1)};ambulatory;1",
        f"{riziv(1)};ambulatory;2",
        f"{riziv(1)};inpatient;3",
    ]
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", ACTIVITY + "\n".join(rows))
    assert [(line, code) for line, _, code in cloud.rejected(batch)] == [(line, "contradicted") for line in (2, 3, 4)]
    assert [body["setting"] for body in cloud.bodies] == ["inpatient"]


def test_a_malformed_row_leaves_a_good_row_of_its_key_alone(cloud: Cloud) -> None:
    rows = f"{riziv(1)};ambulatory;1\n{riziv(1)};ambulatory;x\n"
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", ACTIVITY + rows)
    assert cloud.rejected(batch) == [(3, "amount", "not-an-amount")]
    assert len(cloud.facts.items) == 1


@pytest.mark.parametrize(
    ("periods", "rejected"),
    [
        ([("2023-01-01", "2023-03-31"), ("2023-04-01", "")], []),
        ([("2023-01-01", "2023-04-01"), ("2023-04-01", "")], [2, 3]),
        ([("2023-04-01", ""), ("2023-01-01", "2023-04-01")], [2, 3]),
        ([("2023-01-01", ""), ("2023-02-01", "2023-02-28"), ("2023-03-01", "2023-03-31")], [2, 3, 4]),
        ([("2023-01-01", "2023-01-31"), ("2023-01-31", "2023-02-28"), ("2023-03-01", "")], [2, 3]),
        ([("2023-01-01", "2023-12-31"), ("2023-02-01", "2023-02-02"), ("2024-01-01", "")], [2, 3]),
        ([("2023-01-01", "2023-01-31"), ("2023-01-01", "2023-01-31")], []),
        ([("2023-01-01", "2023-01-31"), ("2023-01-01", "2023-01-31"), ("2023-01-15", "")], [2, 3, 4]),
    ],
)
def test_convention_periods_of_one_number_that_share_a_day_are_all_rejected(
    cloud: Cloud, periods: list[tuple[str, str]], rejected: list[int]
) -> None:
    rows = "".join(f"{riziv(1)};full;{first};{last}\n" for first, last in periods)
    batch = cloud.drop(f"{PREMIUM}/conventions/a.csv", f"{CONVENTIONS}{rows}{riziv(2)};full;2023-01-01;\n")
    assert cloud.rejected(batch) == [(line, "", "overlapping") for line in rejected]
    assert any(body["riziv_number"] == riziv(2) for body in cloud.bodies)


def test_the_two_codes_of_one_practice_are_two_keys(cloud: Cloud) -> None:
    rows = f"{riziv(1, '004')};full;2023-01-01;\n{riziv(1, '001')};full;2023-01-01;\n"
    assert cloud.rejected(cloud.drop(f"{PREMIUM}/conventions/a.csv", CONVENTIONS + rows)) == []


# --- whole files refused --------------------------------------------------------------------------

ROW = f"{riziv(1)};full;2023-01-01;\n"


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        (b"", "empty-file", None),
        (b"\xef\xbb\xbf", "empty-file", None),
        (b"\n\n", "empty-file", None),
        ((CONVENTIONS + ROW).encode("utf-16"), "utf-16", None),
        ((CONVENTIONS + ROW).encode("utf-16-be"), "not-text", 1),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not-utf-8", 1),
        ((CONVENTIONS + ROW + "\0").encode(), "not-text", 3),
        ((CONVENTIONS + ROW + "é").encode("latin-1"), "not-utf-8", 3),
        ((CONVENTIONS + ROW).encode() + b"\xc3", "not-utf-8", 3),
        ((CONVENTIONS + ROW).replace(";", "\t").encode(), "delimiter-unknown", 1),
        ((CONVENTIONS + ROW).replace(";", "|").encode(), "delimiter-unknown", 1),
        (ROW.encode(), "column-missing", 1),
        (CONVENTIONS.replace("until", "from").encode(), "column-duplicate", 1),
        (CONVENTIONS.replace(";until", "").encode(), "column-missing", 1),
        (CONVENTIONS.replace("until", "until;note").encode(), "column-unknown", 1),
        (CONVENTIONS.replace("until", "Until").encode(), "column-missing", 1),
        ((CONVENTIONS + ROW + f'"{riziv(2)};full;2023-01-01;\n' + ROW).encode(), "unclosed-quote", 3),
        # what closes the quote was meant to open another field: no row may be swallowed
        (
            (CONVENTIONS + f'{riziv(2)};"full;2023-01-01;\n{ROW}{riziv(3)};"full";2023-01-01;\n').encode(),
            "unclosed-quote",
            2,
        ),
        ((CONVENTIONS + f'{riziv(2)};"full;\n{ROW}{riziv(3)};full";2023-01-01;;\n').encode(), "unclosed-quote", 2),
        ((CONVENTIONS + f'{riziv(2)};"full\n' + ROW * 300 + '";2023-01-01;\n').encode(), "unclosed-quote", 2),
        ((CONVENTIONS + f'{riziv(2)};"full\n' + "x" * 9_000 + '\n";2023-01-01;\n').encode(), "unclosed-quote", 2),
        (b"sep=;\n", "empty-file", None),
        (b"sep=;\n" + CONVENTIONS.replace(";until", "").encode(), "column-missing", 2),
        (b"sep=|\n" + CONVENTIONS.encode(), "delimiter-unknown", 1),
    ],
)
def test_a_file_that_breaks_the_form_is_refused_as_a_whole(
    cloud: Cloud, body: bytes, code: str, line: int | None
) -> None:
    batch = cloud.drop(f"{PREMIUM}/conventions/a.csv", body)
    assert (batch.state, refusal_of(batch).code, refusal_of(batch).line) == ("refused", code, line)
    assert not cloud.facts.items
    assert not cloud.work.versions
    assert not cloud.workflows.started


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("in/riziv/convention-premium/2023/conventions/A.csv", "key-unknown"),
        ("in/riziv/convention-premium/2023/conventions/a.txt", "key-unknown"),
        ("in/riziv/convention-premium/2023/a.csv", "key-unknown"),
        ("in/RIZIV/convention-premium/2023/conventions/a.csv", "key-unknown"),
        (f"in/riziv/convention-premium/2023/conventions/{'a' * 65}.csv", "key-unknown"),
        ("in/riziv/convention-premium/2023/conventions/a.csv\n", "key-unknown"),
        ("in/riziv/lottery/2023/conventions/a.csv", "scheme-unknown"),
        ("in/riziv/convention-premium/2023/horoscopes/a.csv", "kind-unknown"),
        ("in/riziv/convention-premium/2023/population/a.csv", "kind-unknown"),
        ("in/riziv/premium-allocation/cases/a.jsonl", "kind-unknown"),
        ("in/riziv/convention-premium/2019/conventions/a.csv", "no-premium-for-year"),
        ("in/riziv/premium-allocation/1999/population/a.csv", "no-premium-for-year"),
    ],
)
def test_a_key_that_is_none_of_the_contract_is_recorded_as_refused(cloud: Cloud, key: str, code: str) -> None:
    batch = cloud.drop(key, CONVENTIONS + ROW)
    assert (batch.state, refusal_of(batch).code) == ("refused", code)
    assert batch.partner == ("" if "RIZIV" in key else "riziv")
    assert not cloud.facts.items


def test_keys_at_the_limits_are_good(cloud: Cloud) -> None:
    for key in (
        f"in/{'p' * 64}/convention-premium/2023/conventions/{'a' * 64}.csv",
        "in/riziv/premium-allocation/2100/population/a.csv",
        "in/riziv/convention-premium/cases/a-1.jsonl",
    ):
        assert parse_key(key).partner in key


@pytest.mark.parametrize(
    ("size", "state"), [(256_000_000, "loading"), (256_000_001, "refused"), (257_000_000, "refused")]
)
def test_a_file_of_more_than_256_mb_is_refused_without_reading_it(cloud: Cloud, size: int, state: str) -> None:
    created = cloud.put(f"{PREMIUM}/conventions/a.csv", CONVENTIONS)
    written = cloud.inbox.versions[created.key][0]
    written.stored = replace(written.stored, size=size)
    if state == "refused":
        written.body = b"never read \0"
    batch = cloud.ingest(created)
    assert batch.state == state
    assert (batch.detail.refusal and batch.detail.refusal.code) == (None if state == "loading" else "file-too-large")


def test_a_file_of_more_than_two_million_rows_is_refused(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drops.MAX_ROWS == 2_000_000
    monkeypatch.setattr("tegemoet.application.intake.csv_file.MAX_ROWS", 2)
    rows = [f"{riziv(n)};full;2023-01-01;\n" for n in range(3)]
    assert cloud.drop(f"{PREMIUM}/conventions/a.csv", CONVENTIONS + "".join(rows[:2])).state == "done"
    refused = cloud.drop(f"{PREMIUM}/conventions/b.csv", CONVENTIONS + "".join(rows))
    assert (refusal_of(refused).code, refusal_of(refused).line) == ("too-many-rows", 4)


def test_a_number_with_more_periods_than_can_be_compared_refuses_the_file(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tegemoet.application.intake.row_file.MAX_PERIODS", 2)
    rows = [f"{riziv(1)};full;2023-01-0{n};2023-01-0{n}\n" for n in (1, 2, 3)]
    assert cloud.drop(f"{PREMIUM}/conventions/a.csv", CONVENTIONS + "".join(rows[:2])).state == "done"
    assert (
        refusal_of(cloud.drop(f"{PREMIUM}/conventions/b.csv", CONVENTIONS + "".join(rows))).code == "too-many-periods"
    )


# --- events that come twice, late or after another ------------------------------------------------


def test_a_message_that_comes_twice_changes_nothing(cloud: Cloud) -> None:
    created = cloud.put(f"{PREMIUM}/conventions/a.csv", CONVENTIONS + ROW)
    first = cloud.ingest(created)
    before = cloud.work.bodies
    again = cloud.ingest(created)
    assert again.id == first.id
    assert cloud.work.bodies == before
    assert len(cloud.workflows.started) == 1
    cloud.run_workflow(first.id)
    done, facts, outputs = cloud.batches.get(first.id), dict(cloud.facts.items), cloud.output.bodies
    assert cloud.ingest(created) == done
    cloud.run_workflow(first.id)
    assert (cloud.batches.get(first.id), cloud.facts.items, cloud.output.bodies) == (done, facts, outputs)


def test_a_message_about_a_refused_file_changes_nothing(cloud: Cloud) -> None:
    created = cloud.put(f"{PREMIUM}/conventions/a.csv", "")
    cloud.ingest(created)
    refused = dict(cloud.batches.items)
    assert cloud.ingest(created).state == "refused"
    assert cloud.batches.items == refused


def test_a_message_without_a_version_finds_its_own_version_by_etag(cloud: Cloud) -> None:
    key = f"{PREMIUM}/conventions/a.csv"
    created = replace(cloud.put(key, CONVENTIONS + ROW), version=None)
    cloud.put(key, CONVENTIONS)
    batch = cloud.ingest(created)
    assert (batch.version, counts_of(batch).rows) == ("v1", 1)


def test_a_message_about_an_object_that_is_gone_has_to_come_again(cloud: Cloud) -> None:
    created = cloud.put(f"{PREMIUM}/conventions/a.csv", CONVENTIONS)
    cloud.inbox.versions.clear()
    with pytest.raises(KeyError):
        cloud.ingest(created)
    assert not cloud.batches.items


def test_the_id_of_a_batch_begins_with_the_moment_of_its_drop(cloud: Cloud) -> None:
    batch = cloud.ingest(cloud.put(f"{PREMIUM}/conventions/a.csv", CONVENTIONS))
    moment, digits = batch.id.split("-")
    assert (batch.written_at, moment, len(digits)) == ("2023-11-02T08:00:01Z", "20231102T080001Z", 12)


def announce(cloud: Cloud, key: str, partner: str = "riziv") -> str:
    batch = cloud.ingest(cloud.put(key, CONVENTIONS))
    announced = replace(
        batch,
        id="20231102T070000Z-aaaaaaaaaaaa",
        partner=partner,
        state="awaiting-upload",
        sequencer="",
        detail=BatchDetail(),
    )
    cloud.batches.items = {announced.id: announced}
    cloud.workflows.started.clear()
    return announced.id


def test_an_announced_upload_gets_the_batch_that_was_promised(cloud: Cloud) -> None:
    key = f"{PREMIUM}/conventions/a.csv"
    announced = announce(cloud, key)
    created = cloud.put(key, CONVENTIONS + ROW, {"batch": announced})
    batch = cloud.ingest(created)
    assert (batch.id, batch.state, batch.version) == (announced, "loading", created.version)
    assert cloud.ingest(created).id == announced
    assert list(cloud.batches.items) == [announced]


def test_a_form_used_twice_makes_a_second_batch(cloud: Cloud) -> None:
    key = f"{PREMIUM}/conventions/a.csv"
    announced = announce(cloud, key)
    cloud.ingest(cloud.put(key, CONVENTIONS + ROW, {"batch": announced}))
    other = cloud.ingest(cloud.put(key, CONVENTIONS, {"batch": announced}))
    assert other.id != announced
    assert len(cloud.batches.items) == 2


@pytest.mark.parametrize("announced_for", [("other", "a"), ("riziv", "b")])
def test_a_promise_to_another_partner_or_for_another_key_is_not_used(
    cloud: Cloud, announced_for: tuple[str, str]
) -> None:
    partner, name = announced_for
    announced = announce(cloud, f"{PREMIUM}/conventions/{name}.csv", partner)
    batch = cloud.ingest(cloud.put(f"{PREMIUM}/conventions/a.csv", CONVENTIONS, {"batch": announced}))
    assert batch.id != announced
    assert cloud.batches.items[announced].state == "awaiting-upload"


def test_the_year_keeps_the_version_of_the_secret_that_it_began_with(cloud: Cloud) -> None:
    cloud.runs.years[2023] = Year(2023, "v2", None, (), False, False)
    practice(cloud)
    assert all(body["person"].startswith("v2-") for body in cloud.bodies)


def test_chunks_hold_few_rows_and_few_partitions(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "CHUNK_ROWS", 100)
    body = CONVENTIONS + "".join(f"{riziv(n)};full;2023-01-01;\n" for n in range(450))
    batch = cloud.drop(f"{PREMIUM}/conventions/a.csv", body)
    chunks = [cloud.work.get(key).splitlines() for key in cloud.work.keys(f"facts/{batch.id}/")]
    assert [len(chunk) for chunk in chunks] == [100, 100, 100, 100, 50]
    order = [orjson.loads(line)[1] for chunk in chunks for line in chunk]
    changes = sum(a != b for a, b in pairwise(order))
    assert changes == len(set(order)) - 1
    assert len(cloud.facts.items) == 450
