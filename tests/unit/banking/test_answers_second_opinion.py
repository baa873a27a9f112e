"""The bank's messages, written and read by others: schemas, and the records of a package."""

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xsdata.models.datatype import XmlDate, XmlDateTime

from local.bank.answering import Habits, answers_to, told_of_account
from local.bank.messages import NotificationVersion, ReportVersion
from tegemoet.banking.answers import Answer, Credit, Told, read_answers
from tegemoet.banking.communication import structured, structured_digits
from tests.support.bank_messages import faults, opinion, written
from tests.unit.banking.test_local_bank import MONEY_IN, NOTIFICATIONS, REPORTS, TOLD, paid

DIGITS = [structured_digits(number) for number in (1, 97, 123456)]
NAMES = st.text("abcdef0123456789-", min_size=1, max_size=31)
CENTS = st.integers(1, 99_999_999_999)
REASONS = st.lists(
    st.one_of(
        st.sampled_from(["AC01", "AC04", "MD07"]).map(lambda code: {"rsn": {"cd": code}}),
        st.just({"rsn": {"prtry": "account of another person"}}),
    ),
    max_size=2,
)


def told(body: bytes) -> list[tuple[Any, ...]]:
    return [_shown(each) for each in read_answers(io.BytesIO(body))]


def _shown(each: Told) -> tuple[Any, ...]:
    if isinstance(each, Credit):
        return "credit", each.cents, each.on, each.reference, each.structured
    if not isinstance(each, Answer):
        return ("other",)
    if each.on is not None:
        return "transaction", each.end_to_end_id, each.state, each.reason, each.cents, each.on, each.reference
    names = each.message_id, each.payment_id, each.end_to_end_id
    return each.level, *names, each.state, each.reason, each.cents


def agree(body: bytes) -> None:
    """Both read the same, in whatever order each tells it."""
    assert faults(body) == []
    assert sorted(told(body), key=repr) == sorted(opinion(body), key=repr)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("notification", NOTIFICATIONS)
@pytest.mark.parametrize("report", REPORTS)
def test_the_stand_in_of_a_bank_speaks_by_the_schemas(
    report: ReportVersion, notification: NotificationVersion, seed: int
) -> None:
    habits = Habits(report, notification, 0.3, 0.3, credits=MONEY_IN, others=6)
    files = answers_to(paid(40), seed=seed, habits=habits)
    assert len(files) == 2
    for body in (*files, told_of_account("BE71096123456769", TOLD, MONEY_IN, seed=seed, version=notification)):
        agree(body)


def test_the_schema_and_the_records_reject_what_is_no_message() -> None:
    report, notification = answers_to(paid(4), seed=1, habits=Habits("002.001.03"))
    assert faults(report.replace(b"<GrpSts>", b"<GrpSts>X"))
    assert faults(notification.replace(b"<Sts><Cd>BOOK</Cd></Sts>", b""))
    newer = answers_to(paid(4), seed=1)[0].replace(b"GrpSts>", b"GroupStatus>")
    with pytest.raises(Exception, match="GroupStatus"):
        faults(newer)


@st.composite
def transactions(draw: st.DrawFn, codes: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "sts_id": "1",
        "orgnl_end_to_end_id": f"TGM-{draw(NAMES)}",
        "tx_sts": draw(st.sampled_from(codes)),
        "sts_rsn_inf": draw(REASONS),
        "acct_svcr_ref": "bank",
    }
    if draw(st.booleans()):
        found["orgnl_tx_ref"] = {"amt": {"instd_amt": euros(draw(CENTS))}}
    return found


@st.composite
def reports(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    message = draw(st.sampled_from(["pain.002.001.03", "pain.002.001.10"]))
    codes = ["ACCP", "ACSC", "ACSP", "ACTC", "ACWC", "PDNG", "RJCT"]
    codes += ["CANC", "BLCK", "ACCC", "RCVD"] if message.endswith("10") else []
    payments = []
    for number in range(draw(st.integers(0, 3))):
        payment: dict[str, Any] = {"orgnl_pmt_inf_id": f"TGM-p{number}", "orgnl_nb_of_txs": "9"}
        if draw(st.booleans()):
            payment["pmt_inf_sts"] = draw(st.sampled_from(["PART", "ACSC", "RJCT", "RCVD"]))
            payment["sts_rsn_inf"] = draw(REASONS)
        payment["tx_inf_and_sts"] = draw(st.lists(transactions(codes), max_size=4))
        payments.append(payment)
    group: dict[str, Any] = {"orgnl_msg_id": "TGM-m", "orgnl_msg_nm_id": "pain.001.001.09"}
    if draw(st.booleans()):
        group |= {"grp_sts": draw(st.sampled_from(["PART", "ACTC", "RJCT", "PDNG"])), "sts_rsn_inf": draw(REASONS)}
    return message, {
        "cstmr_pmt_sts_rpt": {
            "grp_hdr": {"msg_id": "b", "cre_dt_tm": XmlDateTime(2023, 12, 5, 10, 0, 0)},
            "orgnl_grp_inf_and_sts": group,
            "orgnl_pmt_inf_and_sts": payments,
        }
    }


def euros(cents: int) -> dict[str, Any]:
    return {"value": Decimal(cents) / 100, "ccy": "EUR"}


@settings(deadline=None, max_examples=100)
@given(reports())
def test_a_report_says_what_its_records_say(report: tuple[str, dict[str, Any]]) -> None:
    agree(written(*report))


@st.composite
def details(draw: st.DrawFn, *, newer: bool, priced: bool) -> dict[str, Any]:
    own = draw(st.sampled_from([{"acct_svcr_ref": "own"}, {"tx_id": "tx"}, {}]))
    name = draw(st.sampled_from(["TGM-", "other-"])) + draw(NAMES)
    found: dict[str, Any] = {"refs": own | {"end_to_end_id": name[:35], "msg_id": "m"}}
    of_its_own = newer and draw(st.booleans())
    if of_its_own:
        found["amt"] = euros(draw(CENTS))
        found["cdt_dbt_ind"] = draw(st.sampled_from(["CRDT", "CRDT", "DBIT"]))
    if draw(st.booleans()) or (priced and not of_its_own):
        found["amt_dtls"] = {"tx_amt": {"amt": euros(draw(CENTS))}, "instd_amt": {"amt": euros(1)}}
    if draw(st.booleans()):
        found["rtr_inf"] = draw(st.sampled_from([{"rsn": {"cd": "AC04"}}, {"rsn": {"prtry": "closed"}}, {}]))
    given = draw(st.lists(st.sampled_from(DIGITS), max_size=2))
    issuer = draw(st.sampled_from(["ISO", "BBA", None]))
    kind = {"cd_or_prtry": {"cd": "SCOR"}} | ({"issr": issuer} if issuer else {})
    printed = [structured(int(digits[:10])) for digits in draw(st.lists(st.sampled_from(DIGITS), max_size=1))]
    found["rmt_inf"] = {
        "ustrd": printed + draw(st.sampled_from([[], ["thank you"]])),
        "strd": [{"cdtr_ref_inf": {"tp": kind, "ref": digits}} for digits in given],
    }
    return found


@st.composite
def entries(draw: st.DrawFn, *, newer: bool) -> dict[str, Any]:
    several = draw(st.integers(0, 3))
    family = draw(st.sampled_from(["RRTN", "ESCT"]))
    status = draw(st.sampled_from(["BOOK", "BOOK", "BOOK", "PDNG"]))
    booked: dict[str, Any] = {"dt": XmlDate(2023, 12, 6)}
    if draw(st.booleans()):
        booked = {"dt_tm": XmlDateTime(2023, 12, 6, 23, 59, 59)}
    found: dict[str, Any] = {
        "ntry_ref": "entry",
        "amt": euros(draw(CENTS)),
        "cdt_dbt_ind": draw(st.sampled_from(["CRDT", "CRDT", "DBIT"])),
        "sts": {"cd": status} if newer else status,
        "bookg_dt": booked,
        "bk_tx_cd": {"domn": {"cd": "PMNT", "fmly": {"cd": "RCDT", "sub_fmly_cd": family}}},
    }
    if draw(st.booleans()):
        found["acct_svcr_ref"] = "account"
    inside = [draw(details(newer=newer, priced=several > 1)) for _ in range(several)]
    split = draw(st.integers(0, several))
    blocks = [part for part in (inside[:split], inside[split:]) if part]
    batch = {"btch": {"nb_of_txs": str(several)}} if draw(st.booleans()) else {}
    found["ntry_dtls"] = [batch | {"tx_dtls": part} for part in blocks]
    return found


@st.composite
def notifications(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    newer = draw(st.booleans())
    created = XmlDateTime(2023, 12, 6, 18, 0, 0)
    account = {"id": {"iban": "BE71096123456769"}}
    accounts = [
        {
            "id": f"n{number}",
            "cre_dt_tm": created,
            "acct": account,
            "ntry": draw(st.lists(entries(newer=newer), max_size=4)),
        }
        for number in range(draw(st.integers(1, 2)))
    ]
    body = {"grp_hdr": {"msg_id": "b", "cre_dt_tm": created}, "ntfctn": accounts}
    return f"camt.054.001.{'08' if newer else '02'}", {"bk_to_cstmr_dbt_cdt_ntfctn": body}


@settings(deadline=None, max_examples=150)
@given(notifications())
def test_a_notification_says_what_its_records_say(notification: tuple[str, dict[str, Any]]) -> None:
    agree(written(*notification))
