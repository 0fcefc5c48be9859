"""The ledger's kinds of the catalog."""

from portal.core.evidence.kinds import declare

ASSET_CHANGED = declare(
    "catalog:asset:changed",
    fields=("asset", "kind", "layer", "tier", "owner"),
    sentence="{actor} set {asset}: {kind}, layer {layer}, tier {tier}, owner {owner}.",
)
SYSTEM_REGISTERED = declare(
    "catalog:system:registered",
    fields=("system", "kind", "settings_digest"),
    sentence="{actor} registered the {kind} system {system}.",
)
FLOW_DECLARED = declare(
    "catalog:flow:declared",
    fields=("flow", "steps", "way"),
    sentence="{actor} declared flow {flow} with {steps} steps.",
)
FLOW_WITHDRAWN = declare(
    "catalog:flow:withdrawn",
    fields=("flow", "steps", "way", "reason"),
    sentence="{actor} withdrew flow {flow}: {reason}",
)
