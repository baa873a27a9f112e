"""Builders of requests for contribution vouchers."""

from typing import Any

Json = dict[str, Any]


def request(requester: str = "pension-service", wanted: str = "copy", **changes: Any) -> Json:
    """A request about 1987 that came in on 2 November 2020."""
    return {"requester": requester, "wanted": wanted, "received_on": "2020-11-02", "year": 1987, **changes}


def routed(**changes: Any) -> Json:
    """The pension service's request, sent on to the insurer of the time on 4 November."""
    return request(**{"insurer": "300", "fund": "306", "forwarded_on": "2020-11-04", **changes})


def answered(found: bool = True, on: str = "2020-11-20") -> Json:
    return routed(answered_on=on, original_found=found)


def line(case: Json, on: str = "2020-12-01", case_id: str = "voucher-1") -> Json:
    return {"case_id": case_id, "on": on, "case": case}
