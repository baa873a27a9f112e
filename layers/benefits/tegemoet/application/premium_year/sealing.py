"""The seal of an approval: what it covers, and whether a run has it.

A run is paid only with a seal on exactly what its approver answered. Whoever writes an approval
into the table of years without the key of the seal releases nothing.
"""

from base64 import b64decode, b64encode
from binascii import Error

import orjson

from tegemoet.application.ports import ApprovalSeal, ApprovalSigner
from tegemoet.application.records import Run, RunDetail


def sealed(run: Run, approval: RunDetail, signer: ApprovalSigner) -> str:
    """The seal (base64) on `approval`, the answer to the run as it waits."""
    return b64encode(signer.sign(_message(run, approval))).decode()


def has_seal(run: Run, seal: ApprovalSeal) -> bool:
    """Whether the run has a valid seal on its approval."""
    try:
        mac = b64decode(run.detail.approval_mac or "", validate=True)
    except Error:
        return False
    return bool(mac) and seal.verify(_message(run, run.detail), mac)


def _message(run: Run, approval: RunDetail) -> bytes:
    """What is sealed, as canonical JSON: which payments of which run, by whom, when.

    `transfers` = SHA-256 of the proposal, which has the SHA-256 of every payment file of a shard;
    `values` = the confirmations that the approval rests on, where it rests on any.
    """
    said = {
        "year": run.year,
        "phase": run.phase,
        "run": run.id,
        "control_sum": run.detail.control_sum,
        "transfers": run.detail.payments_sha256,
        "approver": approval.approved_by,
        "approved_at": approval.approved_at,
    }
    if approval.confirmed:
        said["values"] = approval.confirmed
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
