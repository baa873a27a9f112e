"""Every AWS call of a workflow, played on the simulator under every fault.

    with theatre() as stage:
        film = record(stage, script)       # the workflow without a fault, step by step
        film.play([Hit(step=4, call=2, fault="lost")])   # what differs from it

A script is what partners and persons do. In between, the state machines of `functions/workflows/`
call the handlers of `functions/`. `stage` says what a step is, `film` keeps the undisturbed run and
plays faults against it, `memory` copies and compares what the simulated AWS holds.
"""
