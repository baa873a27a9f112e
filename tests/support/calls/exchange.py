"""An exchange: two sendings of incomes, a late and a refused file, results, and an evaluation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.support.api_world import OPERATOR
from tests.support.calls.memory import Bodies, Snapshot, bodies
from tests.support.calls.recorder import Recorder
from tests.support.calls.stage import Stage
from tests.support.exchange_world import (
    DAYS,
    TAX_OFFICE,
    YEAR,
    Person,
    Row,
    csv_of,
    household,
    income,
    request,
    result,
    unknown,
)
from tests.support.fakes.partners import any_number_of, anything_of

INSURERS = {"mutuality-a": "101", "mutuality-b": "202"}
SENDINGS = ("incomes-1", "incomes-2", "carried")
"""What incomes are sealed for, each under a key of its own."""
PATH = f"/v1/increased-reimbursement/{YEAR}"
ANNA, BERT, CARL, DORA, EMMA = (Person(datetime(1960, month, 1, tzinfo=UTC).date()) for month in range(1, 6))
HOUSEHOLDS: Mapping[str, list[Row]] = {
    "mutuality-a": [*household(ANNA, BERT), *household(CARL, DORA), *household(DORA)],
    "mutuality-b": household(EMMA, insurer="202", voucher_income="90000"),
}


def opened(stage: Stage, kept: Snapshot) -> Bodies:
    """The objects, opened where they are sealed, as no two seals are alike; of a data key, whether
    it is there. What is sealed under a destroyed key says nothing, and is left out.
    """
    found = bodies(kept.objects)
    name = stage.world.environ["EXCHANGE_BUCKET"]
    cloud = stage.cloud
    chunks = {f"batches/{b.id}/chunks/": b.kind for b in cloud.batches.of_year(YEAR) if b.kind.startswith("incomes")}
    seals = {sending: _seal(cloud, sending) for sending in SENDINGS}
    plain: dict[str, bytes] = {}
    for key, body in found[name].items():
        sending = next((kind for prefix, kind in chunks.items() if key.startswith(prefix)), None)
        if sending is None and "/sealed/" in key:
            sending = key.split("/")[3]
        if "/keys/" in key:
            plain[key] = b"held" if body else b"destroyed"
        elif sending is None:
            plain[key] = body
        elif (seal := seals[sending]) is not None:
            plain[key] = _unsealed(seal, body)
    return {**found, name: plain}


def _seal(cloud: Any, sending: str) -> Any:
    """What opens what belongs to a sending; None where nobody can open it any more."""
    try:
        return cloud.seals.open(YEAR, sending)
    except KeyError:
        return None


def _unsealed(seal: Any, body: bytes) -> bytes:
    try:
        return bytes(seal.unseal(body))
    except ValueError:
        return b"not sealed under this key"


def deliver(recorder: Recorder, partner: str, kind: str, text: str, name: str = "a") -> None:
    """A party writes a file."""
    key = f"in/{partner}/increased-reimbursement/{YEAR}/{kind}/{name}.csv"
    recorder.deliver(recorder.stage.world.environ["EXCHANGE_BUCKET"], key, text.encode())


def prepare(stage: Stage) -> None:
    """The registered parties."""
    stage.opening = opened
    stage.world.clock.restart(datetime(2020, 3, 1, 9, tzinfo=UTC))
    for known, made in enumerate([anything_of(TAX_OFFICE), *map(any_number_of, INSURERS)]):
        assert stage.cloud.registrations.append(made, known)


def script(recorder: Recorder, automatic: bool) -> None:
    """An exchange whose waits end by themselves, or by an operator."""
    body = {"on": "2020-03-01", "insurers": INSURERS, "tax_office": TAX_OFFICE, "automatic": automatic}
    recorder.post(PATH, body, OPERATOR, "start")

    def go_on(wait: str) -> None:
        if not automatic:
            recorder.post(f"{PATH}/steps/{wait}", {"on": DAYS[wait].isoformat()}, OPERATOR, f"resume-{wait}")

    for insurer in INSURERS:
        deliver(recorder, insurer, "households", csv_of("households", HOUSEHOLDS[insurer]))
    go_on("households")
    deliver(recorder, TAX_OFFICE, "incomes-1", "insz;amount\n", "refused")
    incomes = [income(ANNA, "1.00"), unknown(BERT), income(CARL, "7.07"), income(DORA, "90000"), income(EMMA, "2.00")]
    deliver(recorder, TAX_OFFICE, "incomes-1", csv_of("incomes-1", incomes))
    go_on("incomes-1")
    deliver(recorder, TAX_OFFICE, "incomes-1", csv_of("incomes-1", [income(ANNA, "90000")]), "late")
    deliver(recorder, TAX_OFFICE, "incomes-2", csv_of("incomes-2", [income(BERT, "2.00")]))
    go_on("incomes-2")
    for insurer, digits in INSURERS.items():
        rows = [result(request(p, digits), p, 5) for p in ((ANNA,) if digits == "101" else (EMMA,))]
        deliver(recorder, insurer, "results", csv_of("results", rows))
    go_on("results")
    deliver(recorder, "mutuality-a", "entitled", csv_of("entitled", [{"insz": ANNA.insz}, {"insz": DORA.insz}]))
    recorder.post(f"{PATH}/evaluation", {"on": "2021-12-01"}, OPERATOR, "evaluate")
