"""What contracts tell people of."""

from portal.core.notify.subjects import declare

CONTRACTS = declare(
    "contracts",
    "Contracts that you follow, consume or decide about",
    "Proposals, objections, notices, versions in force, deprecations and ends, and reminders of their dates.",
)
