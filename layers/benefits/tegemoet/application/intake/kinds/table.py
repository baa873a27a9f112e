"""Every kind of file of rows.

A further kind is a reader and a line of `FILES` in the module of its scheme.
"""

from tegemoet.application.intake.kinds import answers, convention_premium, increased_reimbursement, premium_allocation

KINDS = {
    (kind.scheme, kind.name): kind
    for kind in (*convention_premium.FILES, *answers.FILES, *premium_allocation.FILES, *increased_reimbursement.FILES)
}
"""By scheme and name."""
