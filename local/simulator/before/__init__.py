"""The histories of the present simulator on an earlier version.

That version had faults that are known. `known.toml` lists them, each with the promise that it
breaks and the kind of histories that show it; `found.json` has a seed of that kind for each.

    python -m local.simulator.before             plays the seeds
    python -m local.simulator.before --search 2000   looks for seeds among the first two thousand

The files of `laid/` stand in the place of those that know the use cases of the product.
"""
