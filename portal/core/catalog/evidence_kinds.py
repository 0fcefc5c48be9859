"""The ledger's kinds of the catalog."""

from portal.core.evidence.kinds import declare

ADDRESS_SET = declare(
    "catalog:address:set",
    fields=("team", "kind", "purpose", "address_digest"),
    sentence="{actor} set an address of {team} by {kind}, told of {purpose}.",
)
ADDRESS_REMOVED = declare(
    "catalog:address:removed",
    fields=("team", "kind", "address_digest"),
    sentence="{actor} removed an address of {team} by {kind}.",
)

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
SYSTEM_TESTED = declare(
    "catalog:system:tested",
    fields=("system", "probe", "erase"),
    sentence="{actor} tested {system}: with its probe secret it {probe}, with its erase secret it {erase}.",
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
