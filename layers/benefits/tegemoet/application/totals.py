"""Control totals of a run: counted per shard while persons are decided, added up when the run waits for approval.

The summary of a run, `summary.json`, is what approval, report and API show. Amounts are text in EUR, counts whole numbers:

    {"scheme": "convention-premium", "year": 2023, "phase": 1, "run": "2023-1-0a1b2c3d4e", "on": "2023-12-01",
     "state": "waiting",                      # "released" once paid
     "parameters": {"version": "2023.1", "sha256": "…"}, "engine": "1.0.0",
     "control_sum": "1045.32",                # EUR proposed (waiting) and approved
     "payments_sha256": "…",                  # of the proposal: what exactly is approved
     "persons": 10, "practices": 12,
     "outcomes": {"granted": 1, "refused": 4, "pending": 5},           # persons
     "dossiers": {"open": 6, "closed": 4},                             # persons
     "payments": {"count": 1, "amount": "1045.32",
                  "by_kind": {"premium": {"count": 1, "amount": "1045.32"}, "difference": {…}, "pharmacy": {…}}},
     "sectors": [                              # the twelve professions that take part, in the order of the law
       {"profession": "physician", "practices": 5, "reached": 2, "not_reached": 2, "exempt": 1,
        "granted": 2, "refused": 1, "pending": 2,                      # practices
        "reasons": {"full-convention": 1, "activity": 2},              # practices per rule that was not met or is unknown
        "payments": 1, "amount": "1045.32"}],
     "reasons": {"refused": {"full-convention": 3}, "pending": {"activity": 4, "account": 1}},   # persons per rule, by outcome
     "pending_accounts": 1,                   # persons entitled but for an account (their own or the tariff office's)
     "recoveries": {"count": 0, "amount": "0.00"},
     "exceptions": {"identity-conflict": 1},  # per kind, what waits for a person
     "batches": {"practices": 1, "conventions": 2},                    # complete drops per kind on which the run stands
     "settled": null,                         # once released: {"entries": 1, "amount": "1045.32", "not_written": 0}
     "checks": []}                            # once released: [{"check": "entries-equal-payments", "holds": true, "left": "1045.32", "right": "1045.32"}]

`reached` counts practices whose activity (or hours) meets the threshold, `exempt` those of whom none is asked.
"""
