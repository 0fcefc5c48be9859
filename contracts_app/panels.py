"""What contracts show on the asset page and on a person's work list."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from contracts_app import selectors
from contracts_app.states import state_of, state_of_run
from portal.core.catalog.panels import panel
from portal.core.catalog.worklist import WorkItem, worklist


@panel(key="contract", title="Contract", order=10, template="contracts_app/_partials/asset_panel.html")
def contract_panel(user: Any, asset: Any) -> dict[str, Any] | None:
    """The version in force, who signed it, and its promises."""
    del user  # everybody who may open the asset may read its contract
    version = selectors.active_version(asset.pk)
    if version is None:
        return {"version": None}
    word, kind = state_of(version)
    signatures = version.signatures.filter(voided_at=None).select_related("user", "signature")
    return {"version": version, "word": word, "kind": kind, "signatures": signatures, "document": version.document}


@worklist(order=10)
def versions_to_sign(user: Any) -> Iterator[WorkItem]:
    """Proposals that wait for this person."""
    for version in selectors.to_sign(user):
        role = selectors.signing_role(user, version)
        url = reverse("contracts:sign", args=[version.pk])
        when = version.proposed_at or version.created_at
        yield WorkItem("To sign", f"Sign {version} as {role}", url, when, "Proposed", "wait")


@worklist(order=20)
def drafts_to_fix(user: Any) -> Iterator[WorkItem]:
    """Drafts that this person may write and that the check does not pass."""
    for version, errors in selectors.drafts_with_findings(user):
        url = reverse("contracts:edit", args=[version.contract_id])
        text = f"Mend the draft of {version.contract.name}: {errors} finding{'s' if errors != 1 else ''}"
        yield WorkItem("To fix", text, url, version.edited_at, "Draft", "warn")


@worklist(order=25)
def tests_to_mend(user: Any) -> Iterator[WorkItem]:
    """Contracts in force whose newest test on live data did not pass, for those who write them."""
    for run in selectors.failed_tests(user):
        failed, not_run = run.counts.get("failed", 0), run.counts.get("not run", 0)
        what = f"{failed} failed" if failed else f"{not_run} not run"
        word, kind = state_of_run(run)
        yield WorkItem("To fix", f"Test of {run.version}: {what}", run.get_absolute_url(), run.finished_at, word, kind)


@worklist(order=15)
def waivers_to_sign(user: Any) -> Iterator[WorkItem]:
    """Waivers that wait for the head of data."""
    for waiver in selectors.to_sign_waivers(user):
        url = reverse("contracts:sign_waiver", args=[waiver.pk])
        yield WorkItem("To sign", f"Waive {waiver.rule}: {waiver.reason[:80]}", url, waiver.asked_at, "Asked", "wait")


@worklist(order=35)
def waivers_that_end(user: Any) -> Iterator[WorkItem]:
    """Waivers that end within three days, for those who rely on them and who signed them."""
    for waiver in selectors.waivers_ending(user):
        text = f"The waiver of {waiver.rule} ends"
        yield WorkItem("Due soon", text, waiver.get_absolute_url(), waiver.expires_at, "Waived", "warn")
