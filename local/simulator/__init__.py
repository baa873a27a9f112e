"""An in-memory double of the AWS clients below the adapters, deterministic and fast.

    world = World(faults=Seeded(Random(seed), often=50))
    cloud = Cloud(world.environ, client=world.client)
    with deterministic(world, seed):
        …

Every call passes through `World.call`, where a scheduler may switch and where faults happen. What
the double does not know it refuses with an UnsupportedError or a TypeError. It is compared with
moto call by call (`tests/integration/simulator`); what moto does not know, and where it is wrong,
follows AWS's documentation and has its tests in `tests/unit/simulator`.
"""
