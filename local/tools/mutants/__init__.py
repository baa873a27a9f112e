"""Changes the rules one by one and lists the changes that no test notices: `make mutants`.

A mutant is one small change of one file: a comparison, a boundary, a constant, a rounding, a call
left out, a date or an amount of a parameter file. Each mutant runs the tests of its file in a
forked process, on a copy of the package, until the first test fails. The mutants that survive are
compared with docs/reference/mutation.md, which gives a reason for every survivor.

    python -m local.tools.mutants [target …] [--since COMMIT] [--list]
"""
