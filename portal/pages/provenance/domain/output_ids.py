"""What a product may register: the id of an output, and the run or the model version that made it. Plain Python.

An id is opaque: letters, digits and `. _ : / + = ~ -`, 200 at most, beginning with a letter or digit. That leaves no
room for an e-mail address; a telephone number in its international form is refused as well. Whose output it was is the
product's to know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.pages.provenance.domain.questions import moment

BATCH = 1000
AHEAD = timedelta(minutes=5)
"""How far a product's clock may be ahead of the portal's."""
FIELDS = ("namespace", "output_id", "product", "run_id", "model", "model_version", "made_at", "digest")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=~-]{0,199}\Z")
_NAME = re.compile(r"[^\x00-\x1f\x7f@]{1,1500}\Z")
_PERSON = re.compile(r"@|%40|\A00[1-9]\d{8,13}\Z", re.IGNORECASE)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")


class BadOutput(ValueError):
    """One output that cannot be registered; the message says why and repeats nothing of what was sent."""


@dataclass(frozen=True)
class Registered:
    """One output as it is kept: unique by `namespace` and `output_id`, made by a run or a model's version."""

    namespace: str
    output_id: str
    product: str
    run_id: str
    model: str
    model_version: str
    made_at: datetime
    digest: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is unique by."""
        return self.namespace, self.output_id


def registered(sent: Any, *, now: datetime) -> Registered:
    """What was sent as an output; raises BadOutput. Without `made_at` it was made `now`."""
    if not isinstance(sent, Mapping):
        raise BadOutput("An output is a JSON object with namespace, output_id, and run_id or model and model_version.")
    unknown = sorted(set(sent) - set(FIELDS))
    if unknown:
        raise BadOutput(f"An output has no other fields than {', '.join(FIELDS)}; {len(unknown)} were sent.")
    texts = {name: _text(sent, name) for name in FIELDS if name != "made_at"}
    _check_id(texts["output_id"])
    _check_names(texts)
    return Registered(**texts, made_at=_made_at(sent.get("made_at"), now))


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadOutput(f"{name} must be text.")
    return value.strip()


def _check_id(text: str) -> None:
    if _PERSON.search(text):
        raise BadOutput(
            "output_id looks like a person's address or telephone number. Register an opaque id; whose output it is "
            "stays with the product."
        )
    if not _ID.match(text):
        raise BadOutput(
            "output_id must be 1 to 200 letters, digits and . _ : / + = ~ - and begin with a letter or digit."
        )


def _check_names(texts: dict[str, str]) -> None:
    for name in ("namespace", "product", "run_id", "model", "model_version"):
        if texts[name] and (not _NAME.match(texts[name]) or _PERSON.search(texts[name])):
            raise BadOutput(f"{name} has more than 1,500 signs, a control character, or an @ in it.")
    if not texts["namespace"]:
        raise BadOutput("namespace is missing: give the product's own, which the token covers.")
    if bool(texts["model"]) != bool(texts["model_version"]):
        raise BadOutput("model and model_version go together: give both or neither.")
    if not texts["run_id"] and not texts["model"]:
        raise BadOutput("Say what made it: run_id, or model and model_version.")
    if texts["digest"] and not _DIGEST.match(texts["digest"]):
        raise BadOutput('digest must be "sha256:" and 64 small hexadecimal digits.')


def _made_at(sent: Any, now: datetime) -> datetime:
    if sent in (None, ""):
        return now
    found = moment(sent) if isinstance(sent, str) and len(sent) > 10 else None
    if found is None:
        raise BadOutput("made_at must be a time of ISO 8601, such as 2026-03-01T10:00:00Z.")
    if found > now + AHEAD:
        raise BadOutput("made_at lies in the future: check the clock of the machine that sends it.")
    return found
