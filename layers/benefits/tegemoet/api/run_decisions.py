"""The routes of the decisions of runs. Only operators and approvers use it: partners read theirs in
files.
"""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from tegemoet.api.callers import YEAR_READERS
from tegemoet.api.routes import POLICY, Routes
from tegemoet.api.services import YearServices
from tegemoet.api.shapes.common import Identifier, Language
from tegemoet.api.shapes.decisions import Decision
from tegemoet.api.shapes.premium_years import YearNumber
from tegemoet.schemes.languages import DEFAULT_LANGUAGES

router = Routes[YearServices]("premium years")


@router.reads("/premium-years/<year>/decisions/<decision_id>", *YEAR_READERS, answer="The decision.")
def get_run_decision(
    year: YearNumber,
    decision_id: Identifier,
    lang: Language = DEFAULT_LANGUAGES.api,
    replay: Annotated[bool, Query(description="Recompute the decision and report whether it is the same.")] = False,
) -> Decision:
    """Retrieve the decision of a run with its explanation.

    Dossiers and `decisions.jsonl` have its id, `<run>.<person key>`.
    """
    from tegemoet.application.decisions import deciding
    from tegemoet.application.decisions.catalogue import check_language
    from tegemoet.application.decisions.reading import replay_decision
    from tegemoet.application.premium_year.run_decisions import read_run_decision, with_case

    services = router.services
    found = read_run_decision(year, decision_id, services.run_decisions)
    check_language(lang, found.scheme)
    readable: Any = deciding.render(found.decision, found.scheme, lang)
    if replay:
        stored = with_case(found, services.run_decisions)
        again = replay_decision(stored, services.work, services.secrets.digest_secret())
        readable["replay"] = {"same": again.same, "differs": dict(again.differs)}
    return readable  # type: ignore[no-any-return]


@router.reads(
    "/premium-years/<year>/decisions/<decision_id>/letter",
    *YEAR_READERS,
    answer="The letter, as a printable HTML page.",
)
def get_run_letter(
    year: YearNumber,
    decision_id: Identifier,
    lang: Annotated[
        str | None,
        Query(max_length=8, description="The language of the letter. Defaults to that of its reader."),
    ] = None,
) -> Response[str]:
    """Write the letter that tells a care provider the decision of a released run.

    It is the letter that the files of the run have, unless the bank has returned the payment since,
    or a part of a recovery came back. 409 `run-not-released` before the release,
    `payment-not-written` if the payment of the decision was not written, `recovery-ended` if
    nothing remains to be paid back, and `letter-particulars-missing` as for the letter on a single
    decision.
    """
    from tegemoet.application.premium_year.letters.of_run import LetterPorts, read_letter

    services = router.services
    ports = LetterPorts(services.run_decisions, services.runs, services.ledger, services.debtor_accounts, services.work)
    page = read_letter(year, decision_id, lang, ports)
    return Response(200, "text/html; charset=utf-8", page, headers=POLICY)
