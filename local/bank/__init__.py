"""A stand-in of a bank, for the tests, the simulator and the local cloud.

It reads a file of transfers (pain.001) by itself and answers as a bank does: a status report
(pain.002) and, later, notifications of what came back and what came in (camt.054). It shares no
code with the product. Everything follows from the seed.
"""
