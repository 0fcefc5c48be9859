"""Reading a window's renderings back: each returns the set of edges that a reader of it would see, as node keys."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

Edges = set[tuple[str, str]]
ARROW = re.compile(r'^ *(n\d+) (?:-->|-\.->)(?:\|"[^"\n]*"\|)? (n\d+)$')
BOX = re.compile(r'^ *(n\d+)(?:\["[^"\n]*"\]|\("[^"\n]*"\)|\[\["[^"\n]*"\]\]|\(\["[^"\n]*"\]\))(?::::[a-z0-9-]+)?$')
FRAME = re.compile(r'^ *(?:subgraph g\d+\["[^"\n]*"\]|end|flowchart LR)$')
CLICK = re.compile(r'^ *click n\d+ href "[^"\n]*" "[^"\n]*" _top$')
SVG = "{http://www.w3.org/2000/svg}"


def of_mermaid(text: str, keys: list[str]) -> Edges:
    """The edges of Mermaid text, every line of which must be one of the five kinds of line."""
    found, boxes = set(), []
    for line in text.splitlines():
        if arrow := ARROW.match(line):
            found.add((arrow[1], arrow[2]))
        elif box := BOX.match(line):
            boxes.append(box[1])
        else:
            assert FRAME.match(line) or CLICK.match(line), line
    assert sorted(boxes) == sorted(f"n{place}" for place in range(1, len(keys) + 1))
    return named(found, keys)


def named(pairs: Any, keys: list[str]) -> Edges:
    """Generated ids as the keys of the nodes in their order."""
    ids = {f"n{place}": key for place, key in enumerate(keys, 1)}
    return {(ids[src], ids[dst]) for src, dst in pairs}


def of_svg(text: str | bytes, keys: list[str]) -> Edges:
    """The edges of the SVG; it must be well-formed and draw every node once."""
    root = ET.fromstring(text)
    assert len([g for g in root.iter(f"{SVG}g") if g.get("data-node")]) == len(keys)
    paths = [path for path in root.iter(f"{SVG}path") if path.get("data-from")]
    return named([(path.get("data-from"), path.get("data-to")) for path in paths], keys)


def of_dot(text: str, keys: list[str]) -> Edges:
    """The edges as Graphviz itself reads the text."""
    done = subprocess.run(["dot", "-Tjson0"], input=text.encode(), capture_output=True, check=True)
    assert not done.stderr, done.stderr
    graph = json.loads(done.stdout)
    names = {each["_gvid"]: each["name"] for each in graph["objects"]}
    assert {name for name in names.values() if name.startswith("n")} == {f"n{n}" for n in range(1, len(keys) + 1)}
    return named([(names[edge["tail"]], names[edge["head"]]) for edge in graph.get("edges", [])], keys)


def of_csv(text: str) -> list[tuple[str, str]]:
    """The ends of each row by name, as they stand in the file."""
    return [(row["from_name"], row["to_name"]) for row in csv.DictReader(io.StringIO(text, newline=""))]


class _Page(HTMLParser):
    """Collects the rows of the edge table and the branches of the outline."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, str]] = []
        self.branches: list[tuple[str, str]] = []
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "tr" and "data-from" in said:
            self.rows.append((said["data-from"] or "", said["data-to"] or ""))
        if tag == "li" and "data-key" in said:
            self.branches += [(self.stack[-1], said["data-key"] or "")] if self.stack else []
            self.stack.append(said["data-key"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "li" and self.stack:
            self.stack.pop()


def of_table(html: str) -> Edges:
    """The edges of the page's table; none may stand twice."""
    page = _read(html)
    assert len(page.rows) == len(set(page.rows))
    return set(page.rows)


def of_outline(html: str) -> Edges:
    """The edges of the page's outline; none may stand twice."""
    page = _read(html)
    assert len(page.branches) == len(set(page.branches))
    return set(page.branches)


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    return page


def of_json(data: dict[str, Any]) -> Edges:
    """The edges of the JSON."""
    return {(edge["from"], edge["to"]) for edge in data["edges"]}
