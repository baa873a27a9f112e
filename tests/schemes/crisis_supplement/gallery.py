"""Cases that together make the crisis supplement say everything it can
say, as a self-employed person and as an employee.
"""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.incapacity_supplement import SCHEME as OF_EMPLOYEES
from tegemoet.schemes.scheme import Scheme
from tests.schemes.crisis_supplement.builders import BEFORE, benefit, crisis
from tests.schemes.incapacity_supplement import gallery as incapacity_supplement
from tests.schemes.incapacity_supplement.builders import body, days, incapacity


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    april = days("2020-04-01", "2020-04-30")
    later = "2020-12-15"

    def stopped(first: str, last: str | None = None, **more: Any) -> dict[str, Any]:
        stop = {"from": first, "until": last, "notified": True, **more}
        return crisis(
            incapacity_from=BEFORE, stops=[{name: value for name, value in stop.items() if value is not None}]
        )

    cases = [
        (crisis(), later),
        (crisis(incapacity_until="2020-03-22", days=[benefit("2020-03-16", "2020-03-22")]), later),
        (crisis(days=[benefit("2020-03-16", "2020-03-20")]), "2020-03-20"),
        (crisis(incapacity_from=BEFORE), later),
        (stopped("2020-04-06", "2020-04-12"), later),
        (stopped("2020-04-06", "2020-04-20", notified=None), later),
        (crisis(incapacity_from=BEFORE, status="informal-care"), later),
        (crisis(days=[benefit(last="2020-04-10"), benefit("2020-04-11", kind="invalidity-with-stop")]), later),
        (stopped("2020-04-01", "2020-04-30") | {"days": [benefit(kind="invalidity-with-stop")]}, later),
        (crisis(reductions=[{**april, "percentage": "12.5"}]), later),
        (crisis(reductions=[{**april, "percentage": "100"}]), later),
        (stopped("2020-04-06", "2020-04-11"), later),
        (stopped("2020-04-28"), "2020-04-30"),
        (stopped("2020-04-06", "2020-04-20", notified=False), later),
        (crisis(status="continued-insurance"), later),
        (crisis(days=[benefit("2020-12-01", "2021-01-31")]), "2020-12-20"),
        (crisis(days=[benefit("2020-12-01", "2021-01-31")]), "2021-02-01"),
        (crisis(days=[benefit(household="single")]), later),
        (crisis(refusals=[{**april, "paragraph": "2", "paid_on": "2020-04-28"}]), later),
        (crisis(refusals=[{**april, "paragraph": "2", "paid_on": "2020-04-29"}]), later),
        (crisis(temporary_unemployment=[april]), later),
        (crisis(late_declaration=[april], replacement_income=[april]), later),
        (crisis(other_benefits=[{**april, "kind": "work-accident", "amount": "40.00"}]), later),
        (crisis(other_benefits=[{**april, "kind": "pension", "amount": "49.68"}]), later),
    ]
    for number, (case, on) in enumerate(cases):
        yield scheme, body(case, on, f"case-{number}")
    autumn = days("2020-09-16", "2020-09-20")
    waiting = crisis(days=[benefit("2020-09-16", "2020-09-20")], employee=incapacity(days=[autumn]))
    yield scheme, body(waiting, later, "waiting")
    for _, employee in incapacity_supplement.gallery(OF_EMPLOYEES):
        yield scheme, body(crisis(employee=employee["case"]), employee["on"], employee["case_id"])
