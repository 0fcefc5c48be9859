"""What a run says about itself that people search for: revision, repository, image, parameters, times.

Read by known field from the facets sourceCodeLocation, executionParameters, tags, nominalTime, processing_engine,
environmentVariables and errorMessage, in any of their published versions.
"""

from typing import Any

_IMAGE_KEYS = ("image", "image_tag", "imagetag", "container_image", "docker_image", "image_digest")


def run_metadata(run: dict[str, Any], job: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (label, text) pairs of what is said, in the order of the page.

    >>> run_metadata({}, {"sourceCodeLocation": {"version": "4f2a", "repoUrl": "https://git.example/p"}})
    [('Revision', '4f2a'), ('Repository', 'https://git.example/p')]
    >>> run_metadata({"executionParameters": {"parameters": [{"key": "day", "value": "1"}]}}, {})
    [('Parameters', 'day=1')]
    """
    code, engine = _facet(job, "sourceCodeLocation"), _facet(run, "processing_engine")
    nominal, error = _facet(run, "nominalTime"), _facet(run, "errorMessage")
    kind = _facet(job, "jobType")
    pairs = [
        ("Revision", code.get("version")),
        ("Repository", _place(code.get("repoUrl") or code.get("url"))),
        ("Branch or tag", code.get("branch") or code.get("tag")),
        ("Path", code.get("path")),
        ("Image", _image(run, job)),
        ("Parameters", _parameters(run)),
        ("Engine", " ".join(str(engine[key]) for key in ("name", "version") if engine.get(key))),
        (
            "Kind of job",
            " ".join(str(kind[key]) for key in ("processingType", "integration", "jobType") if kind.get(key)),
        ),
        (
            "Nominal time",
            " to ".join(str(nominal[k]) for k in ("nominalStartTime", "nominalEndTime") if nominal.get(k)),
        ),
        ("Error", error.get("message")),
    ]
    return [(label, str(value)) for label, value in pairs if value]


def _place(address: Any) -> Any:
    """The address, unless it only names the commit: `urn:git:…` stands where no repository is known."""
    return "" if str(address).startswith("urn:") else address


def _facet(facets: dict[str, Any], key: str) -> dict[str, Any]:
    found = facets.get(key)
    return found if isinstance(found, dict) else {}


def _entries(facet: dict[str, Any], items: str, *keys: str) -> list[tuple[str, Any]]:
    """Return (name, value) of each item, its name under the first of `keys` that says something."""
    found = facet.get(items)
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return [(next((str(row[key]) for key in keys if row.get(key)), ""), row.get("value")) for row in rows]


def _image(run: dict[str, Any], job: dict[str, Any]) -> str:
    said = _entries(_facet(run, "tags"), "tags", "key") + _entries(_facet(job, "tags"), "tags", "key")
    said += _entries(_facet(run, "environmentVariables"), "environmentVariables", "name")
    said += _entries(_facet(run, "executionParameters"), "parameters", "key", "name")
    return next((str(value) for key, value in said if key.lower() in _IMAGE_KEYS and value), "")


def _parameters(run: dict[str, Any]) -> str:
    said = _entries(_facet(run, "executionParameters"), "parameters", "name", "key")
    return ", ".join(f"{name}={value}" for name, value in said)
