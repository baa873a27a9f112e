"""The rows of the files of the exchange: what stands, and what is rejected at which column."""

from typing import Any

import orjson
import pytest

from tegemoet.application.intake.csv_file import CsvFile
from tegemoet.application.intake.keys import FileRefusedError, parse_key
from tegemoet.application.intake.kinds.reasons import RowRejectedError, reasons
from tegemoet.application.intake.kinds.records import AcceptedRow, Reading
from tegemoet.application.intake.kinds.table import KINDS
from tegemoet.application.intake.outcomes import RowOutcomes
from tegemoet.application.intake.scratch import ScratchSpace
from tegemoet.domain.identity import shard_of
from tests.schemes.increased_reimbursement.builders import GROWN_UP, insz_of

EXCHANGE = "increased-reimbursement"
INSZ = insz_of(GROWN_UP)
REQUEST = f"1012020{INSZ}"
MEMBER = {
    "request_number": REQUEST,
    "insz": INSZ,
    "birth_date": "1970-01-01",
    "entitled_on_1_january": "no",
    "earlier_outcome": "none",
    "earlier_year": "",
    "voucher_income": "12000.50",
    "fictitious": "no",
    "mutated_on": "",
}
INCOME = {"insz": INSZ, "return_code": "00", "ipcal_code": "1250", "amount": "20000.05"}
RESULT = {
    "request_number": REQUEST,
    "insz": INSZ,
    "contacted_on": "2020-12-01",
    "category": "4",
    "entitled_from": "",
    "own_right": "no",
}
GOOD = {"households": MEMBER, "incomes-1": INCOME, "incomes-2": INCOME, "results": RESULT, "entitled": {"insz": INSZ}}


def read(name: str, **changes: str) -> AcceptedRow:
    """The good row of the kind with these fields changed."""
    return read_by(Reading(2020), name, **changes)


def read_by(reading: Reading, name: str, **changes: str) -> AcceptedRow:
    kind = KINDS[EXCHANGE, name]
    row = GOOD[name] | changes
    assert tuple(row) == kind.columns
    assert kind.read is not None
    return kind.read(list(row.values()), reading)


def rejected(name: str, **changes: str) -> tuple[str, str]:
    with pytest.raises(RowRejectedError) as bad:
        read(name, **changes)
    return bad.value.column, bad.value.code


# --- households -----------------------------------------------------------------------------------


def test_a_member_is_kept_under_request_and_number_and_beside_its_household() -> None:
    assert read("households") == AcceptedRow(
        ("member", REQUEST, INSZ),
        REQUEST,
        {
            "request_number": REQUEST,
            "insz": INSZ,
            "birth_date": "1970-01-01",
            "entitled": False,
            "earlier_outcome": "none",
            "earlier_year": None,
            "voucher_cents": 1_200_050,
            "fictitious": False,
            "mutated_on": None,
        },
    )


def test_everything_that_a_member_may_have_is_read() -> None:
    body = read_by(
        Reading(2020, decimal_comma=True),
        "households",
        entitled_on_1_january="yes",
        earlier_outcome="above-ceiling",
        earlier_year="2019",
        voucher_income="0,5",
        fictitious="yes",
        mutated_on="2020-04-01",
    ).body
    assert (body["entitled"], body["earlier_outcome"], body["earlier_year"]) == (True, "above-ceiling", 2019)
    assert (body["voucher_cents"], body["fictitious"], body["mutated_on"]) == (50, True, "2020-04-01")


def test_who_has_no_vouchers_may_leave_the_amount_empty() -> None:
    assert read("households", voucher_income="").body["voucher_cents"] == 0


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("request_number", "", "request-number-invalid"),
        ("request_number", REQUEST[:-1], "request-number-invalid"),
        ("request_number", REQUEST + "0", "request-number-invalid"),
        ("request_number", "A" + REQUEST[1:], "request-number-invalid"),
        ("request_number", REQUEST[:-2] + f"{97 - int(REQUEST[-2:]):02}", "request-number-invalid"),
        ("insz", "", "insz-invalid"),
        ("insz", INSZ[:-1] + str((int(INSZ[-1]) + 1) % 10), "insz-invalid"),
        ("birth_date", "", "not-a-day"),
        ("birth_date", "1970-02-30", "not-a-day"),
        ("birth_date", "01/01/1970", "not-a-day"),
        ("entitled_on_1_january", "", "not-yes-or-no"),
        ("entitled_on_1_january", "Yes", "not-yes-or-no"),
        ("earlier_outcome", "", "outcome-unknown"),
        ("earlier_outcome", "refused", "outcome-unknown"),
        ("earlier_year", "2019", "earlier-year-for-outcome"),
        ("voucher_income", "1.234", "not-an-amount"),
        ("voucher_income", "-1.00", "not-an-amount"),
        ("voucher_income", "1,00", "not-an-amount"),
        ("fictitious", "true", "not-yes-or-no"),
        ("mutated_on", "2020-13-01", "not-a-day"),
    ],
)
def test_a_bad_field_of_a_member_is_named(column: str, text: str, code: str) -> None:
    assert rejected("households", **{column: text}) == (column, code)


@pytest.mark.parametrize("year", ["", "19", "1899", "2021", "20l9"])
def test_an_earlier_outcome_has_a_year_that_is_not_to_come(year: str) -> None:
    assert rejected("households", earlier_outcome="incomplete", earlier_year=year) == (
        "earlier_year",
        "earlier-year-for-outcome",
    )
    assert read("households", earlier_outcome="incomplete", earlier_year="2020").body["earlier_year"] == 2020


def test_a_number_of_another_insurer_or_year_is_read_and_its_household_left_out() -> None:
    assert read("households", request_number="9991999" + INSZ).shard_by == "9991999" + INSZ


# --- incomes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["incomes-1", "incomes-2"])
def test_an_income_is_kept_under_person_and_code_and_lies_with_the_person(name: str) -> None:
    assert read(name) == AcceptedRow(
        ("income", INSZ, "1250"),
        INSZ,
        {"insz": INSZ, "return_code": "00", "ipcal_code": "1250", "cents": 2_000_005},
    )


@pytest.mark.parametrize("code", ["01", "10", "99"])
def test_another_return_code_carries_no_income(code: str) -> None:
    assert read("incomes-1", return_code=code, ipcal_code="", amount="").body == {
        "insz": INSZ,
        "return_code": code,
        "ipcal_code": None,
        "cents": None,
    }
    assert rejected("incomes-1", return_code=code, amount="") == ("ipcal_code", "income-for-00")
    assert rejected("incomes-1", return_code=code, ipcal_code="") == ("amount", "income-for-00")
    # not even one of nothing
    assert rejected("incomes-1", return_code=code, ipcal_code="", amount="0") == ("amount", "income-for-00")


def test_return_code_00_carries_at_least_one_income() -> None:
    assert rejected("incomes-2", ipcal_code="", amount="") == ("ipcal_code", "income-for-00")
    assert rejected("incomes-2", amount="") == ("amount", "income-for-00")
    assert rejected("incomes-2", ipcal_code="") == ("ipcal_code", "income-for-00")
    assert read("incomes-2", amount="0").body["cents"] == 0


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("insz", "12345678901", "insz-invalid"),
        ("return_code", "", "return-code-invalid"),
        ("return_code", "0", "return-code-invalid"),
        ("return_code", "000", "return-code-invalid"),
        ("return_code", "0x", "return-code-invalid"),
        ("ipcal_code", "=1+1", "label-invalid"),
        ("amount", "-5.00", "not-an-amount"),
        ("amount", "1.234,00", "not-an-amount"),
    ],
)
def test_a_bad_field_of_an_income_is_named(column: str, text: str, code: str) -> None:
    assert rejected("incomes-1", **{column: text}) == (column, code)


# --- results --------------------------------------------------------------------------------------


def test_a_result_is_kept_under_request_and_person_and_lies_with_its_household() -> None:
    assert read("results") == AcceptedRow(
        ("result", REQUEST, INSZ),
        REQUEST,
        {
            "request_number": REQUEST,
            "insz": INSZ,
            "contacted_on": "2020-12-01",
            "category": 4,
            "entitled_from": None,
            "own_right": False,
        },
    )


@pytest.mark.parametrize(
    ("category", "contacted", "not_contacted"),
    [
        ("1", False, True),
        ("2", False, True),
        ("3", True, False),
        ("4", True, False),
        ("5", True, True),
        ("6", True, True),
    ],
)
def test_which_categories_were_contacted(category: str, contacted: bool, not_contacted: bool) -> None:
    right = "2021-01-01" if category in "56" else ""
    for day, stands in (("2020-12-01", contacted), ("", not_contacted)):
        changes = {"category": category, "contacted_on": day, "entitled_from": right}
        if stands:
            assert read("results", **changes).body["category"] == int(category)
        else:
            assert rejected("results", **changes) == ("contacted_on", "contact-for-category")


@pytest.mark.parametrize("category", ["3", "4", "5", "6"])
@pytest.mark.parametrize("own", ["yes", "no"])
def test_a_right_has_a_first_day_and_what_is_no_right_has_none(category: str, own: str) -> None:
    right = own == "yes" or category in "56"
    given = {"category": category, "own_right": own, "entitled_from": "2021-01-01" if right else ""}
    assert read("results", **given).body["own_right"] == (own == "yes")
    given["entitled_from"] = "" if right else "2021-01-01"
    assert rejected("results", **given) == ("entitled_from", "entitled-for-right")


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("request_number", INSZ, "request-number-invalid"),
        ("insz", "x", "insz-invalid"),
        ("contacted_on", "yesterday", "not-a-day"),
        ("category", "", "category-unknown"),
        ("category", "0", "category-unknown"),
        ("category", "7", "category-unknown"),
        ("category", "12", "category-unknown"),
        ("entitled_from", "2021", "not-a-day"),
        ("own_right", "", "not-yes-or-no"),
    ],
)
def test_a_bad_field_of_a_result_is_named(column: str, text: str, code: str) -> None:
    assert rejected("results", **{column: text}) == (column, code)


def test_a_person_on_the_list_of_the_next_year_is_one_number() -> None:
    assert read("entitled") == AcceptedRow(("entitled", INSZ), INSZ, {"insz": INSZ})
    assert rejected("entitled", insz="x") == ("insz", "insz-invalid")


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_a_file_of_the_exchange_is_for_a_year_with_figures(name: str) -> None:
    drop = parse_key(f"in/insurer-a/{EXCHANGE}/2020/{name}/a.csv")
    assert (drop.partner, drop.year, drop.kind_name, drop.shards) == ("insurer-a", 2020, name, 64)
    for year in (1999, 2019, 2021):
        with pytest.raises(FileRefusedError) as refused:
            parse_key(f"in/insurer-a/{EXCHANGE}/{year}/{name}/a.csv")
        assert refused.value.code == "no-flow-for-year"


@pytest.mark.parametrize(
    "key", [f"in/insurer-a/{EXCHANGE}/cases/a.jsonl", f"in/insurer-a/{EXCHANGE}/2020/incomes-3/a.csv"]
)
def test_the_exchange_takes_no_other_files(key: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        parse_key(key)
    assert refused.value.code == "kind-unknown"


def test_incomes_alone_are_sealed_and_all_stay_in_files() -> None:
    kinds = {name: kind for (scheme, name), kind in KINDS.items() if scheme == EXCHANGE}
    assert {name for name, kind in kinds.items() if kind.sealed} == {"incomes-1", "incomes-2"}
    assert all(kind.by_shard for kind in kinds.values())
    assert not any(kind.by_shard or kind.sealed for (scheme, _), kind in KINDS.items() if scheme != EXCHANGE)


def chunk_lines(
    name: str, rows: list[dict[str, str]], space: ScratchSpace
) -> tuple[list[tuple[Any, int]], RowOutcomes]:
    """The lines that stand of a file with these rows, and what became of the others."""
    kind = KINDS[EXCHANGE, name]
    text = "\n".join(";".join(row) for row in (kind.columns, *(row.values() for row in rows)))
    outcomes = RowOutcomes(space)
    file = CsvFile(kind, Reading(2020), "insurer-a", 64, outcomes, space)
    file.read([text.encode()])
    return [(orjson.loads(line), cents) for line, cents in file.chunk_lines()], outcomes


def test_no_sum_of_incomes_is_told(tmp_path: Any) -> None:
    with ScratchSpace(tmp_path) as space:
        lines, _ = chunk_lines(
            "incomes-1", [INCOME, INCOME | {"ipcal_code": "", "amount": "", "return_code": "01"}], space
        )
    assert [cents for _, cents in lines] == [0, 0]


def test_rows_come_shard_by_shard_with_their_household_or_person_together(tmp_path: Any) -> None:
    people = [insz_of(GROWN_UP, serial) for serial in range(1, 200)]
    rows = [MEMBER | {"request_number": f"1012020{head}", "insz": insz} for head in people[:50] for insz in people[:4]]
    with ScratchSpace(tmp_path) as space:
        lines, _ = chunk_lines("households", rows, space)
    assert len(lines) == 200
    shards = [shard_of(line[3]["request_number"], 64) for line, _ in lines]
    assert shards == sorted(shards)
    assert all(line[3]["partner"] == "insurer-a" for line, _ in lines)


def test_an_identical_row_is_a_duplicate_and_two_that_differ_are_both_rejected(tmp_path: Any) -> None:
    other = INCOME | {"ipcal_code": "2250"}
    rows = [INCOME, INCOME, other, other | {"amount": "1.00"}]
    with ScratchSpace(tmp_path) as space:
        lines, outcomes = chunk_lines("incomes-1", rows, space)
    assert [line[3]["ipcal_code"] for line, _ in lines] == ["1250"]
    assert outcomes.counts.duplicates == 1
    assert dict(outcomes.reasons) == {"contradicted": 2}


def test_every_code_of_these_rows_has_its_sentence() -> None:
    codes = {
        "request-number-invalid", "insz-invalid", "not-a-day", "not-yes-or-no", "outcome-unknown", "income-for-00",
        "earlier-year-for-outcome", "not-an-amount", "return-code-invalid", "label-invalid", "category-unknown",
        "contact-for-category", "entitled-for-right",
    }  # fmt: skip
    assert codes <= set(reasons())
