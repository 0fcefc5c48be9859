"""The tab of the signatures: what each says, how strong it is, and how to check it without us."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contracts_app.domain.lifecycle import State
from contracts_app.models import Version
from contracts_app.tabs import tab
from portal.core.identity.policies import Act, may
from portal.core.signing.selectors import passkeys_of


def _can_be_signed(_request: HttpRequest, version: Version) -> bool:
    return version.state != State.DRAFT


@tab(key="signatures", title="Signatures", order=25, template="contracts_app/tabs/signatures.html", when=_can_be_signed)
def signatures_tab(request: HttpRequest, version: Version) -> dict[str, Any]:
    """The signatures that count, in the order in which they were given."""
    links = list(version.signatures.filter(voided_at=None).select_related("user", "signature"))
    kept = passkeys_of([link.signature for link in links])
    return {
        "rows": [(link, kept.get(link.signature_id)) for link in links],
        "may_take_evidence": may(request.user, Act.READ_EVIDENCE, version.contract),
    }
