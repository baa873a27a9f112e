"""Histories of the exchange on increased reimbursement."""
