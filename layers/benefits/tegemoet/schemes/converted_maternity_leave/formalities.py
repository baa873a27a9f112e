"""The documents of a claimant of converted maternity leave, and the insurer that pays.

Source: circular V.I. 2020/204, 13.3 to 13.5.
"""

from tegemoet.domain.decision import FactValue, Finding, Met, Missing
from tegemoet.domain.parameters import Source
from tegemoet.schemes.converted_maternity_leave.case import ConvertedLeaveCase
from tegemoet.schemes.converted_maternity_leave.leave import BIRTH_LEAVE, Leave
from tegemoet.schemes.legislation.register import cite

STATEMENT = {
    "death": cite("royal-decree-1996-07-03", "article 221, § 2"),
    "hospital": cite("royal-decree-1996-07-03", "article 222, § 2"),
}
WORD_OF_HONOUR = cite("benefits-regulation-1997-04-16", "article 52ter, second paragraph")
RESUMPTION = cite("benefits-regulation-1997-04-16", "article 52ter, third paragraph")
END_OF_STAY = cite("benefits-regulation-1997-04-16", "article 52ter, fourth paragraph")
INSURER = cite("royal-decree-1996-07-03", "article 223")
SHEET = cite("circular-2020-204", "VI, 6.1; XIII, 13.3")

BLOCKING = frozenset(("hospital-statement", "word-of-honour", "information-sheet"))
"""Formalities without which nothing can be granted. The others can follow later."""


def check_formalities(
    case: ConvertedLeaveCase, leave: Leave, pay_lacks: list[Missing]
) -> tuple[list[Finding], list[Missing]]:
    """The checklist, and its outstanding items.

    `pay_lacks` are pay data that are outstanding; they are requested where they are missing.
    """
    findings: list[Finding] = []
    missing: list[Missing] = []

    def check(rule: str, source: Source, handed_in: bool, place: str, needed: str, facts: dict[str, FactValue]) -> None:
        if not handed_in:
            missing.append(Missing(rule, place, needed, "none"))
        outcome: Met = "met" if handed_in else "unknown"
        findings.append(Finding(rule, outcome, facts, source))

    event, until = case.mother.event, leave.last.isoformat()
    findings.append(Finding("request", "met", {"requested_on": case.requested_on.isoformat()}, STATEMENT[event]))
    needed = "statement of the hospital that the newborn left it"
    if event == "hospital":
        needed = "statement of the hospital: day of the mother's admission, more than seven days, newborn left it"
    check("hospital-statement", STATEMENT[event], case.hospital_statement, "hospital_statement", needed, {})
    if case.relation.rank != "parent":
        needed = "word of honour on rank, and on kinship with the mother for a cohabitant"
        facts: dict[str, FactValue] = {"rank": case.relation.rank}
        check("word-of-honour", WORD_OF_HONOUR, case.relation.declared, "relation/declared", needed, facts)
    findings.append(Finding("information-sheet", "unknown" if pay_lacks else "met", {}, SHEET))
    if event == "hospital":
        home = case.mother.until.isoformat() if case.mother.until else None
        needed = "proof of the day on which the mother's stay ended, at the end of the leave"
        ended = case.mother.end_certified and home is not None
        check("end-of-stay", END_OF_STAY, ended, "mother/end_certified", needed, {"until": home})
    needed = f"declaration of resumption of work or proof of controlled unemployment, after {until}"
    check("resumption", RESUMPTION, case.resumption_declared, "resumption_declared", needed, {"until": until})
    findings.append(Finding("competent-insurer", "met", {"left": case.mother.days_left}, INSURER))
    findings.append(Finding("birth-leave", "met", {"taken": case.birth_leave_taken}, BIRTH_LEAVE))
    return findings, missing
