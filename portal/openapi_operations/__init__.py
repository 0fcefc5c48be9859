"""What the API's operations take and answer, by URL name and method, as OpenAPI 3.1 says it (JSON Schema 2020-12).

One file a room in `rooms/`; `tests/architecture/test_openapi.py` holds them against the URLs and against real answers.
"""

from portal.core.registry import modules_of
from portal.openapi_operations.components import COMPONENTS
from portal.openapi_operations.parts import Operations

__all__ = ["COMPONENTS", "OPERATIONS"]


def _every() -> Operations:
    found: Operations = {}
    for module in modules_of(f"{__name__}.rooms"):
        twice = found.keys() & module.OPERATIONS.keys()
        if twice:
            raise ValueError(f"{sorted(twice)} is described twice; the second time in {module.__name__}.")
        found |= module.OPERATIONS
    return found


OPERATIONS = _every()
