"""The ceilings of increased reimbursement, a part of the parameters of every exchange."""
