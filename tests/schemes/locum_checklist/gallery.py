"""Cases that together make the locum checklist say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.locum import checklist, line


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    cases = [
        checklist(),
        checklist(acts_in_name_of_replaced=True),
        checklist(acts_in_name_of_replaced=None, peer_group_sessions=None),
        checklist(peer_group_sessions=0, self_employed=False, done=[]),
        checklist(done=[], peer_group_sessions=1),
        checklist(other_job=True, net_income="1000.00"),
        checklist(other_job=True, net_income="2000.00"),
    ]
    yield scheme, line(checklist(), "kept-no-longer", on="2030-08-31")
    for number, case in enumerate(cases):
        yield scheme, line(case, f"case-{number}", on="2023-07-01")
