"""The guides: which there are, whose they are, and their pages made of docs/; without that folder there are none."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from portal.core.identity.roles import Role
from portal.pages.help.linking import Picture, Places
from portal.pages.help.rendering import Page, render

DOCS = Path(settings.BASE_DIR) / "docs"
FOLDERS = ("", "kinds", "decisions")
TASKS, REFERENCE = "What you do here", "To look things up"


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide of the first page: its file without ending, what it is called, what it is for, and for which roles."""

    key: str
    label: str
    about: str
    part: str = REFERENCE
    roles: frozenset[Role] = frozenset()

    @property
    def url(self) -> str:
        """The guide's page."""
        return reverse("pages:guide", args=[self.key])


def _task(key: str, label: str, about: str, *roles: Role) -> Guide:
    return Guide(key, label, about, TASKS, frozenset(roles))


GUIDES = (
    _task("owner", "Data owner", "Write, review and sign a contract; mend a breach.", Role.OWNER, Role.CONTRIBUTOR),
    _task("producer", "Producer of data", "Send lineage from a pipeline.", Role.CONTRIBUTOR),
    _task("consumer", "Consumer of data", "Be named, answer a change, know what comes.", Role.CONSUMER),
    _task("on_call", "On-call engineer", "From the page to the post-mortem.", Role.ON_CALL),
    _task("privacy_officer", "Privacy officer", "From a request for deletion to its proof.", Role.PRIVACY_OFFICER),
    _task("auditor", "Auditor", "Find evidence, download it, and check it without us.", Role.AUDITOR),
    _task("head_of_data", "Head of data", "Targets, the day's end, the board pack.", Role.HEAD_OF_DATA),
    _task("people", "Administrator", "People, roles and service tokens.", Role.ADMINISTRATOR),
    _task("gate", "Pipelines and their CI", "Check a contract, ask the gate, push and pull."),
    Guide("glossary", "Glossary", "What the words mean."),
    Guide("api", "The API", "What programs may ask, with scopes and errors."),
    Guide("changes", "Changes of a contract", "What each kind of change asks for."),
    Guide("lineage", "Lineage", "Reading it, and taking it along."),
    Guide("lineage_names", "Names in lineage", "One dataset under several names."),
    Guide("lineage_retention", "Archives of lineage", "What is kept, moved and removed."),
    Guide("provenance", "Provenance", "What made it, from what, and when."),
    Guide("observability", "Monitoring", "Prometheus, Alertmanager and Grafana."),
    Guide("requests_api", "Requests by program", "Bringing deletion requests, and taking them back."),
    Guide("scoreboard", "Scoreboard", "How each target is counted."),
    Guide("raci", "RACI", "Who answers for what, and how it is changed."),
    Guide("programme", "The programme's files", "Taking them out, and reading them in."),
    Guide("settings", "Settings", "Every variable, its default and what it does."),
    Guide("security", "Security", "What holds, and the test that shows it."),
)


@lru_cache(maxsize=2)
def texts(folder: Path) -> dict[str, str]:
    """Key -> Markdown of every page below `folder`; read once."""
    files = [path for each in FOLDERS for path in sorted((folder / each).glob("*.md"))]
    return {path.relative_to(folder).with_suffix("").as_posix(): path.read_text("utf-8") for path in files}


@lru_cache(maxsize=2)
def pictures(folder: Path) -> dict[str, Path]:
    """Name -> file of every picture of the guides."""
    return {path.stem: path for path in sorted((folder / "screenshots").glob("*.png"))}


def page(key: str) -> Page | None:
    """The page of one guide; None where there is no such guide here."""
    return _page(DOCS, key) if key in texts(DOCS) else None


def here() -> list[Guide]:
    """The guides that came with this installation."""
    return [guide for guide in GUIDES if guide.key in texts(DOCS)]


def own(user: Any) -> list[Guide]:
    """The guides for the roles that a person holds."""
    roles = {role for role, _ in user.grants()}
    return [guide for guide in here() if guide.roles & roles]


def label(key: str) -> str:
    """What a guide is called in a list: its own word, else its title."""
    return next((guide.label for guide in GUIDES if guide.key == key), "") or title(key)


def title(key: str) -> str:
    """The title that a guide's text begins with."""
    return texts(DOCS)[key].partition("\n")[0].lstrip("# ")


def kinds() -> list[tuple[str, str]]:
    """Title and key of the pages about connectors, indicators, channels, formats and rules, by title."""
    titles = {key: title(key) for key in texts(DOCS) if key.startswith("kinds/")}
    return sorted((text if ":" in text else f"Connector: {text}", key) for key, text in titles.items())


@lru_cache(maxsize=64)
def _page(folder: Path, key: str) -> Page:
    return render(key, texts(folder)[key], _places(folder))


def _places(folder: Path) -> Places:
    root = reverse("pages:help")
    elsewhere = {"openapi.json": reverse("api:schema"), "kinds": f"{root}#kinds"}
    sized = {f"screenshots/{name}.png": _picture(name, path) for name, path in pictures(folder).items()}
    return Places(root, texts(folder).keys(), sized, elsewhere)


def _picture(name: str, path: Path) -> Picture:
    with path.open("rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])
    return Picture(reverse("pages:guide-picture", args=[name]), width, height)
