"""Systems that no program reaches: a person deletes there, and attests it."""

from collections.abc import Sequence
from datetime import timedelta

from portal.core.connectors.base import ByHand, ConnectorError, Setting, SystemConfig, Target, Transit
from portal.core.connectors.registry import connector

DUE_HOURS, REMIND_HOURS = 48, 24  # within the 72 hours of a request, with a day to spare


@connector("manual")
class Manual(ByHand):
    """Datasets are named as people call them there; the secret stays empty: nobody signs in for them."""

    label = "By hand"
    settings = (
        Setting("instructions", "What to do there, step by step, for a person of the owner's team.", required=True),
        Setting("due_hours", f"Hours after the approval until it has to be done; {DUE_HOURS} when empty."),
        Setting("remind_hours", f"Hours after the approval until the team is reminded; {REMIND_HOURS} when empty."),
    )
    target_settings = (
        Setting("identifiers", "Which field there holds which kind of identifier, as people call it.", required=True),
        Setting("instructions", "What else to do for this dataset."),
    )

    def ping(self, config: SystemConfig) -> None:
        """See Connector. There is nothing to reach, but somebody has to know what to do."""
        self._said(config)
        self.time_limits(config)

    def transit(self, config: SystemConfig) -> Transit:
        """See Connector."""
        del config
        return Transit(None, "A person works there; the portal makes no connection.")

    def instructions(self, config: SystemConfig, target: Target, kinds: Sequence[str]) -> str:
        """See ByHand. Raises ConnectorError where nobody wrote any, or the subject is not known there by any kind."""
        known = [f"{field} ({kind})" for kind, field in sorted(target.columns.items()) if kind in kinds]
        if not known:
            raise ConnectorError(f"The subject is known to {config.name} by none of its kinds of identifier.")
        more = str(target.settings.get("instructions", "")).strip()
        by = f"In {target.object_name} the person is known by: {', '.join(known)}."
        return "\n\n".join(filter(None, (self._said(config), more, by)))

    def time_limits(self, config: SystemConfig) -> tuple[timedelta, timedelta]:
        """See ByHand. Raises ConnectorError for hours that are none, or a reminder after the end."""
        try:
            remind = float(config.settings.get("remind_hours") or REMIND_HOURS)
            due = float(config.settings.get("due_hours") or DUE_HOURS)
        except (TypeError, ValueError):
            remind, due = 0.0, 0.0
        if not 0 < remind <= due:
            raise ConnectorError(f"{config.name} needs `remind_hours` and `due_hours` in hours, the reminder first.")
        return timedelta(hours=remind), timedelta(hours=due)

    def _said(self, config: SystemConfig) -> str:
        said = str(config.settings.get("instructions", "")).strip()
        if not said:
            raise ConnectorError(f"{config.name} has no `instructions`: say what a person is to do there.")
        return said
