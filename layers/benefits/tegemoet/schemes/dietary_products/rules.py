"""Whether a diagnosis rests on the tests that a contribution to dietary products requires.

Royal decree of 8 November 1998, article 5, § 1, third paragraph: histological tests as well as
serological ones. The fourth paragraph, which the decree of 24 June 2020 replaces, is not printed in
the source, and nothing is decided on it.
"""

from datetime import date

from tegemoet.domain.decision import Finding, Met, Missing, Phrase, Ruling
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.dietary_products.case import Diagnosis
from tegemoet.schemes.events import refuse_future
from tegemoet.schemes.legislation.register import cite

TESTS = cite("royal-decree-2020-06-24-dietary-products", "article 5, § 1, third paragraph")


def decide(case: Diagnosis, on: date, parameters: ParameterSet) -> Ruling:
    """Granted if the diagnosis rests on both tests; a test that is known to lack is a refusal.

    Raises InvalidError for a request after the day `on`, ParameterUnknownError for one before the
    decree.
    """
    refuse_future(case.requested_on, on, "/requested_on")
    parameters.flag("both-tests", case.requested_on)
    ruling = Ruling("granted", [])
    for name, is_done in (("histological", case.histological), ("serological", case.serological)):
        outcome: Met = "unknown" if is_done is None else "met" if is_done else "not-met"
        ruling.findings.append(Finding(name, outcome, {}, TESTS))
        if is_done is None:
            ruling.missing.append(Missing(name, name, Phrase(name), Phrase("nothing")))
    if False in (case.histological, case.serological):
        ruling.outcome, ruling.missing = "refused", []
    elif ruling.missing:
        ruling.outcome = "pending"
    return ruling
