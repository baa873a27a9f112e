"""Messages of a bank as others see them: by the schemas of ISO 20022, and by records of a package.

It shares nothing with the product. The schemas are those that the packages pain001 and camt053
have; of pain.002.001.10 no package has one, so the records of pyiso20022 check it, which have its
elements, their order and number, and not the lengths of texts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig
from xsdata.formats.dataclass.serializers import XmlSerializer

SCHEMAS = {
    "pain.002.001.03": ("pain001", "pain002/schemas/pain.002.001.03.xsd"),
    "camt.054.001.02": ("camt053", "xsd/camt.054.001.02.xsd"),
    "camt.054.001.08": ("camt053", "xsd/camt.054.001.08.xsd"),
}
ACCEPTED = ("ACCC", "ACCP", "ACSC", "ACSP", "ACTC", "ACWC")
OURS = "TGM-"


@cache
def schema(message: str) -> Any:
    package, path = SCHEMAS[message]
    # found without an import: what these packages require is not installed
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return etree.XMLSchema(etree.parse(Path(spec.submodule_search_locations[0]) / path))


def faults(body: bytes) -> list[str]:
    """What the schema of a message finds wrong with it; for one without a schema, its records."""
    root = etree.fromstring(body)
    message = str(etree.QName(root).namespace).rpartition(":")[2]
    if message not in SCHEMAS:
        return [] if document(body) is not None else ["not read"]
    checked = schema(message)
    checked.validate(root)
    return [f"{error.line}: {error.message}" for error in checked.error_log]


def kind_of(message: str) -> Any:
    """The record of a whole message, such as `pain.002.001.10`."""
    return import_module(f"pyiso20022.{message[:4]}.{message.replace('.', '_')}").Document


def document(body: bytes) -> Any:
    """The records of a message. Raises an error for any element that it does not have."""
    message = str(etree.QName(etree.fromstring(body)).namespace).rpartition(":")[2]
    strict = ParserConfig(fail_on_unknown_properties=True, fail_on_unknown_attributes=True)
    return XmlParser(config=strict).from_bytes(body, kind_of(message))


def written(message: str, values: Mapping[str, Any]) -> bytes:
    """A message from nested values by the names of its fields, written by the package xsdata."""
    whole = made(kind_of(message), values)
    return XmlSerializer().render(whole, ns_map={None: f"urn:iso:std:iso:20022:tech:xsd:{message}"}).encode()


def made(kind: Any, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return kind(value) if isinstance(value, str) and kind is not str else value
    types = get_type_hints(kind)
    assert value.keys() <= {field.name for field in fields(kind)}, (kind, value)
    return kind(**{name: _made_of(types[name], each) for name, each in value.items()})


def _made_of(kind: Any, value: Any) -> Any:
    if get_origin(kind) is list:
        return [made(get_args(kind)[0], each) for each in value]
    if get_origin(kind) in (Union, UnionType):
        kind = next(each for each in get_args(kind) if each is not type(None))
    return made(kind, value)


def opinion(body: bytes) -> Iterator[tuple[Any, ...]]:
    """What a message says: answers, money that came in (`credit`), and the rest (`other`)."""
    whole = document(body)
    if hasattr(whole, "cstmr_pmt_sts_rpt"):
        yield from _of_report(whole.cstmr_pmt_sts_rpt)
        return
    for account in whole.bk_to_cstmr_dbt_cdt_ntfctn.ntfctn:
        for entry in account.ntry:
            yield from _of_entry(entry)


def _of_report(report: Any) -> Iterator[tuple[Any, ...]]:
    group = report.orgnl_grp_inf_and_sts
    name = group.orgnl_msg_id
    if group.grp_sts:
        yield "file", name, None, None, *_state(group.grp_sts, group), None
    for payment in report.orgnl_pmt_inf_and_sts:
        if payment.pmt_inf_sts:
            yield "payment", name, payment.orgnl_pmt_inf_id, None, *_state(payment.pmt_inf_sts, payment), None
        for each in payment.tx_inf_and_sts:
            if each.tx_sts:
                amount = each.orgnl_tx_ref and each.orgnl_tx_ref.amt and each.orgnl_tx_ref.amt.instd_amt
                told = None if amount is None else int(amount.value * 100)
                yield (
                    "transaction",
                    name,
                    payment.orgnl_pmt_inf_id,
                    each.orgnl_end_to_end_id,
                    *_state(each.tx_sts, each),
                    told,
                )


def _state(status: Any, told: Any) -> tuple[str, str | None]:
    code = getattr(status, "value", status)
    if code in ACCEPTED:
        return "accepted", _reason(told.sts_rsn_inf)
    if code in ("RCVD", "PDNG", "PART"):
        return "pending", _reason(told.sts_rsn_inf)
    return ("rejected", _reason(told.sts_rsn_inf)) if code == "RJCT" else ("pending", code)


def _reason(told: Any) -> str | None:
    """The first reason of several: its code, or else the bank's own."""
    if not told or told[0].rsn is None:
        return None
    return str(told[0].rsn.cd or told[0].rsn.prtry)


def _of_entry(entry: Any) -> Iterator[tuple[Any, ...]]:
    details = [each for block in entry.ntry_dtls for each in block.tx_dtls]
    for place, each in enumerate(details or [None], 1):
        direction = getattr(each, "cdt_dbt_ind", None) or entry.cdt_dbt_ind
        status = getattr(entry.sts, "cd", entry.sts)
        if direction.value != "CRDT" or getattr(status, "value", status) != "BOOK":
            yield ("other",)
            continue
        amount = entry.amt if each is None or len(details) == 1 else None
        if each is not None and each.amt_dtls and each.amt_dtls.tx_amt:
            amount = each.amt_dtls.tx_amt.amt
        amount = getattr(each, "amt", None) or amount
        assert amount is not None
        on = date.fromisoformat(str(entry.bookg_dt.dt or entry.bookg_dt.dt_tm)[:10])
        refs = each and each.refs
        own = refs and (refs.acct_svcr_ref or refs.tx_id)
        reference = own or f"{entry.acct_svcr_ref or entry.ntry_ref}{f'-{place}' if place > 1 else ''}"
        told = int(amount.value * 100), on, reference
        name = refs and refs.end_to_end_id
        if not (name and name.startswith(OURS)):
            yield "credit", *told, _structured(each)
            continue
        families = [_family(where) for where in (each, entry)]
        returned = each.rtr_inf is not None or "RRTN" in families
        why = _reason([each.rtr_inf] if each.rtr_inf else []) if returned else "NOT-A-RETURN"
        yield "transaction", name, "returned" if returned else "pending", why, *told


def _family(where: Any) -> Any:
    return where.bk_tx_cd.domn.fmly.sub_fmly_cd if where.bk_tx_cd and where.bk_tx_cd.domn else None


def _structured(details: Any) -> str | None:
    told = details and details.rmt_inf
    if not told:
        return None
    given = [each.cdtr_ref_inf for each in told.strd if each.cdtr_ref_inf]
    found = {each.ref for each in given if each.ref and (each.tp is None or each.tp.issr in (None, "BBA"))}
    found |= {"".join(filter(str.isdigit, each)) for each in told.ustrd if each.startswith("+++")}
    return found.pop() if len(found) == 1 else None
