"""Corrects what the conditions of a policy see of the encryption of an object.

The emulator tells them the algorithm that a request names, and neither the key nor that the sender
has one of his own. On AWS they see all three, also where a form uploads the object.
"""

from typing import Any

from ministack.core import iam_actions
from ministack.services import s3

from local.cloud.emulator.signatures import require_parameters

NAMES = ("x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-customer-algorithm")


def follow_aws() -> None:
    """Let policies see the key id and the sender's own key of a PutObject."""
    require_parameters(
        iam_actions, {"_s3_object_context": ("iam_action", "query_params", "path", "headers")}, "encryption.py"
    )
    known = iam_actions._s3_object_context

    def context(iam_action: str, query_params: dict[str, Any], path: str, headers: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = known(iam_action, query_params, path, headers)
        if iam_action == "s3:PutObject":
            upload = iam_actions._query_param(query_params, "uploadId")
            # a part names nothing: what began the upload did
            sent = s3._multipart_uploads.get(upload, {}).get("preserved_headers", {}) if upload else headers
            found |= {f"s3:{name}": sent[name] for name in NAMES if sent.get(name)}
        return found

    iam_actions._s3_object_context = context
