"""Puts the contracts of the model, of what it says and of the assistant in force: the gate lets them through."""

from portal.demo.build import contracts

OWNERS = {
    "churn_model_v1": "oli@demo.example.com",
    "churn_forecast_v1": "oli@demo.example.com",
}
OF_DATA = {  # measured from the first moment on, so their data has to be there
    "churn_scores_v1": "moe@demo.example.com",
    "assistant_answers_v1": "sia@demo.example.com",
}


def build() -> None:
    """The model and its forecast."""
    _in_force(OWNERS)


def build_on_data() -> None:
    """What the model says and the assistant answers, once there is some of it."""
    _in_force(OF_DATA)


def _in_force(owners: dict[str, str]) -> None:
    """Propose and sign what is missing; with no consumers named, the last signature puts it in force."""
    for name, owner in owners.items():
        version = contracts.version_of(name) or contracts.propose(name, owner)
        if version.state == "proposed":
            contracts.sign(version, (owner, "hal@demo.example.com"))
