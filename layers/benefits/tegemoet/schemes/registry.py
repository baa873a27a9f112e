"""The schemes that exist. A new one is a folder here and a line below; API, bulk files and catalogue pick it up."""

from collections.abc import Mapping

from tegemoet.domain.problems import NotFound
from tegemoet.schemes import (
    company_supplement,
    contribution_voucher,
    convention_premium,
    converted_maternity_leave,
    crisis_supplement,
    first_hire,
    incapacity_supplement,
    increased_reimbursement,
    insured_contribution,
    locum_checklist,
    locum_contribution,
    locum_licence,
    maternity_rest,
    newborn_transport,
    parenteral_nutrition,
    pension_cumulation,
    premium_allocation,
    psychiatric_day_care,
    social_status,
    speech_therapy_fee,
    wellbeing_support,
)
from tegemoet.schemes.scheme import Data, Scheme

SCHEMES: Mapping[str, Scheme] = {
    scheme.slug: scheme
    for scheme in (
        company_supplement.SCHEME,
        contribution_voucher.SCHEME,
        convention_premium.SCHEME,
        converted_maternity_leave.SCHEME,
        crisis_supplement.SCHEME,
        first_hire.SCHEME,
        incapacity_supplement.SCHEME,
        increased_reimbursement.SCHEME,
        insured_contribution.SCHEME,
        locum_checklist.SCHEME,
        locum_contribution.SCHEME,
        locum_licence.SCHEME,
        maternity_rest.SCHEME,
        newborn_transport.SCHEME,
        parenteral_nutrition.SCHEME,
        pension_cumulation.SCHEME,
        premium_allocation.SCHEME,
        psychiatric_day_care.SCHEME,
        social_status.SCHEME,
        speech_therapy_fee.SCHEME,
        wellbeing_support.SCHEME,
    )
}


def scheme_named(slug: str) -> Scheme:
    """The scheme with that slug. Raises NotFound."""
    try:
        return SCHEMES[slug]
    except KeyError:
        raise NotFound("There is no such scheme.", "scheme-unknown") from None


def data_of(slug: str) -> Data:
    """What the cases of that scheme are; a batch whose key names no scheme holds none."""
    return SCHEMES[slug].data if slug in SCHEMES else "ordinary"
