"""`custody.yaml`: which job a pipeline is, what it writes and reads, with each contract; read with line and column.

The same reader as for contracts: no anchors, tags or duplicate keys, one mebibyte at most. Unlike in a contract, a
key that is not known is an error: `write:` for `writes:` would leave every output out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from contracts_app.domain.findings import Finding, has_errors, in_order
from contracts_app.domain.nodes import Node
from contracts_app.domain.section import Section
from contracts_app.domain.source import read
from contracts_app.domain.versions import SEMVER

MOST_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class Touched:
    """One thing that the job writes or reads: its asset, contract, version and file, as far as they are said."""

    line: int
    asset: str = ""
    contract: str = ""
    version: str = ""
    file: str = ""

    @property
    def label(self) -> str:
        """How a person names it."""
        return " ".join(filter(None, (self.contract or self.asset or self.file, self.version)))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one pipeline says of itself; `findings` hold every error, and then nothing else is to be trusted."""

    namespace: str = ""
    name: str = ""
    writes: tuple[Touched, ...] = ()
    reads: tuple[Touched, ...] = ()
    commit: str = ""
    image: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether it can be used."""
        return not has_errors(self.findings)

    @property
    def job(self) -> str:
        """Namespace and name as one string."""
        return f"{self.namespace}/{self.name}"


def read_manifest(content: bytes) -> Manifest:
    """The manifest in `content`; never raises, whatever the bytes are.

    >>> job = b"job: {namespace: shop, name: nightly}\\n"
    >>> found = read_manifest(job + b"writes: [{contract: orders_v1, version: 1.0.0}]")
    >>> found.job, found.writes[0].label, found.ok
    ('shop/nightly', 'orders_v1 1.0.0', True)
    >>> [(one.code, one.line) for one in read_manifest(job + b"write: []").findings]
    [('gate.missing', 1), ('gate.unknown-key', 2)]
    """
    source = read(content)
    if source.root is None:
        return Manifest(findings=in_order(source.findings))
    top = Section(source.text, source.root, "", list(source.findings))
    job = top.section("job")
    if job is None and top.node.get("job") is None:
        top.add("gate.missing", "`job` is missing: say `job: {namespace: …, name: …}`.", top.node, "job")
    manifest = Manifest(
        namespace=_needed(job, "namespace"),
        name=_needed(job, "name"),
        writes=_touched(top, "writes"),
        reads=_touched(top, "reads"),
        commit=top.text("commit") or "",
        image=top.text("image") or "",
    )
    if not manifest.writes and top.node.get("writes") is None:
        top.add(
            "gate.missing", "`writes` is missing: list what the job writes, or say `writes: []`.", top.node, "writes"
        )
    for section in filter(None, (top, job)):
        _no_others(section)
    return replace(manifest, findings=in_order(top.findings))


def _needed(section: Section | None, key: str) -> str:
    if section is None:
        return ""
    value = section.text(key)
    if value is None and section.node.get(key) is None:
        section.add("gate.missing", f"`{key}` of the job is missing.", section.node, key)
    return value or ""


def _touched(top: Section, key: str) -> tuple[Touched, ...]:
    node = top.get(key)
    if node is None:
        return ()
    if node.kind != "seq":
        top.add("format.list", f"`{key}` must be a list, each with `contract` and `version`, or `asset`.", node, key)
        return ()
    if len(node.items) > MOST_ENTRIES:
        top.add("gate.too-many", f"`{key}` names more than {MOST_ENTRIES} things.", node, key)
        return ()
    found = [_one(top, key, item) for item in node.items]
    return tuple(each for each in found if each is not None)


def _one(top: Section, key: str, node: Node) -> Touched | None:
    section = top.inside(node, key)
    if section is None:
        return None
    words = {word: section.text(word) or "" for word in ("asset", "contract", "version", "file")}
    _no_others(section)
    if not (words["asset"] or words["contract"] or words["file"]):
        section.add("gate.missing", f"Each of `{key}` names a `contract`, a `file` or an `asset`.", node, key)
    if words["contract"] and not (words["version"] or words["file"]):
        section.add("gate.missing", f"`{words['contract']}` needs its `version` (or its `file`).", node, "version")
    if words["version"] and not SEMVER.fullmatch(words["version"]):
        section.add("trap.version", "`version` must be a semantic version such as 1.2.0.", node, "version")
    if words["file"].startswith("/") or ".." in words["file"].split("/"):
        section.add("gate.file", "`file` is a path below the folder of custody.yaml.", node, "file")
    return Touched(node.start.line, **words)


def _no_others(section: Section) -> None:
    for key, _ in section.node.entries:
        if str(key.value) not in section.seen:
            known = ", ".join(sorted(section.seen))
            said = f"`{key.value}` is not a key of custody.yaml here; there are {known}."
            section.add("gate.unknown-key", said, key, str(key.value))
