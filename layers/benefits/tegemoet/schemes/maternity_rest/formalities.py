"""The documents to be handed in and their terms, and the effect of a rest on a running incapacity.

Source: circular V.I. 2020/204, sections VI and XII.
"""

from datetime import timedelta

from tegemoet.domain.calendar import iso
from tegemoet.domain.decision import FactValue, Finding, Missing, Phrase
from tegemoet.domain.problems import Fault, InvalidError
from tegemoet.schemes.legislation.register import cite
from tegemoet.schemes.maternity_rest.case import Incapacity, MaternityCase
from tegemoet.schemes.maternity_rest.entitlement import NOTHING
from tegemoet.schemes.maternity_rest.rest import Rest

REQUEST = cite("circular-2020-204", "section VI, 6.1")
BIRTH_PROOF = cite("benefits-regulation-1997-04-16", "article 49, § 1")
STILLBIRTH_DEED = cite("circular-2020-204", "section VI, 6.4")
HOSPITAL_CERTIFICATE = cite("benefits-regulation-1997-04-16", "article 49, § 2")
RESUMPTION = cite("benefits-regulation-1997-04-16", "article 49, § 1, second paragraph, and § 2, third paragraph")
SUSPENSION = cite("law-1994-07-14", "article 87, fifth paragraph; article 93, third paragraph")
HELP_OF_OTHERS = cite("circular-2020-204", "section XII")


def lacks_proof(case: MaternityCase) -> bool:
    """Whether a proof of the expected day or of a birth is outstanding.

    Nothing can be granted without it. Other formalities can follow later, except for pay data,
    which the amounts require.
    """
    return not case.expected.certified or not all(birth.proven for birth in case.births)


def check_formalities(case: MaternityCase, rest: Rest, pay_lacks: list[Missing]) -> tuple[list[Finding], list[Missing]]:
    """The checklist, and its outstanding items.

    `pay_lacks` are pay data that are outstanding; they are requested where they are missing.
    """
    findings = [_request(case)]
    missing: list[Missing] = []
    _expected_day(case, findings, missing)
    _birth_proof(case, findings, missing)
    _hospital_certificate(case, rest, findings)
    _information_sheet(case, pay_lacks, findings)
    _resumption(case, rest, findings, missing)
    return findings, missing


def _request(case: MaternityCase) -> Finding:
    """6.1: a request, for which there is no term; the certificate alone counts as one."""
    return Finding("request", "met", {"requested_on": iso(case.requested_on)}, REQUEST)


def _expected_day(case: MaternityCase, findings: list[Finding], missing: list[Missing]) -> None:
    """6.1: the certificate of a doctor or a midwife with the expected day of birth."""
    rule, certified = "expected-day-certificate", case.expected.certified
    if not certified:
        missing.append(Missing(rule, "expected/certified", Phrase("expected-day-certificate"), NOTHING))
    facts: dict[str, FactValue] = {"expected_on": iso(case.expected.on)}
    findings.append(Finding(rule, "met" if certified else "unknown", facts, REQUEST))


def _birth_proof(case: MaternityCase, findings: list[Finding], missing: list[Missing]) -> None:
    """6.2 and 6.4: as early as possible, the proof of every birth or a stillborn child's deed."""
    if not case.births:
        return
    lacking = [index for index, birth in enumerate(case.births) if not birth.proven]
    for index in lacking:
        proof = Phrase("proof-of-birth" if case.births[index].living else "deed-of-stillborn-child")
        missing.append(Missing("birth-proof", f"births/{index}/proven", proof, NOTHING))
    source = BIRTH_PROOF if any(birth.living for birth in case.births) else STILLBIRTH_DEED
    findings.append(Finding("birth-proof", "unknown" if lacking else "met", {}, source))


def _hospital_certificate(case: MaternityCase, rest: Rest, findings: list[Finding]) -> None:
    """6.3: the hospital's certificate at the end of the postnatal rest.

    A new one follows at the end of the extension. The calendar leaves out a stay without a
    certificate and requests it.
    """
    stays = [stay for birth in case.births for stay in birth.stays]
    if not stays or not case.extension.hospital:
        return
    before = [segment.last for segment in rest.segments if segment.kind != "extension-hospital"]
    facts = {"postnatal_end": iso(before[-1]), "until": iso(rest.last)}
    outcome = all(stay.certified for stay in stays)
    findings.append(Finding("hospital-certificate", "met" if outcome else "unknown", {**facts}, HOSPITAL_CERTIFICATE))


def _information_sheet(case: MaternityCase, pay_lacks: list[Missing], findings: list[Finding]) -> None:
    """6.1: the information sheet, in parts.

    They are hers, the employer's (ZIMA 001), and that of the body that pays unemployment benefits
    (L500).
    """
    parts = ["claimant"]
    if case.pay.activities or case.quality.kind in ("employee", "resting-since-fifth-month"):
        parts.append("zima-001")
    if case.pay.unemployment or case.quality.kind == "controlled-unemployed":
        parts.append("l500")
    findings.append(Finding("information-sheet", "unknown" if pay_lacks else "met", {"parts": [*parts]}, REQUEST))


def _resumption(case: MaternityCase, rest: Rest, findings: list[Finding], missing: list[Missing]) -> None:
    """6.5: after the rest, a declaration that work or controlled unemployment was resumed."""
    if case.mother_died_on is not None:
        return
    rule, until = "resumption", iso(rest.last)
    if not case.resumption_declared:
        missing.append(Missing(rule, "resumption_declared", Phrase("resumption", {"until": until}), NOTHING))
    findings.append(Finding(rule, "met" if case.resumption_declared else "unknown", {"until": until}, RESUMPTION))


def suspend_incapacity(case: MaternityCase, rest: Rest) -> tuple[list[Finding], list[Missing]]:
    """Section XII: the rest suspends a running incapacity.

    Invalidity begins as many days later, and her allowance for the help of others continues. Raises
    InvalidError if the incapacity does not run before the rest, or if invalidity began and is not
    declared.
    """
    incapacity = case.pay.incapacity
    if incapacity is None:
        return [], []
    _check_incapacity(incapacity, rest)
    findings, missing = [_suspension(incapacity, rest)], []
    if not incapacity.invalid:
        findings.append(_invalidity_date(incapacity, rest))
        if incapacity.invalid_from is None:
            missing.append(Missing("invalidity-date", "pay/incapacity/invalid_from", Phrase("invalidity-day"), NOTHING))
    if incapacity.help_of_others:
        findings.append(Finding("help-of-others", "met", {}, HELP_OF_OTHERS))
    return findings, missing


def _check_incapacity(incapacity: Incapacity, rest: Rest) -> None:
    """It may have begun in the days that were converted: the rest began there because of it."""
    place = "/case/pay/incapacity"
    if incapacity.since >= rest.start:
        fault = Fault(f"{place}/since", "after-first-day")
        raise InvalidError("The incapacity does not precede the rest.", faults=(fault,))
    if not incapacity.invalid and incapacity.invalid_from is not None and incapacity.invalid_from <= rest.first:
        fault = Fault(f"{place}/invalid_from", "before-rest")
        raise InvalidError("Invalidity began before the rest.", faults=(fault,))


def _suspension(incapacity: Incapacity, rest: Rest) -> Finding:
    facts: dict[str, FactValue] = {
        "phase": "invalidity" if incapacity.invalid else "primary-incapacity",
        "since": iso(incapacity.since),
        "from": iso(max(rest.first, incapacity.since)),
        "until": iso(rest.last),
    }
    return Finding("incapacity-suspended", "met", facts, SUSPENSION)


def _invalidity_date(incapacity: Incapacity, rest: Rest) -> Finding:
    before = incapacity.invalid_from
    if before is None:
        return Finding("invalidity-date", "unknown", {"days": rest.days}, SUSPENSION)
    after = before + timedelta(rest.days)
    facts: dict[str, FactValue] = {"from": iso(before), "to": iso(after), "days": rest.days}
    return Finding("invalidity-date", "met", facts, SUSPENSION)
