"""An in-memory double of the AWS clients below the adapters, deterministic and fast.

    world = World()
    cloud = Cloud(world.environ, client=world.client)

Every call passes through `World.call`, where a scheduler may switch and where faults happen.
"""
