"""Who reads the facts, by the partitions in which they lie (`adapters/facts.py`).

The template's conditions on partition keys and what the functions do are both held to it: the local
cloud does not enforce such a condition.
"""

READS_FACTS = {
    "2023#p7": {"evaluate"},
    "2023#tariff-offices": {"freeze"},
    "2023#n7": {"freeze", "operations"},
    "2023#identities": {"freeze"},
    "2023#answers": {"bank", "operations", "report"},
}
"""A partition of each kind (accounts, offices, numbers, identities, answers) → its readers."""
