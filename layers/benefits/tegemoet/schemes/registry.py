"""The schemes that exist. A new one is a folder here and a line below; API, bulk files and catalogue pick it up."""

from collections.abc import Mapping

from tegemoet.domain.problems import NotFound
from tegemoet.schemes import (
    contribution_voucher,
    convention_premium,
    incapacity_supplement,
    locum_checklist,
    locum_contribution,
    locum_licence,
    maternity_rest,
    premium_allocation,
)
from tegemoet.schemes.scheme import Data, Scheme

SCHEMES: Mapping[str, Scheme] = {
    scheme.slug: scheme
    for scheme in (
        contribution_voucher.SCHEME,
        convention_premium.SCHEME,
        locum_checklist.SCHEME,
        locum_contribution.SCHEME,
        locum_licence.SCHEME,
        maternity_rest.SCHEME,
        premium_allocation.SCHEME,
        incapacity_supplement.SCHEME,
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
