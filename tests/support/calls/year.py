"""A premium year: files of partners, then both phases from start to release."""

from datetime import UTC, datetime

from tegemoet.application.records import RoleChange
from tests.support.api_world import APPROVER, OPERATOR
from tests.support.calls.recorder import Recorder
from tests.support.calls.stage import Stage
from tests.support.dropping import iban, insz
from tests.support.fakes.partners import LONG_AGO, REGISTRAR, anything_of
from tests.support.premium_world import riziv

YEAR = 2023
PARTNER = "riziv"
EARLY, LATE = datetime(2023, 12, 1, 10, tzinfo=UTC), datetime(2024, 6, 15, 10, tzinfo=UTC)
NURSES, TITULARS = range(6), range(6, 10)
HEADERS = {
    "practices": "insz;riziv_number;profession;specialism;number_granted_on;training;medical_house_weekly_hours;"
    "pharmacy_id;tariff_office",
    "conventions": "riziv_number;status;from;until",
    "activity-s1": "riziv_number;setting;amount",
    "activity-year": "riziv_number;setting;amount",
    "accounts": "insz;holder;iban;registered_on;language",
    "identities": "old_insz;new_insz",
    "tariff-offices": "tariff_office;holder;iban",
}


def number(n: int) -> str:
    """The RIZIV number of a person."""
    return riziv(400_000 + n) if n in NURSES else riziv(200_000 + n, 1)


def rows() -> dict[str, list[str]]:
    """Ten persons by kind of file: nurses of whom one is below the threshold and one has a new
    identity number, and titulars of pharmacies that two claim."""
    nurses = [f"{insz(n)};{number(n)};nurse;;;no;;;" for n in NURSES]
    titulars = [f"{insz(n)};{number(n)};pharmacist;;;no;;P{n // 2};T{1 + n % 2}" for n in TITULARS]
    amounts = {n: 11_400 + 100 * n for n in NURSES} | {0: 100}
    return {
        "practices": [*nurses, *titulars],
        "conventions": [f"{number(n)};full;2020-01-01;" for n in (*NURSES, *TITULARS)],
        "activity-s1": [f"{number(n)};ambulatory;{amount}" for n, amount in amounts.items()],
        "accounts": [f"{insz(n) if n != 5 else insz(55)};Holder;{iban(n)};2023-06-01;nl" for n in NURSES],
        "identities": [f"{insz(5)};{insz(55)}"],
        "tariff-offices": [f"T{n};Tariff office;{iban(90 + n)}" for n in (1, 2)],
    }


def prepare(stage: Stage) -> None:
    """A registered partner and an approver."""
    stage.world.clock.restart(datetime(2023, 11, 20, 9, tzinfo=UTC))
    stage.world.people.add(APPROVER.principal, APPROVER.name, "approver")
    cloud = stage.cloud
    assert cloud.registrations.append(anything_of(PARTNER), 0)
    for n in NURSES:
        stage.world.watch.accounts[number(n)[:8]].update({iban(n)} | ({iban(77)} if n == 1 else set()))
    for n in (1, 2):
        stage.world.watch.accounts[f"T{n}"].add(iban(90 + n))
    role = RoleChange(APPROVER.principal, 1, APPROVER.name, frozenset({"approver"}), None, LONG_AGO, REGISTRAR)
    assert cloud.roles.append(role)


def bring(recorder: Recorder, kind: str, lines: list[str], name: str = "a") -> None:
    """The partner writes a file of that kind."""
    key = f"in/{PARTNER}/convention-premium/{YEAR}/{kind}/{name}.csv"
    environ = recorder.stage.world.environ
    body = "\n".join([HEADERS[kind], *lines, ""]).encode()
    with recorder.undisturbed():  # a batch of its own shows what befalls a file
        recorder.deliver(environ["INBOX_BUCKET"], key, body)


def phase(recorder: Recorder, which: int, at: datetime) -> None:
    """A run of the phase, from its start to its release."""
    stage = recorder.stage
    recorder.quietly(f"it is {at:%Y-%m-%d}", lambda: stage.world.clock.restart(at))
    path = f"/v1/premium-years/{YEAR}/phases/{which}"
    run = recorder.post(path, {"on": at.date().isoformat()}, OPERATOR, f"start-{which}")["run"]
    control_sum = stage.cloud.runs.get(run).detail.control_sum
    recorder.post(
        f"{path}/approval", {"run": run, "control_sum": str(control_sum), "approve": True}, APPROVER, f"yes-{which}"
    )
    assert stage.cloud.runs.get(run).state == "released"


def script(recorder: Recorder) -> None:
    """Files, the first phase, later files, the second one."""
    for kind, lines in rows().items():
        bring(recorder, kind, lines)
    phase(recorder, 1, EARLY)
    bring(recorder, "activity-year", [f"{number(n)};ambulatory;40000" for n in NURSES])
    bring(recorder, "accounts", [f"{insz(1)};Holder;{iban(77)};2024-02-01;nl"], "b")
    phase(recorder, 2, LATE)
