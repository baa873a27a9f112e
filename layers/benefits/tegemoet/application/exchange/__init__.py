"""The exchange between insurers, institute and tax office on increased reimbursement: its steps, as use cases over ports."""
