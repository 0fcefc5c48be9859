"""custody.yaml: what it may say, and that each mistake is named with its line instead of being read past."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.gates.domain.manifest import read_manifest

GOOD = """\
job: {namespace: shop, name: nightly}
writes:
  - contract: orders_v1
    version: 1.0.0
    file: contracts/orders_v1.yaml
  - asset: postgres://shop/public.scratch
reads:
  - contract: customer_events_v1
    version: 1.2.0
image: shop/nightly:2026.11
"""


def test_a_manifest_says_its_job_and_what_it_touches_with_the_line_of_each():
    manifest = read_manifest(GOOD.encode())
    assert manifest.ok, manifest.findings
    assert manifest.job == "shop/nightly"
    assert [(one.label, one.line) for one in manifest.writes] == [
        ("orders_v1 1.0.0", 3),
        ("postgres://shop/public.scratch", 6),
    ]
    assert manifest.reads[0].version == "1.2.0"
    assert (manifest.image, manifest.commit) == ("shop/nightly:2026.11", "")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("writes:", "write:", 2, "`write` is not a key"),
        ("writes:", "write:", 1, "`writes` is missing"),
        ("version: 1.2.0", "version: 1.2", 8, "semantic version"),
        ("    version: 1.0.0\n    file: contracts/orders_v1.yaml\n", "", 3, "needs its `version`"),
        ("contract: customer_events_v1", "contrat: customer_events_v1", 8, "`contrat` is not a key"),
        ("name: nightly", "nam: nightly", 1, "`name` of the job is missing"),
        ("job: {namespace: shop, name: nightly}", "job: shop/nightly", 1, "must be a mapping"),
        ("file: contracts/orders_v1.yaml", "file: ../../etc/passwd", 3, "below the folder"),
        ("file: contracts/orders_v1.yaml", "file: /etc/passwd", 3, "below the folder"),
        ("name: nightly", "name: no", 1, "quote it"),
        ("image: shop", "image: &a shop", 10, "anchor"),
        ("image:", "job: {}\nimage:", 10, "stands twice"),
    ],
)
def test_each_mistake_is_an_error_at_its_line(old, new, line, words):
    assert old in GOOD
    manifest = read_manifest(GOOD.replace(old, new).encode())
    assert not manifest.ok
    assert [found.line for found in manifest.findings if words in found.message] == [line], manifest.findings


def test_a_job_that_writes_nothing_says_so():
    manifest = read_manifest(b"job: {namespace: a, name: b}\nwrites: []\n")
    assert manifest.ok
    assert manifest.writes == ()


def test_more_entries_than_any_pipeline_has_are_refused():
    text = "job: {namespace: a, name: b}\nwrites:\n" + "- asset: x\n" * 501
    assert "more than 500" in read_manifest(text.encode()).findings[0].message


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fall_over_and_what_is_usable_names_its_job(content):
    manifest = read_manifest(content)
    assert not manifest.ok or (manifest.namespace and manifest.name)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["job", "writes", "reads", "asset", "namespace", "name", "file"]), inner, max_size=4), max_leaves=12))  # fmt: skip  # noqa: E501
def test_any_shape_of_yaml_is_judged_and_not_raised(data):
    import json

    manifest = read_manifest(json.dumps(data).encode())
    assert isinstance(manifest.ok, bool)
