"""What a PDF says, and every value that a JSON holds: the two halves of the golden test."""

import re
import subprocess


def text_of(pdf, folder):
    """The text of the pages without any white space, so that a line's end never hides a value."""
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    shown = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return tight(shown)


def tight(text):
    return re.sub(r"\s+", "", text)


def values(node, path=()):
    """Every value of a JSON document with its path."""
    if isinstance(node, dict):
        for key, each in node.items():
            yield from values(each, (*path, key))
    elif isinstance(node, list):
        for each in node:
            yield from values(each, path)
    else:
        yield path, node


def as_shown(path, value):
    """How the document writes a value."""
    if isinstance(value, bool):
        met = path[-1] in {"slo_met", "statutory_met"}
        return {(True, True): "met", (True, False): "missed", (False, True): "yes", (False, False): "no"}[met, value]
    if value is None:
        return {"hits": "", "expires_on": "anunknowndate"}.get(path[-1], "notrun")
    return tight(str(value))


def missing_from(shown, proof):
    """The values of the artifact that the document does not show."""
    return [(path, value) for path, value in values(proof) if as_shown(path, value) not in shown]
