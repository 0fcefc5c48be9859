"""What the ledger keeps of the matrix: proposals, signatures, versions, and who stands behind a post."""

from portal.core.evidence.kinds import declare

PROPOSED = declare(
    "raci:proposal:made",
    fields=("proposal", "digest", "rows", "reason_digest"),
    sentence="{actor} proposed to change {rows} rows of the RACI ({proposal}).",
)
SIGNED = declare(
    "raci:proposal:signed",
    fields=("proposal", "digest", "holder", "capacity", "method", "signature"),
    sentence="{actor} signed {proposal} of the RACI as {holder}, {capacity}.",
)
WITHDRAWN = declare(
    "raci:proposal:withdrawn",
    fields=("proposal", "digest", "reason_digest"),
    sentence="{actor} withdrew {proposal} of the RACI.",
)
IN_FORCE = declare(
    "raci:version:in_force",
    fields=("version", "digest", "proposal", "rows"),
    sentence="Version {version} of the RACI came into force with {proposal}; it has {rows} rows.",
)
POST_SET = declare(
    "raci:post:set",
    fields=("post", "stands_for", "people", "holders_digest"),
    sentence="{actor} set who stands behind the post {post}: {stands_for} ({people} people named).",
)
