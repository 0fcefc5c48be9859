"""`custody resend [DIR]`: sends the lineage events that wait in a spool folder because the portal was away."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from portal.cli.connection import add_connection, portal_of
from portal.cli.report import Case, Outcome, Problem, Report
from portal.cli.talking import Unreadable, add_output, again, parser, say, undecided


def main(argv: Sequence[str]) -> int:
    """Send what waits, oldest first; 1 where events were refused for good, 2 where some still wait."""
    options_of = parser("resend", "Send the lineage events that wait in a spool folder.")
    options_of.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="the spool (or CUSTODY_SPOOL)")
    add_connection(options_of)
    add_output(options_of)
    options = options_of.parse_args(argv)
    rerun = again("resend", argv)
    try:
        folder = _folder(options.folder)
        portal = portal_of(options)
    except Unreadable as error:
        return undecided(str(error), rerun)
    case, data = _resend(folder, portal.server, portal.token, options.timeout)
    return say(Report("custody resend", [case], data, rerun), options)


def _folder(given: Path | None) -> Path:
    named = given or (Path(os.environ["CUSTODY_SPOOL"]) if os.environ.get("CUSTODY_SPOOL") else None)
    if named is None:
        raise Unreadable("No spool folder is named. Give DIR or set CUSTODY_SPOOL.")
    if not named.is_dir():
        raise Unreadable(f"{named} is no folder.")
    return named


def _resend(folder: Path, server: str, token: str, timeout_s: float) -> tuple[Case, dict[str, object]]:
    from portal.client.lineage.delivery import OUTPUTS, Delivery
    from portal.client.lineage.spool import Spool

    done = Spool(folder).resend(Delivery(server, token, timeout_s))
    outputs = Spool(folder / "outputs").resend(Delivery(server, token, timeout_s, path=OUTPUTS))
    done = done.plus(outputs)
    said = f"{done.taken} sent, {done.refused} refused, {done.waiting} still waiting"
    problems = []
    if done.refused:
        problems.append(Problem("resend.refused", f"{done.refused} events were refused; see {folder / 'refused'}."))
    if done.waiting:
        problems.append(Problem("resend.waiting", done.why or "More came while these were sent.", todo="Run it again."))
    outcome = Outcome.FAIL if done.refused else Outcome.UNDECIDED if done.waiting else Outcome.PASS
    data = {"taken": done.taken, "refused": done.refused, "waiting": done.waiting, "why": done.why}
    return Case(str(folder), outcome, said, problems), data
