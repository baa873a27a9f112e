"""The exchange on increased reimbursement between insurers, institute and tax office."""
