"""What a partner may bring, at a direct drop: the kind of the file, and whose rows."""

import pytest

from tegemoet.application.partners.registering import RegistrationRequest, register
from tegemoet.application.records import GrantedKind, Person
from tests.support.dropping import Cloud, counts_of, iban, insz, refusal_of, riziv
from tests.support.fakes import FakeClock

PREMIUM = "convention-premium"
ACCOUNTS = "insz;holder;iban;registered_on;language\n"
PRACTICES = (
    "insz;riziv_number;profession;specialism;number_granted_on;training;medical_house_weekly_hours;"
    "pharmacy_id;tariff_office\n"
)
HOUSEHOLDS = (
    "request_number;insz;birth_date;entitled_on_1_january;earlier_outcome;earlier_year;voucher_income;"
    "fictitious;mutated_on\n"
)
RESULTS = "request_number;insz;contacted_on;category;entitled_from;own_right\n"


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(admits=False)


def registered(cloud: Cloud, partner: str, profile: str, clock: FakeClock | None = None, **more: object) -> None:
    request = RegistrationRequest(profile, **{"from_year": 2020, "answerable": ("a",), **more})  # type: ignore[arg-type]
    register(
        partner,
        request,
        by=Person("r", "R"),
        registrations=cloud.registrations,
        clock=clock or FakeClock(cloud.inbox.now),
    )


def test_a_direct_drop_of_a_kind_that_is_not_granted_is_refused_as_a_whole(cloud: Cloud) -> None:
    registered(cloud, "partb", "insurers", keys=("100",))
    batch = cloud.drop(f"in/partb/{PREMIUM}/2023/accounts/a.csv", f"{ACCOUNTS}{insz(1)};A;{iban(1)};2023-06-02;\n")
    assert (batch.state, refusal_of(batch).code) == ("refused", "kind-not-granted")
    assert cloud.facts.items == {}
    assert not list(cloud.work.keys(""))
    assert not cloud.workflows.started


def test_a_partner_without_a_registration_brings_nothing(cloud: Cloud) -> None:
    for key in (f"in/new/{PREMIUM}/2023/accounts/a.csv", f"in/new/{PREMIUM}/cases/a.jsonl"):
        assert refusal_of(cloud.drop(key, ACCOUNTS)).code == "kind-not-granted"


def test_a_year_before_that_of_the_grant_is_refused(cloud: Cloud) -> None:
    kinds = (GrantedKind(PREMIUM, "accounts", 2024),)
    registered(cloud, "fund", "accounts", grants=kinds)
    assert cloud.drop(f"in/fund/{PREMIUM}/2023/accounts/a.csv", ACCOUNTS).state == "refused"


def test_a_file_from_before_a_grant_ended_is_read_and_one_of_that_second_is_not(cloud: Cloud) -> None:
    registered(cloud, "fund", "accounts")
    key = f"in/fund/{PREMIUM}/2023/accounts/a.csv"
    before = cloud.put(key, ACCOUNTS)
    ended = FakeClock(cloud.inbox.now)
    ended.at = ended.at.replace(second=ended.at.second + 1)
    registered(cloud, "fund", "profiles", ended)
    assert cloud.ingest(before).state == "loading"
    assert cloud.drop(key.replace("a.csv", "b.csv"), ACCOUNTS).state == "refused"


def test_a_tariff_service_brings_the_rows_of_its_own_offices_only(cloud: Cloud) -> None:
    registered(cloud, "service", "tariff-services", keys=("mine", "mine-too"))
    rows = [f"{office};Office;{iban(n)}\n" for n, office in enumerate(("mine", "theirs", "mine-too"))]
    offices = cloud.drop(
        f"in/service/{PREMIUM}/2023/tariff-offices/a.csv", "tariff_office;holder;iban\n" + "".join(rows)
    )
    assert cloud.rejected(offices) == [(3, "tariff_office", "key-not-granted")]
    lines = [
        f"{insz(1)};{riziv(1)};pharmacist;;;no;;P1;mine\n",
        f"{insz(2)};{riziv(2)};pharmacist;;;no;;P2;theirs\n",
        f"{insz(3)};{riziv(3)};nurse;;;no;;;\n",
    ]
    practices = cloud.drop(f"in/service/{PREMIUM}/2023/practices/a.csv", PRACTICES + "".join(lines))
    assert cloud.rejected(practices) == [
        (3, "tariff_office", "key-not-granted"),
        (4, "tariff_office", "key-not-granted"),
    ]
    assert {body["tariff_office"] for body in cloud.bodies} == {"mine", "mine-too"}


def test_an_insurer_brings_the_requests_of_its_own_numbers_only(cloud: Cloud) -> None:
    registered(cloud, "insurer", "insurers", keys=("101", "102"))
    mine, theirs = (f"{number}2020{insz(1)}" for number in ("102", "103"))
    folder = "in/insurer/increased-reimbursement/2020"
    member = f";{insz(1)};1970-01-01;no;none;;;no;\n"
    households = cloud.ingest(cloud.put(f"{folder}/households/a.csv", f"{HOUSEHOLDS}{mine}{member}{theirs}{member}"))
    assert (counts_of(households).accepted, counts_of(households).rejected) == (1, 1)
    result = f";{insz(1)};;1;;no\n"
    results = cloud.ingest(cloud.put(f"{folder}/results/a.csv", f"{RESULTS}{theirs}{result}{mine}{result}"))
    text = cloud.exchange.get(f"batches/{results.id}/rejected.csv").decode().splitlines()[1]
    assert text.startswith("2;request_number;key-not-granted;")


def test_a_partner_whose_profile_has_no_keys_brings_any_row(cloud: Cloud) -> None:
    registered(cloud, "register", "register")
    row = f"{insz(1)};{riziv(1)};pharmacist;;;no;;P1;anybody\n"
    batch = cloud.drop(f"in/register/{PREMIUM}/2023/practices/a.csv", PRACTICES + row)
    assert cloud.rejected(batch) == []


def test_a_successor_brings_the_rows_of_its_predecessors_keys(cloud: Cloud) -> None:
    registered(cloud, "old", "tariff-services", keys=("o-1",))
    registered(cloud, "new", "tariff-services", keys=("o-2",), predecessor="old")
    rows = f"tariff_office;holder;iban\no-1;A;{iban(1)}\no-2;B;{iban(2)}\n"
    assert cloud.rejected(cloud.drop(f"in/new/{PREMIUM}/2023/tariff-offices/a.csv", rows)) == []
    assert cloud.drop(f"in/old/{PREMIUM}/2023/tariff-offices/a.csv", rows).state == "refused"
