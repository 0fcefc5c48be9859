"""Puts the contracts of the model and of the forecast in force, so that the gate has something to let through."""

from portal.demo.build import contracts

NAMES = ("churn_model_v1", "churn_forecast_v1")
OWNER = "oli@demo.example.com"
SIGNERS = (OWNER, "hal@demo.example.com")


def build() -> None:
    """Propose and sign what is missing; with no consumers named, the last signature puts it in force."""
    for name in NAMES:
        version = contracts.version_of(name) or contracts.propose(name, OWNER)
        if version.state == "proposed":
            contracts.sign(version, SIGNERS)
