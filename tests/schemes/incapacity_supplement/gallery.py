"""Cases that together make the supplement of employees say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.incapacity_supplement.builders import body, days, incapacity

OTHER: dict[str, Any] = {"regular_worker": False, "household": "single"}


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    april = days("2020-04-01", "2020-04-30")
    for number, (case, on) in enumerate(
        [
            (incapacity(), "2020-07-01"),
            (incapacity(quality="unemployed", incapacity_from="2020-02-29"), "2020-07-01"),
            (incapacity(days=[april, days("2020-07-01", "2020-07-31")]), "2020-07-01"),
            (incapacity(lost_wage=None), "2020-07-01"),
            (incapacity(lost_wage="132.9990"), "2020-07-01"),
            (incapacity(days=[days("2021-02-20", "2021-03-31", **OTHER)], lost_wage="50.0000"), "2021-06-01"),
            (incapacity(days=[days("2020-10-01", "2020-10-31")]), "2020-11-01"),
            (incapacity(employer_supplement=[april]), "2020-07-01"),
            (incapacity(lost_wage="105.9524"), "2020-10-02"),
            (incapacity(days=[{**april, "minimum": "51.00"}]), "2020-07-01"),
            (incapacity(days=[days("2020-09-01", "2020-09-05", minimum="70.00")]), "2020-10-01"),
            (incapacity(days=[days("2020-10-01", "2020-10-31", **OTHER)], lost_wage="60.0000"), "2020-11-01"),
        ]
    ):
        yield scheme, body(case, on, f"case-{number}")
