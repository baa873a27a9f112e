"""Writes the OpenAPI document that the API serves to
docs/openapi.json, where a reader and a diff can see it.
"""

import sys

from local.tools.bootstrap import ROOT
from tegemoet.api.openapi import document_text


def main() -> int:
    (ROOT / "docs" / "openapi.json").write_text(document_text().rstrip("\n") + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
