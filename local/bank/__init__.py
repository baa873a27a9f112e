"""A bank for tests and the local cloud: it reads what is to be paid, and answers as banks do.

It shares nothing with the product, and decides by chance from a seed what it rejects and returns.

    python -m local.bank payments.xml --seed 1 --out answers/
"""
