"""Cases that together make the contribution voucher say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme
from tests.schemes.contribution_voucher.builders import answered, line, request, routed


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    for case in (
        request("person"),
        request("person", "duplicate"),
        request("insurer", "duplicate", in_data_flows=False, on_paper=False),
        request(wanted="duplicate"),
        request(),
        request(insurer="300", fund="306"),
        routed(),
        answered(),
        answered(found=False),
    ):
        yield scheme, line(case)
