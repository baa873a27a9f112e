"""Cases that together make the company supplement say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.company_supplement.builders import contract, gardener, wages


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    cases = [
        gardener(),
        gardener("2021-06-30", replaced=False),
        gardener(employments=[contract("2020-05-02")], replaced=None),
        gardener(wages=wages()[1:]),
        gardener(wages=wages(gross="4535.93")),
        gardener(social_security=None),
        gardener(unemployment_benefit=None),
        gardener(unemployment_benefit="2150.00"),
        gardener("2023-01-01"),
        gardener("2023-01-01", wages=wages("2023-01-01", "5000.00"), gross_ceiling="4800.00"),
        gardener("2023-06-30", social_security=None, withholding_tax=None),
        gardener("2023-06-30", reduced_hours="four-fifths"),
        gardener(reduced_hours="half", wages=wages(unreduced="3000.00"), unreduced_unemployment_benefit="1400.00"),
    ]
    yield scheme, {"case_id": "to-come", "on": "2022-04-30", "case": gardener()}
    for number, case in enumerate(cases):
        yield scheme, {"case_id": f"case-{number}", "on": "2023-07-01", "case": case}
