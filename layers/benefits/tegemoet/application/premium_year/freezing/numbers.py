"""Freezing the practices: the facts on RIZIV numbers, joined, and who is paid for each pharmacy."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import orjson

from tegemoet.application.ports import Facts, Ledger, Objects
from tegemoet.application.premium_year.authority import IdentityClaim, identity_exception
from tegemoet.application.premium_year.case_json import PharmacyCase
from tegemoet.application.premium_year.folder import EXCEPTIONS, INDEX, RunFolder
from tegemoet.application.premium_year.joining import join, person_order
from tegemoet.application.premium_year.office_changes import office_changes
from tegemoet.application.premium_year.offices import OfficeRow, holds, office_accounts, paid_through
from tegemoet.application.premium_year.ownership import RankedFact, ranked
from tegemoet.application.premium_year.pharmacy_ids import changed_ids
from tegemoet.application.premium_year.plan import plan_of, plan_on
from tegemoet.application.premium_year.records import NumbersIndex, Pharmacies, Plan, PracticeLine, PracticesAt
from tegemoet.application.records import RunReference
from tegemoet.domain.identity import shard_of
from tegemoet.domain.manual_review import YearException
from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.convention_premium.case import Practice
from tegemoet.schemes.convention_premium.practices import assess_titular
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.scheme import Scheme


def join_numbers(run: RunReference, shard: int, *, attempt: str, facts: Facts, work: Objects) -> None:
    """Join one shard of numbers into practices.

    They are written so that each shard of persons is one range of bytes. `attempt` = a name that no
    other call of this step has.
    """
    folder = RunFolder(work, run.id)
    step = folder.numbers(shard)
    if step.is_committed():
        return
    plan = plan_of(folder)
    joined = join(facts.of_numbers(run.year, shard), plan)
    in_order = sorted(joined.lines, key=person_order(plan.shards))
    writing = step.attempt(attempt)
    ranges = folder.write_practices(writing, ((shard_of(line["person"], plan.shards), line) for line in in_order))
    titulars = [line for line in joined.lines if "pharmacy_id" in line]
    writing.write_lines(EXCEPTIONS, sorted(joined.exceptions, key=lambda exception: exception.id))
    concerned = {plan.root(person) for claim in plan.identity_claims for person in (claim["old"], claim["new"])}
    index = NumbersIndex(ranges, titulars, joined.numbers_of(concerned), joined.renamed)
    writing.write_json(INDEX, index)
    writing.commit()


def assign_pharmacies(
    run: RunReference,
    *,
    scheme: Scheme,
    parameters: ParameterSet,
    facts: Facts,
    ledger: Ledger,
    work: Objects,
    digest_secret: bytes,
) -> None:
    """Determine who is paid for each pharmacy, and the accounts of the tariff offices.

    A pharmacy that was paid keeps its payee, also under another id; otherwise it is the lowest
    RIZIV number of its eligible titulars. A pharmacy that may be a paid one under another id is
    held until an operator has decided, and so is a changed account of an office that was paid.
    Raises RunOfAnotherVersionError for a run that was planned with other values.
    """
    folder = RunFolder(work, run.id)
    if folder.has_pharmacies():
        return
    plan = plan_on(folder, parameters)
    indexes = [folder.numbers_index(shard) for shard in range(plan.shards)]
    titulars = [line for index in indexes for line in index.titulars]
    chosen = several_pharmacies(titulars, plan.choices)
    claims = ledger.claims(run.year)
    claimed = {number for _, number in claims.values()}
    through = {line["pharmacy_id"]: line["tariff_office"] for line in titulars}
    told: list[RankedFact[OfficeRow]] = list(ranked(facts.of_kind(run.year, "office"), plan.ranks().get))
    offices = office_accounts(told, plan, paid := paid_through(plan, claims, through, work), digest_secret)
    brought, changes = office_changes(told, offices, plan, paid.then, digest_secret)
    ids = changed_ids(run.year, indexes, claims=claims, plan=plan, ledger=ledger)
    open_lines = [line for line in titulars if not holds(line, offices.held, claimed, ids.questioned)]
    payees = _lowest(_eligible(run, open_lines, chosen, scheme, parameters)) | ids.payees | _paid(claims)
    folder.write_pharmacies(
        Pharmacies(
            payees,
            offices.accounts,
            chosen,
            [*_identity_exceptions(plan, indexes), *offices.exceptions, *ids.exceptions],
            attempts={str(shard): folder.numbers(shard).commit().attempt for shard in range(plan.shards)},
            practices=_by_person_shard(indexes),
            through=through,
            stood=offices.stood,
            held=offices.held,
            claimed=sorted(claimed),
            brought=brought,
            changes=changes,
            questioned=sorted(ids.questioned),
        )
    )


def _paid(claims: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Pharmacy → RIZIV number that was paid for it."""
    return {pharmacy: number for pharmacy, (_, number) in claims.items()}


def _lowest(eligible: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Pharmacy → the lowest of its RIZIV numbers."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for pharmacy, number in eligible:
        numbers[pharmacy].append(number)
    return {pharmacy: min(own) for pharmacy, own in numbers.items()}


def _by_person_shard(indexes: Iterable[NumbersIndex]) -> Mapping[str, Mapping[str, PracticesAt]]:
    """Shard of persons → shard of numbers → where its practices lie."""
    practices: dict[str, dict[str, PracticesAt]] = defaultdict(dict)
    for shard, index in enumerate(indexes):
        for person_shard, place in index.ranges.items():
            practices[person_shard][str(shard)] = place
    return practices


def _identity_exceptions(plan: Plan, indexes: Sequence[NumbersIndex]) -> list[YearException]:
    """The questions of the identity rows that wait: one for each pair of persons."""
    pairs: dict[tuple[str, str], list[IdentityClaim]] = defaultdict(list)
    for claim in plan.identity_claims:
        pairs[claim["old"], claim["new"]].append(claim)
    return [identity_exception(rows, _numbers_of(rows[0], plan, indexes)) for rows in pairs.values()]


def _numbers_of(claim: IdentityClaim, plan: Plan, indexes: Iterable[NumbersIndex]) -> list[str]:
    """The RIZIV numbers (eight digits) of both persons of an identity row."""
    roots = {plan.root(claim["old"]), plan.root(claim["new"])}
    return sorted({number for index in indexes for root in roots for number in index.concerned.get(root, ())})


def _eligible(
    run: RunReference,
    titulars: Iterable[PracticeLine],
    chosen: Mapping[str, str | None],
    scheme: Scheme,
    parameters: ParameterSet,
) -> Iterator[tuple[str, str]]:
    """(pharmacy, RIZIV number) of eligible titulars.

    Each is on the pharmacy that the person may be paid for.
    """
    year, on = premium_year(parameters), date.fromisoformat(run.on)
    for line in titulars:
        if line["pharmacy_id"] == chosen.get(line["person"], line["pharmacy_id"]) and "held" not in line["practice"]:
            case = {"year": run.year, "phase": run.phase, "practices": [_alone(line)]}
            practice: Practice = scheme.case.validate_json(orjson.dumps(case)).practices[0]
            if assess_titular(practice, run.phase, on, year):
                yield line["pharmacy_id"], practice.number


def _alone(line: PracticeLine) -> Mapping[str, object]:
    """The practice as if its tariff office had an account."""
    pharmacy: PharmacyCase = {
        "pharmacy_id": line["pharmacy_id"],
        "tariff_office": line["tariff_office"],
        "account": True,
    }
    return {**line["practice"], "pharmacy": pharmacy}


def several_pharmacies(lines: Iterable[PracticeLine], choices: Mapping[str, str]) -> dict[str, str | None]:
    """Persons who are titular of several pharmacies, with the one that an operator chose.

    It is None until an operator chooses.
    """
    titulars: dict[str, list[PracticeLine]] = defaultdict(list)
    for line in lines:
        titulars[line["person"]].append(line)
    chosen: dict[str, str | None] = {}
    for person, own in titulars.items():
        pharmacies = {line["pharmacy_id"] for line in own}
        if len(pharmacies) > 1:
            number = min(line["practice"]["riziv_number"] for line in own)[:8]
            choice = choices.get(f"several-pharmacies.{number}")
            chosen[person] = choice if choice in pharmacies else None
    return chosen
