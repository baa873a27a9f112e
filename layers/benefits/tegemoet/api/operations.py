"""The routes that the function `operations` serves, for persons."""

from tegemoet.api import (
    bank_files,
    batches,
    changes,
    debtor_accounts,
    exchanges,
    partners,
    premium_years,
    reconciliation,
    recoveries,
    roles,
    run_decisions,
    values,
)

ROUTERS = (
    premium_years.router,
    changes.router,
    values.router,
    bank_files.router,
    recoveries.router,
    reconciliation.router,
    run_decisions.router,
    batches.operator_router,
    partners.router,
    roles.router,
    debtor_accounts.router,
    exchanges.router,
)
