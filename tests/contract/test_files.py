"""What partners may rely on: keys and columns of files in, names and
headers of files out, the event of a finished batch.
"""

import json
import re
from pathlib import Path

import orjson
import pytest

from tegemoet.application.intake.keys import MAX_BYTES, MAX_ROW_BYTES, MAX_ROWS, REFUSALS, parse_key
from tegemoet.application.intake.kinds.reasons import reasons
from tegemoet.application.intake.kinds.table import KINDS
from tegemoet.schemes.notation import languages
from tests.support.dropping import PREMIUM, Cloud, counts_of, riziv

ROOT = Path(__file__).parents[2]
FILES = {
    "convention-premium/2023/practices": (
        "insz;riziv_number;profession;specialism;number_granted_on;training;medical_house_weekly_hours;pharmacy_id;tariff_office"
    ),
    "convention-premium/2023/conventions": "riziv_number;status;from;until",
    "convention-premium/2023/activity-s1": "riziv_number;setting;amount",
    "convention-premium/2023/activity-year": "riziv_number;setting;amount",
    "convention-premium/2023/accounts": "insz;holder;iban;registered_on;language",
    "convention-premium/2023/identities": "old_insz;new_insz",
    "convention-premium/2023/tariff-offices": "tariff_office;holder;iban",
    "premium-allocation/2023/population": "profession;specialism;birth_year;convention;amount",
    "convention-premium/2023/returns": "end_to_end_id;state;reason;amount;booked_on;reference;communication",
    "increased-reimbursement/2020/households": (
        "request_number;insz;birth_date;entitled_on_1_january;earlier_outcome;earlier_year;voucher_income;fictitious;mutated_on"
    ),
    "increased-reimbursement/2020/incomes-1": "insz;return_code;ipcal_code;amount",
    "increased-reimbursement/2020/incomes-2": "insz;return_code;ipcal_code;amount",
    "increased-reimbursement/2020/results": "request_number;insz;contacted_on;category;entitled_from;own_right",
    "increased-reimbursement/2020/entitled": "insz",
}


@pytest.mark.parametrize(("place", "columns"), FILES.items())
def test_the_columns_of_a_file_are_those_that_were_promised(place: str, columns: str) -> None:
    drop = parse_key(f"in/a-partner/{place}/a-name.csv")
    assert drop.kind is not None
    assert ";".join(drop.kind.columns) == columns
    assert drop.partner == "a-partner"


def test_there_is_no_other_kind_of_file() -> None:
    promised = {tuple(place.split("/")[::2]) for place in FILES}
    promised.add(("convention-premium", "bank-answers"))  # messages of a bank
    assert promised == set(KINDS)


@pytest.mark.parametrize(("place", "columns"), FILES.items())
@pytest.mark.parametrize("delimiter", [";", ","])
def test_every_file_may_be_empty_and_have_its_columns_in_any_order(place: str, columns: str, delimiter: str) -> None:
    header = delimiter.join(reversed(columns.split(";")))
    cloud = Cloud()
    batch = cloud.ingest(cloud.put(f"in/riziv/{place}/a.csv", header))
    assert (batch.state, counts_of(batch).rows) == ("loading", 0)


def test_the_limits_are_those_that_were_promised() -> None:
    assert (MAX_BYTES, MAX_ROWS, MAX_ROW_BYTES) == (256_000_000, 2_000_000, 8_000)


@pytest.mark.parametrize("codes", [reasons(), REFUSALS])
def test_codes_are_stable_words_and_their_sentences_fit_a_csv_cell(codes: dict[str, str]) -> None:
    for code, sentence in codes.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
        assert sentence[0].isalpha()
        assert sentence.endswith(".")


def test_the_reasons_of_rejected_rows_hold_no_delimiter() -> None:
    for language in languages():
        assert not any(mark in sentence for sentence in reasons(language).values() for mark in ';"\n')


def test_a_finished_batch_has_the_outputs_and_the_event_that_were_promised() -> None:
    cloud = Cloud()
    batch = cloud.drop(
        f"{PREMIUM}/activity-s1/a.csv", f"riziv_number;setting;amount\n{riziv(1)};ambulatory;1.00\nx;y;z\n"
    )
    folder = f"out/riziv/convention-premium/{batch.id}"
    assert set(cloud.output.bodies) == {f"{folder}/{name}" for name in ("rejected.csv", "summary.json", "report.html")}
    header, row = cloud.output.get(f"{folder}/rejected.csv").decode().splitlines()
    assert header == "line;column;code;reason"
    assert row.startswith("3;riziv_number;riziv-number-invalid;")
    summary = orjson.loads(cloud.output.get(f"{folder}/summary.json"))
    assert {"batch", "partner", "scheme", "kind", "year", "key", "rows", "accepted", "rejected", "duplicates"} <= set(
        summary
    )
    assert cloud.events.published == [
        (
            "batch.done",
            {
                "batch": batch.id,
                "partner": "riziv",
                "scheme": "convention-premium",
                "kind": "activity-s1",
                "rows": 2,
                "accepted": 1,
                "rejected": 1,
                "duplicates": 0,
            },
        )
    ]


def test_the_message_of_a_drop_holds_the_event_of_the_object() -> None:
    message = json.loads((ROOT / "events" / "sqs-drop.json").read_text("utf-8"))
    event = json.loads((ROOT / "events" / "s3-object-created.json").read_text("utf-8"))
    assert json.loads(message["Records"][0]["body"]) == event
    assert parse_key(event["detail"]["object"]["key"]).kind_name == "conventions"


def test_the_workflow_of_a_batch_retries_every_call_and_carries_references_only() -> None:
    text = (ROOT / "functions" / "workflows" / "batch.asl.json").read_text("utf-8")
    states = json.loads(text.replace("${Concurrency}", "1"))["States"]
    inner = [state for outer in states.values() for state in outer.get("ItemProcessor", {}).get("States", {}).values()]
    tasks = [state for state in [*states.values(), *inner] if state["Type"] == "Task"]
    assert len(tasks) == 5
    assert all(state["Retry"] for state in tasks)
    # whatever fails leads to the state that says so
    assert all(state["Catch"][0]["Next"] == "GiveUp" for state in states.values() if state["Type"] == "Map")
    assert states["Conclude"]["Catch"][0]["Next"] == "GiveUp"


def test_the_largest_file_gives_the_workflow_far_less_than_its_limit() -> None:
    chunks = [f"{n:03}" for n in range(MAX_ROWS // 2_000)]
    payload = {"batch": "20231102T080001Z-000000000000", "work": "decide", "chunks": chunks}
    assert len(json.dumps(payload)) < 256 * 1024 / 10
