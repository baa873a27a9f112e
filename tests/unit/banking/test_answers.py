"""What a bank answers, message by message: levels, states, amounts, and what is left alone."""

import io
from datetime import date

import pytest

from tegemoet.banking.answers import (
    STATES,
    Answer,
    AnswersError,
    Credit,
    OtherMovement,
    Told,
    read_answers,
)

ISO = "urn:iso:std:iso:20022:tech:xsd:"
STATUS, MOVEMENTS = ("pain.002.001.03", "pain.002.001.10"), ("camt.054.001.02", "camt.054.001.08")
BOOKED = date(2023, 12, 6)


def read(text: str | bytes) -> list[Told]:
    return list(read_answers(io.BytesIO(text.encode() if isinstance(text, str) else text)))


class Slow(io.BytesIO):
    """A stream that comes in small blocks."""

    def __init__(self, text: bytes, size: int) -> None:
        super().__init__(text)
        self.block = size

    def read(self, _size: int | None = -1) -> bytes:
        return super().read(self.block)


def fails(text: str | bytes) -> str:
    with pytest.raises(AnswersError) as error:
        read(text)
    assert error.value.args == (error.value.code,)
    return error.value.code


# --- pain.002 -------------------------------------------------------------------------------------


def why(code: str) -> str:
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""


def status(body: str, version: str = STATUS[1], group: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{ISO}{version}"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>bank-1</MsgId><CreDtTm>2023-12-05T10:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>TGM-1</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>{group}"
        f"</OrgnlGrpInfAndSts>{body}</CstmrPmtStsRpt></Document>"
    )


def payment(body: str = "", state: str = "", reason: str = "") -> str:
    said = f"<PmtInfSts>{state}</PmtInfSts>" if state else ""
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>TGM-1-P</OrgnlPmtInfId>{said}{why(reason)}{body}</OrgnlPmtInfAndSts>"


def transaction(name: str, state: str, reason: str = "", amount: str = "945.95") -> str:
    told = f'<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">{amount}</InstdAmt></Amt></OrgnlTxRef>' if amount else ""
    said = f"<TxSts>{state}</TxSts>" if state else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId>{said}{why(reason)}{told}</TxInfAndSts>"


@pytest.mark.parametrize("version", STATUS)
def test_a_status_report_answers_on_each_of_three_levels(version: str) -> None:
    body = payment(transaction("TGM-a", "RJCT", "AC04") + transaction("TGM-b", "ACSC", amount=""), "PART")
    assert read(status(body, version, f"<GrpSts>ACTC</GrpSts>{why('')}")) == [
        Answer("file", "TGM-1", None, None, "accepted", None, None, None, None),
        Answer("transaction", "TGM-1", "TGM-1-P", "TGM-a", "rejected", "AC04", 94_595, None, None),
        Answer("transaction", "TGM-1", "TGM-1-P", "TGM-b", "accepted", None, None, None, None),
        Answer("payment", "TGM-1", "TGM-1-P", None, "pending", None, None, None, None),
    ]


ACCEPTED, BEGUN = ("ACCC", "ACCP", "ACSC", "ACSP", "ACTC", "ACWC"), ("PART", "PDNG", "RCVD")


@pytest.mark.parametrize("code", [*ACCEPTED, *BEGUN, "RJCT"])
def test_every_known_status_has_one_state(code: str) -> None:
    [answer] = read(status("", group=f"<GrpSts>{code}</GrpSts>"))
    assert isinstance(answer, Answer)
    # what a bank has only begun with, or does in part, is not accepted
    expected = "accepted" if code in ACCEPTED else "pending" if code in BEGUN else "rejected"
    assert (answer.state, answer.reason) == (expected, None)
    assert code in STATES


@pytest.mark.parametrize("code", ["ACSX", "CANC", "rjct", "X" * 40])
def test_a_status_that_is_not_known_is_pending_with_its_code(code: str) -> None:
    [answer] = read(status(payment(transaction("TGM-a", code))))
    assert isinstance(answer, Answer)
    assert (answer.state, answer.reason) == ("pending", code[:35])


def test_a_level_without_a_status_says_nothing() -> None:
    assert read(status(payment(transaction("TGM-a", "")))) == []


def test_the_reason_of_a_bank_itself_is_cut() -> None:
    reason = f"<StsRsnInf><Rsn><Prtry>{'why ' * 20}</Prtry></Rsn></StsRsnInf>"
    [answer] = read(status("", group=f"<GrpSts>RJCT</GrpSts>{reason}"))
    assert isinstance(answer, Answer)
    assert answer.reason == ("why " * 20)[:35]


@pytest.mark.parametrize("level", ["message", "payment", "transaction"])
def test_an_answer_names_what_it_is_about(level: str) -> None:
    text = status(payment(transaction("TGM-a", "RJCT"), "RJCT"), group="<GrpSts>RJCT</GrpSts>")
    name = {"message": "TGM-1<", "payment": "TGM-1-P", "transaction": "TGM-a"}[level]
    assert fails(text.replace(f">{name}", ">" + "<" * name.endswith("<"))) == "field-missing"


# --- camt.054 -------------------------------------------------------------------------------------


def movements(*entries: str, version: str = MOVEMENTS[1]) -> str:
    return (
        f'<Document xmlns="{ISO}{version}"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>b</MsgId></GrpHdr>'
        f"<Ntfctn><Id>n</Id><Acct><Id><IBAN>BE71096123456769</IBAN></Id></Acct>{''.join(entries)}</Ntfctn>"
        "</BkToCstmrDbtCdtNtfctn></Document>"
    )


def entry(
    *details: str,
    amount: str = "945.95",
    direction: str = "CRDT",
    state: str = "BOOK",
    family: str = "",
    number: int = 1,
) -> str:
    batch = f"<Btch><NbOfTxs>{number}</NbOfTxs></Btch>" if number > 1 else ""
    inside = f"<NtryDtls>{batch}{''.join(details)}</NtryDtls>" if details else ""
    kind = f"<BkTxCd><Domn><Fmly><SubFmlyCd>{family}</SubFmlyCd></Fmly></Domn></BkTxCd>" if family else ""
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts>{state}</Sts>'
        f"<BookgDt><Dt>2023-12-06</Dt></BookgDt><AcctSvcrRef>entry-1</AcctSvcrRef>{kind}{inside}</Ntry>"
    )


def details(name: str = "TGM-a", amount: str = "", back: str = "", text: str = "", reference: str = "") -> str:
    refs = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    told = f'<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>' if amount else ""
    returned = f"<RtrInf><Rsn><Cd>{back}</Cd></Rsn></RtrInf>" if back else ""
    return (
        f"<TxDtls><Refs>{refs}<EndToEndId>{name}</EndToEndId></Refs>{told}"
        f"{f'<RmtInf>{text}</RmtInf>' if text else ''}{returned}</TxDtls>"
    )


def returned(
    name: str = "TGM-a", reason: str | None = "AC04", cents: int = 94_595, reference: str = "entry-1"
) -> Answer:
    return Answer("transaction", None, None, name, "returned", reason, cents, BOOKED, reference)


@pytest.mark.parametrize("version", MOVEMENTS)
def test_a_movement_that_comes_back_is_a_return(version: str) -> None:
    text = movements(entry(details(back="AC04")), version=version)
    if version == MOVEMENTS[1]:
        text = text.replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>")
    assert read(text) == [returned()]


def test_a_return_is_known_by_the_family_of_its_movement_too() -> None:
    assert read(movements(entry(details(), family="RRTN"))) == [returned(reason=None)]


def test_a_credit_under_our_identifier_that_is_no_return_is_pending() -> None:
    [answer] = read(movements(entry(details())))
    assert isinstance(answer, Answer)
    assert (answer.state, answer.reason) == ("pending", "NOT-A-RETURN")


def test_each_movement_of_a_batch_has_its_own_amount_and_reference() -> None:
    both = [details("TGM-a", "45.95", "AC04", reference="r1"), details("TGM-b", "900.00", "MD07", reference="r2")]
    assert read(movements(entry(*both, number=2))) == [
        returned("TGM-a", "AC04", 4_595, "r1"),
        returned("TGM-b", "MD07", 90_000, "r2"),
    ]


def test_the_amount_of_a_batch_is_that_of_no_movement_in_it() -> None:
    both = [details("TGM-a", back="AC04"), details("TGM-b", back="AC04")]
    priced = details("TGM-b", "900.00", back="AC04")
    # neither the bank's own count nor the place of the parser in the message makes a difference
    for text in (entry(*both, number=2), entry(*both), entry(both[0], priced), entry(priced, both[0])):
        assert fails(movements(text)) == "field-missing"
        with pytest.raises(AnswersError, match=r"^field-missing$"):
            list(read_answers(Slow(movements(text).encode(), 10)))
    apart = entry(*both).replace("</TxDtls>", "</TxDtls></NtryDtls><NtryDtls>", 1)
    assert fails(movements(apart)) == "field-missing"


def test_the_amount_of_an_entry_is_that_of_the_next_entry_no_longer() -> None:
    two = (entry(details("TGM-a", back="AC04")), entry(details("TGM-b", back="MD07"), amount="1.00"))
    assert read(movements(*two)) == [returned("TGM-a"), returned("TGM-b", "MD07", 100)]


def test_the_amount_of_a_movement_is_before_that_of_its_transaction() -> None:
    both = '<Amt Ccy="EUR">3.00</Amt><AmtDtls><TxAmt><Amt Ccy="EUR">4.00</Amt></TxAmt></AmtDtls>'
    text = entry(details(back="AC04").replace("</Refs>", f"</Refs>{both}"))
    assert read(movements(text)) == [returned(cents=300)]


def test_equal_movements_of_an_entry_are_told_apart() -> None:
    twice = [details("x", "5.00"), details("x", "5.00"), details("x", "5.00", reference="own")]
    found = read(movements(entry(*twice, number=3)))
    assert [each.reference for each in found if isinstance(each, Credit)] == ["entry-1", "entry-1-2", "own"]


def test_other_references_of_the_bank_are_taken_in_turn() -> None:
    by_transaction = details(back="AC04").replace("</Refs>", "<TxId>tx-1</TxId></Refs>")
    by_entry = entry(details(back="AC04")).replace("AcctSvcrRef>", "NtryRef>")
    assert read(movements(entry(by_transaction))) == [returned(reference="tx-1")]
    assert read(movements(by_entry)) == [returned()]


def test_a_movement_may_have_a_direction_of_its_own() -> None:
    text = details(back="AC04").replace("</Refs>", "</Refs><CdtDbtInd>DBIT</CdtDbtInd>")
    assert read(movements(entry(text))) == [OtherMovement()]


@pytest.mark.parametrize("state", ["PDNG", "INFO", "FUTR"])
def test_what_is_not_booked_counts_for_nothing(state: str) -> None:
    assert read(movements(entry(details(back="AC04"), state=state))) == [OtherMovement()]


def test_a_debit_is_left_alone() -> None:
    assert read(movements(entry(details(back="AC04"), direction="DBIT"))) == [OtherMovement()]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("<Strd><CdtrRefInf><Tp><Issr>BBA</Issr></Tp><Ref>090933755493</Ref></CdtrRefInf></Strd>", "090933755493"),
        ("<Ustrd>+++090/9337/55493+++</Ustrd>", "090933755493"),
        ("<Ustrd>***090/9337/55493***</Ustrd>", None),
        ("<Ustrd>+++090/9337/55494+++</Ustrd>", None),
        ("<Ustrd>thank you</Ustrd>", None),
        ("<Strd><CdtrRefInf><Ref>090933755493</Ref></CdtrRefInf></Strd>", "090933755493"),
        ("<Strd><CdtrRefInf><Tp><Issr>ISO</Issr></Tp><Ref>090933755493</Ref></CdtrRefInf></Strd>", None),
        ("<Ustrd>+++090/9337/55493+++</Ustrd><Ustrd>+++000/0000/00101+++</Ustrd>", None),
        ("<Ustrd>+++090/9337/55493+++</Ustrd><Ustrd>+++090/9337/55493+++</Ustrd>", "090933755493"),
        ("", None),
    ],
)
def test_money_that_comes_in_is_known_by_its_structured_communication(text: str, digits: str | None) -> None:
    found = read(movements(entry(details("other", text=text))))
    assert found == [Credit(94_595, BOOKED, digits, "entry-1")]


def test_an_entry_without_details_is_a_movement() -> None:
    assert read(movements(entry(), entry(direction="DBIT"))) == [
        Credit(94_595, BOOKED, None, "entry-1"),
        OtherMovement(),
    ]


@pytest.mark.parametrize("amount", ['Ccy="USD">945.95', 'Ccy="EUR">945.955', 'Ccy="EUR">-1.00', 'Ccy="EUR">', ">1.00"])
def test_an_amount_is_in_euros_and_cents(amount: str) -> None:
    text = movements(entry(details(back="AC04")))
    assert fails(text.replace('Ccy="EUR">945.95', amount).replace("<Amt >", "<Amt>")) == "field-invalid"


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        ("<BookgDt><Dt>2023-12-06</Dt></BookgDt>", "field-missing"),
        ("<AcctSvcrRef>entry-1</AcctSvcrRef>", "field-missing"),
        ("<Dt>2023-12-06</Dt>", "field-missing"),
        ("<Sts>BOOK</Sts>", "field-missing"),
        ("<CdtDbtInd>CRDT</CdtDbtInd>", "field-missing"),
        ('<Amt Ccy="EUR">945.95</Amt>', "field-missing"),
    ],
)
def test_a_return_says_when_and_under_which_reference(left_out: str, code: str) -> None:
    assert fails(movements(entry(details(back="AC04"))).replace(left_out, "")) == code


def test_the_day_of_a_moment_is_the_day_of_booking() -> None:
    text = movements(entry(details(back="AC04")))
    for moment in ("2023-12-06T23:59:59.999", "2023-12-06T00:00:00+01:00"):
        assert read(text.replace("<Dt>2023-12-06</Dt>", f"<DtTm>{moment}</DtTm>")) == [returned()]


def test_a_day_that_is_none_is_not_read() -> None:
    assert fails(movements(entry(details(back="AC04"))).replace("2023-12-06", "2023-13-06")) == "field-invalid"


@pytest.mark.parametrize("field", ["<EndToEndId>TGM-a</EndToEndId>", "<AcctSvcrRef>entry-1</AcctSvcrRef>"])
def test_a_movement_has_no_field_twice_and_none_that_is_cut(field: str) -> None:
    text = movements(entry(details(back="AC04")))
    assert fails(text.replace(field, field * 2)) == "field-invalid"
    value = field.partition(">")[2].partition("<")[0]
    longest = value + "x" * (35 - len(value))
    [found] = read(text.replace(value, longest))
    assert isinstance(found, Answer)
    assert longest in (found.end_to_end_id, found.reference)
    assert fails(text.replace(value, f"{longest}x")) == "field-invalid"


@pytest.mark.parametrize(
    "field",
    [
        "<OrgnlMsgId>TGM-1</OrgnlMsgId>",
        "<OrgnlPmtInfId>TGM-1-P</OrgnlPmtInfId>",
        "<OrgnlEndToEndId>TGM-a</OrgnlEndToEndId>",
        "<TxSts>RJCT</TxSts>",
        "<PmtInfSts>PART</PmtInfSts>",
    ],
)
def test_a_status_report_has_no_field_twice(field: str) -> None:
    text = status(payment(transaction("TGM-a", "RJCT"), "PART"))
    assert field in text
    assert fails(text.replace(field, field * 2)) == "field-invalid"


@pytest.mark.parametrize("name", ["OrgnlMsgId", "OrgnlPmtInfId", "OrgnlEndToEndId"])
def test_an_identifier_of_a_status_report_is_not_cut(name: str) -> None:
    text = status(payment(transaction("TGM-a", "RJCT")))
    assert fails(text.replace(f"</{name}>", f"{'x' * 35}</{name}>")) == "field-invalid"


def test_a_message_has_only_its_own_parts() -> None:
    stray = "<TxDtls/>"
    assert fails(status(stray)) == "field-invalid"
    assert fails(movements("<TxInfAndSts/>")) == "field-invalid"
    assert fails(movements(stray)) == "field-missing"
