"""Made-up decisions of a maternity rest, as they are stored:
what pictures, letters and differences are made from.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tegemoet.domain.money import ZERO, euro, round_half_up
from tegemoet.schemes.scheme import Scheme
from tegemoet.schemes.texts import read_texts

DAY = timedelta(days=1)
Decision = Any
"""A decision as it is stored, made up or changed by a test."""
LAW = {
    "act": "Law on compulsory health care and benefits insurance, coordinated on 14 July 1994",
    "article": "article 114",
    "url": "https://www.ejustice.just.fgov.be/eli/wet/1994/07/14/1994071454/justel",
}
LANGUAGES = ("nl", "fr", "en", "de")
TEXTS = """
[delivery.met]
nl = "Geboren op {births}."
fr = "Né le {births}."
en = "Born on {births}."
de = "Geboren am {births}."
[delivery.unknown]
nl = "De bevalling is nog niet gemeld."
fr = "L'accouchement n'est pas encore déclaré."
en = "The delivery is not reported yet."
de = "Die Entbindung ist noch nicht gemeldet."
[hospital.met]
nl = "Het verblijf in het ziekenhuis verlengt de rust met {days} dagen."
fr = "Le séjour à l'hôpital prolonge le repos de {days} jours."
en = "The stay in hospital extends the rest by {days} days."
de = "Der Krankenhausaufenthalt verlängert die Ruhe um {days} Tage."
[hospital.unknown]
nl = "Het attest van de instelling ontbreekt; in te dienen uiterlijk op {due}."
fr = "L'attestation de l'établissement manque ; à remettre au plus tard le {due}."
en = "The institution's certificate is missing; to be handed in by {due}."
de = "Die Bescheinigung der Einrichtung fehlt; vorzulegen bis zum {due}."
[quality.not-met]
nl = "U had geen hoedanigheid van gerechtigde op {on}."
fr = "Vous n'aviez pas la qualité de titulaire le {on}."
en = "You had no quality of beneficiary on {on}."
de = "Sie waren am {on} nicht Berechtigte."
[payment-calendar.met]
nl = "De uitkering wordt per maand betaald."
fr = "L'indemnité est payée par mois."
en = "The benefit is paid by the month."
de = "Die Entschädigung wird monatlich gezahlt."
[words.yes]
nl = "ja"
fr = "oui"
en = "yes"
de = "ja"
"""


def scheme(**title: str) -> Scheme:
    """A scheme that explains what the decisions of this module hold."""
    titles = {
        "nl": "Moederschapsrust",
        "fr": "Repos de maternité",
        "en": "Maternity rest",
        "de": "Mutterschaftsruhe",
    } | title
    texts = replace(read_texts(TEXTS, of=LANGUAGES), about={"title": titles})
    return Scheme(slug="maternity-rest", kind="single-case", legal_basis=(), package="none", given_texts=texts)


def finding(rule: str, outcome: str, **facts: Any) -> dict[str, Any]:
    return {"rule": rule, "outcome": outcome, "facts": facts, "source": LAW}


def decision(
    periods: Sequence[tuple[str, str, str]],
    runs: Sequence[tuple[str, str, str, str]],
    births: Sequence[str] = (),
    findings: Sequence[dict[str, Any]] = (),
    **more: Any,
) -> Decision:
    """A decision with these periods (kind, first, last) and daily amounts (kind,
    amount, first, last), paid by the month, no Sunday.
    """
    amounts = [amount(kind, value, "day", first, last) for kind, value, first, last in runs]
    gross = gross_by_month(runs)
    monthly, due = payments(runs, gross)
    months, total = sorted(gross[""]), sum(gross[""].values(), ZERO)
    return {
        "id": "a" * 32,
        "scheme": "maternity-rest",
        "case_id": "case-1",
        "on": "2020-08-01",
        "outcome": "granted",
        "amounts": amounts + monthly,
        "periods": [
            {"kind": kind, "from": first, "until": last, "days": len(days(first, last))}
            for kind, first, last in periods
        ],
        "total": euro(total),
        "missing": [],
        "explanation": [
            finding("delivery", "met", births=list(births)),
            *findings,
            finding("payment-calendar", "met", months=months, due=due, earliest=[None] * len(due)),
        ],
        "parameters": {"version": "2020.1", "sha256": "ab" * 32},
        "engine": {"version": "1.0.0"},
        "input_sha256": "cd" * 32,
        **more,
    }


def gross_by_month(runs: Sequence[tuple[str, str, str, str]]) -> dict[str, dict[str, Decimal]]:
    """Prefix of the kind of an amount → month → the daily amounts of that month."""
    paid: dict[str, dict[str, Decimal]] = {"": {}, "work-removal-": {}}
    for kind, value, first, last in runs:
        prefix = "work-removal-" if kind == "work-removal" else ""
        for day in days(first, last):
            if day.weekday() < 6 and Decimal(value):
                month = f"{day:%Y-%m}"
                paid[prefix][month] = paid[prefix].get(month, ZERO) + Decimal(value)
    return paid


def payments(
    runs: Sequence[tuple[str, str, str, str]], paid: dict[str, dict[str, Decimal]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """The amounts of every month, and the days on which those of the benefit are due."""
    amounts: list[dict[str, Any]] = []
    due: list[str] = []
    for prefix, months in paid.items():
        for month, gross in sorted(months.items()):
            own = [run for run in runs if (run[0] == "work-removal") == bool(prefix)]
            held = [day for _, _, begin, end in own for day in days(begin, end) if f"{day:%Y-%m}" == month]
            ends = min(held).isoformat(), max(held).isoformat()
            tax = round_half_up(gross * Decimal("0.1111"))
            for kind, part in (("payment", gross), ("withholding-tax", tax), ("net-payment", gross - tax)):
                amounts.append(amount(prefix + kind, euro(part), "month", *ends))
            if not prefix:
                following = (date.fromisoformat(f"{month}-01") + 31 * DAY).replace(day=5)
                due.append(following.isoformat())
    return amounts, due


def amount(kind: str, value: str, unit: str, first: str, last: str) -> dict[str, Any]:
    return {"kind": kind, "amount": value, "currency": "EUR", "from": first, "until": last, "unit": unit}


def days(first: str, last: str) -> list[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + n * DAY for n in range((end - begin).days + 1)]


def early_birth() -> Decision:
    """Expected on 18 July 2020, born on the 15th; days paid as holiday in between."""
    return decision(
        [
            ("prenatal-compulsory", "2020-07-11", "2020-07-14"),
            ("postnatal-compulsory", "2020-07-15", "2020-09-15"),
            ("extension-transfer", "2020-09-16", "2020-10-20"),
        ],
        [
            ("not-paid-holiday-pay", "0.00", "2020-07-11", "2020-07-14"),
            ("benefit", "82.00", "2020-07-15", "2020-07-20"),
            ("not-paid-public-holiday", "0.00", "2020-07-21", "2020-07-21"),
            ("benefit", "82.00", "2020-07-22", "2020-08-08"),
            ("benefit", "75.00", "2020-08-10", "2020-10-20"),
        ],
        ["2020-07-15"],
    )


def twins() -> Decision:
    """Twins born a week apart, after converted days of incapacity, with their two weeks more."""
    return decision(
        [
            ("prenatal-converted", "2020-05-26", "2020-06-01"),
            ("between-births", "2020-06-02", "2020-06-08"),
            ("postnatal-compulsory", "2020-06-09", "2020-08-10"),
            ("extension-transfer", "2020-08-11", "2020-08-20"),
            ("extension-partial-activity", "2020-08-21", "2020-08-21"),
            ("extension-partial-activity", "2020-08-22", "2020-08-23"),
            ("extension-multiple", "2020-08-24", "2020-09-06"),
        ],
        [
            ("benefit", "110.43", "2020-05-26", "2020-06-24"),
            ("benefit", "101.00", "2020-06-25", "2020-08-20"),
            ("benefit", "33.10", "2020-08-21", "2020-08-21"),
            ("benefit", "35.12", "2020-08-22", "2020-08-22"),
            ("benefit", "101.00", "2020-08-24", "2020-09-05"),
        ],
        ["2020-06-02", "2020-06-09"],
    )


def hospital() -> Decision:
    """The longest stay there is: 168 days more."""
    return decision(
        [
            ("prenatal-optional", "2020-06-01", "2020-06-30"),
            ("prenatal-compulsory", "2020-07-01", "2020-07-07"),
            ("prenatal-late", "2020-07-08", "2020-07-08"),
            ("postnatal-compulsory", "2020-07-09", "2020-09-09"),
            ("extension-hospital", "2020-09-10", "2021-02-24"),
        ],
        [
            ("benefit", "91.12", "2020-06-01", "2020-06-30"),
            ("benefit", "83.34", "2020-07-01", "2021-01-31"),
            ("benefit", "84.17", "2021-02-01", "2021-02-24"),
        ],
        ["2020-07-09"],
        [finding("hospital", "met", days=168)],
    )


def separate_leave() -> Decision:
    """The last two weeks as separate days."""
    return decision(
        [
            ("prenatal-compulsory", "2021-03-01", "2021-03-07"),
            ("postnatal-compulsory", "2021-03-08", "2021-05-09"),
            ("extension-transfer", "2021-05-10", "2021-05-30"),
            ("separate-leave", "2021-05-31", "2021-07-25"),
        ],
        [("benefit", "91.12", "2021-03-01", "2021-03-30"), ("benefit", "83.34", "2021-03-31", "2021-05-29")],
        ["2021-03-08"],
    )


def death() -> Decision:
    """The mother died nine days after the birth."""
    return decision(
        [
            ("prenatal-compulsory", "2021-03-01", "2021-03-07"),
            ("postnatal-compulsory", "2021-03-08", "2021-03-17"),
        ],
        [("benefit", "91.12", "2021-03-01", "2021-03-17")],
        ["2021-03-08"],
    )


def work_removal() -> Decision:
    """Removed from work long before the rest."""
    return decision(
        [
            ("work-removal", "2020-02-03", "2020-07-10"),
            ("prenatal-compulsory", "2020-07-11", "2020-07-17"),
            ("postnatal-compulsory", "2020-07-18", "2020-09-18"),
        ],
        [
            ("work-removal", "101.13", "2020-02-03", "2020-02-29"),
            ("work-removal", "103.15", "2020-03-02", "2020-07-10"),
            ("benefit", "91.12", "2020-07-11", "2020-08-08"),
            ("benefit", "83.34", "2020-08-10", "2020-09-18"),
        ],
        ["2020-07-18"],
    )


def worked_up() -> Decision:
    """Every other day covered by wage: as many runs as there can be."""
    runs: list[tuple[str, str, str, str]] = []
    for number, day in enumerate(days("2020-07-11", "2020-09-20")):
        if day.weekday() < 6:
            kind, value = ("not-paid-wage", "0.00") if number % 2 else ("benefit", "82.00")
            runs.append((kind, value, day.isoformat(), day.isoformat()))
    return decision(
        [("prenatal-compulsory", "2020-07-11", "2020-07-17"), ("postnatal-compulsory", "2020-07-18", "2020-09-18")],
        runs,
        ["2020-07-18", "2020-07-18"],
    )


def refused() -> Decision:
    """No quality of beneficiary: no periods, no amounts."""
    failed = [finding("quality", "not-met", on="2020-07-11")]
    return decision([], [], ["2020-07-18"], failed, outcome="refused", total=None)


def pending() -> Decision:
    """Not delivered yet: the rest before the birth, no amounts."""
    missing = [{"rule": "delivery", "field": "births", "needed": "medical statement", "seen": "none"}]
    made = decision(
        [("prenatal-compulsory", "2020-07-11", "2020-07-17")], [], outcome="pending", total=None, missing=missing
    )
    made["explanation"][0] = finding("delivery", "unknown")
    return made


PICTURED = {
    made.__name__.replace("_", "-"): made
    for made in (early_birth, twins, hospital, separate_leave, death, work_removal, worked_up, refused, pending)
}
