"""Every kind of CSV file.

A further kind is a reader and a line of `FILES` in the module of its scheme.
"""

from tegemoet.application.intake.kinds import convention_premium, increased_reimbursement, premium_allocation

KINDS = {
    (kind.scheme, kind.name): kind
    for kind in (*convention_premium.FILES, *premium_allocation.FILES, *increased_reimbursement.FILES)
}
"""By scheme and name."""
