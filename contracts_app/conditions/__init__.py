"""The conditions between a version and force: one module each, found by walking this package.

A module has one function (version -> conditions) under `@condition(order=…)`. It reads with selectors and writes
nothing; activation, the contract's page, the API and the approval queue all show what it says.
"""

from contracts_app.domain.conditions import Condition
from contracts_app.selectors.conditions import condition

__all__ = ["Condition", "condition"]
