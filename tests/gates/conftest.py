"""The estate of the gate's tests."""

import pytest

from tests.contracts_app import life
from tests.gates.asking import event, in_force, tell


@pytest.fixture
def estate(world, clock):
    """The cast, with the names that the example uses registered."""
    world.asset = life.register_names(world)
    return world


@pytest.fixture
def ready(estate, clock):
    """A contract in force and a job whose lineage is whole: the gate passes."""
    estate.version = in_force(estate)
    tell(estate, event(clock.now()))
    return estate
