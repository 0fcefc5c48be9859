"""The closing letter's words: what happened in each system, as a person reads it, from the artifact alone. Pure.

GDPR Art. 12(1) asks for plain language; the ICO asks to say clearly what happens to backups ("beyond use"). A letter
never says more than the proof: the sentence follows the verdict and the verb, not the wish.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Told(NamedTuple):
    """One system of the letter: its name, what was done, until when a copy stays (or ""), and that in words."""

    system: str
    sentence: str
    until: str
    gone: str


DONE = {
    "delete": "Your data was deleted.",
    "shred": "Your data was made unreadable for good: the only key to it was destroyed.",
    "anonymise": "Your data was made anonymous, not deleted: {reason}.",
    "redact": "What named you was taken out of the records.",
    "attest": "The people who run this system removed your data by hand and stated so in writing.",
    "keep": "Our record of your request stays sealed, so that you can complain and we can answer.",
}
SHOWN = {
    "erased": "We looked again in three ways and found nothing.",
    "residual": "Older copies are beyond use: nobody reads them and no decision about you is made with them.",
    "not_probed": "We could not look at the stored bytes there, so we do not claim that nothing is left.",
    "failed": "We still find data about you there, and we are not done.",
}
GONE = {
    "erased": "now",
    "no_baseline": "was not there",
    "exempt": "kept",
    "residual": "not known",
    "not_probed": "not shown",
    "failed": "still there",
}


def told(system: Mapping[str, Any]) -> Told:
    """What the letter says about one system of the artifact.

    >>> told({"name": "crm", "action": "delete", "verdict": "erased", "residuals": []}).sentence
    'Your data was deleted. We looked again in three ways and found nothing.'
    """
    ends = [each["expires_on"] for each in system.get("residuals", []) if each.get("expires_on")]
    verdict, action = str(system["verdict"]), str(system["action"])
    until = max(ends, default="") if verdict == "residual" else ""
    return Told(str(system["name"]), _sentence(verdict, action, system), until, until or GONE[verdict])


def _sentence(verdict: str, action: str, system: Mapping[str, Any]) -> str:
    if verdict == "no_baseline":
        return "We found nothing about you here."
    if verdict == "exempt":
        return f"Kept, because we have to. {system['verdict_text']}."
    if action == "keep":
        return DONE["keep"]
    if verdict == "failed":
        return SHOWN["failed"]
    done = DONE[action].format(reason=system.get("action_reason") or "see the proof")
    return f"{done} {SHOWN[verdict]}"


def beyond_use_until(systems: list[Told]) -> str:
    """The day on which the last older copy is gone; "" when there is none."""
    return max((each.until for each in systems), default="")
