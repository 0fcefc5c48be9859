"""The blocks of code in a how-to, by the name in the comment before each; tests run what readers copy.

The how-to is docs/producer.md where none is named.

`<!-- run: NAME -->` is run by tests/clients, `<!-- run: NAME by make interop -->` by tests/interop, and
`<!-- form: NAME -->` cannot be run here, which the page says.
"""

import re
from dataclasses import dataclass
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs/producer.md"
_COMMENT = r"<!-- (?P<how>run|form): (?P<name>[\w-]+)(?P<where> by make interop)? -->\n"
_BLOCK = re.compile(rf"(?:{_COMMENT})?```(?P<language>\w*)\n(?P<text>.*?)\n```", re.DOTALL)
ADDRESS, TOKEN = "http://localhost:8000/", "custody_…"


@dataclass(frozen=True)
class Snippet:
    """One block: `how` is run, interop or form."""

    name: str
    how: str
    language: str
    text: str

    def filled(self, url: str, token: str) -> str:
        """The text with the page's example address and token replaced by true ones."""
        return self.text.replace(ADDRESS.rstrip("/"), url.rstrip("/")).replace(TOKEN, token)


def snippets(guide: Path = GUIDE) -> dict[str, Snippet]:
    """Every block of the page by name; a block without a name is under its own first line."""
    found: dict[str, Snippet] = {}
    for match in _BLOCK.finditer(guide.read_text()):
        how = "interop" if match["where"] else match["how"] or "unnamed"
        name = match["name"] or match["text"].splitlines()[0]
        assert name not in found, f"two blocks are called {name}"
        found[name] = Snippet(name, how, match["language"], match["text"])
    return found


def snippet(name: str, guide: Path = GUIDE) -> Snippet:
    """The block of that name."""
    return snippets(guide)[name]
