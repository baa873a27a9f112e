"""The documents of a claimant of converted maternity leave, and the insurer that pays.

Source: circular V.I. 2020/204, 13.3 to 13.5.
"""

from tegemoet.domain.decision import FactValue, Finding, Met, Missing, Phrase
from tegemoet.domain.parameters import ParameterSet, Source
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
    case: ConvertedLeaveCase, leave: Leave, pay_lacks: list[Missing], parameters: ParameterSet
) -> tuple[list[Finding], list[Missing]]:
    """The checklist, and its outstanding items.

    `pay_lacks` are pay data that are outstanding; they are requested where they are missing.
    """
    findings: list[Finding] = []
    missing: list[Missing] = []

    def check(
        rule: str, source: Source, handed_in: bool, place: str, needed: Phrase, facts: dict[str, FactValue]
    ) -> None:
        if not handed_in:
            missing.append(Missing(rule, place, needed, Phrase("nothing")))
        outcome: Met = "met" if handed_in else "unknown"
        findings.append(Finding(rule, outcome, facts, source))

    event, until = case.mother.event, leave.last.isoformat()
    findings.append(Finding("request", "met", {"requested_on": case.requested_on.isoformat()}, STATEMENT[event]))
    needed = Phrase("statement-child-home" if event == "death" else "statement-of-stay")
    check("hospital-statement", STATEMENT[event], case.hospital_statement, "hospital_statement", needed, {})
    if case.relation.rank != "parent":
        needed = Phrase("word-of-honour", {"kinship": case.relation.rank in ("legal-cohabitant", "cohabitant")})
        facts: dict[str, FactValue] = {"rank": case.relation.rank}
        check("word-of-honour", WORD_OF_HONOUR, case.relation.declared, "relation/declared", needed, facts)
    findings.append(Finding("information-sheet", "unknown" if pay_lacks else "met", {}, SHEET))
    if event == "hospital":
        home = case.mother.until.isoformat() if case.mother.until else None
        ended = case.mother.end_certified and home is not None
        check("end-of-stay", END_OF_STAY, ended, "mother/end_certified", Phrase("end-of-stay"), {"until": home})
    needed = Phrase("resumption", {"until": until})
    check("resumption", RESUMPTION, case.resumption_declared, "resumption_declared", needed, {"until": until})
    findings.append(Finding("competent-insurer", "met", {"left": case.mother.days_left}, INSURER))
    taken, entitled = case.birth_leave_taken, birth_leave(case, parameters)
    left: dict[str, FactValue] = {"taken": taken or None, "days": entitled, "left": entitled - taken}
    findings.append(Finding("birth-leave", "met" if taken < entitled else "not-needed", left, BIRTH_LEAVE))
    return findings, missing


def birth_leave(case: ConvertedLeaveCase, parameters: ParameterSet) -> int:
    """The days of birth leave after the (last) birth, taken or not."""
    return parameters.integer("birth-leave-days", max(case.births))
