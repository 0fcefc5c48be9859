"""The demo's runbook: the programme's own example, as the default for freshness of its data platform."""

from portal.core.identity.models import Team, User
from portal.core.identity.roles import Role
from slo_app.services.runbooks import write_runbook

KEY = "freshness-late"
TEXT = """* **Trigger:** Freshness > 20 min
* **Triage:** Check upstream ingest job health → late partition? → provider outage?
* **Fix:** Rerun job with `--from-latest-success` → backfill missing partitions
* **Verify:** Freshness SLI back ≤ 15 min; post-mortem in `#data-postmortems` within 24h
* **Rollback:** If the rerun made it worse, stop the job → restore the last complete partition
"""


def build() -> None:
    """Write it; the same text a second time makes no new version."""
    team = Team.objects.get(slug="data-platform")
    owner = User.objects.filter(memberships__team=team, memberships__role=Role.OWNER).order_by("pk").first()
    if owner is None:
        raise LookupError("Nobody owns Data Platform: build the demo's people first.")
    write_runbook(
        user=owner, key=KEY, title="Freshness is late", owner_team=team, markdown=TEXT, scope="team", kind="freshness"
    )
