"""A made-up exchange on increased reimbursement, and a second opinion on what it should lead to."""
