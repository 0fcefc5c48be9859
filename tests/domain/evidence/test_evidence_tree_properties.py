"""What must hold for every tree, every note and every JSON value, not only for the published ones."""

import hashlib
import json
import subprocess
import sys
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.core.evidence import verify, verify_signatures
from portal.core.evidence.domain import canonical, leaves, merkle, notes

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def tree(count):
    nodes, peaks, roots = {}, [], [merkle.EMPTY_ROOT]
    for size in range(count):
        peaks, full = merkle.grow(size, peaks, merkle.leaf_hash(str(size).encode()))
        nodes.update(full)
        roots.append(merkle.fold(peaks))
    return nodes, roots


NODES, ROOTS = tree(130)


def textbook_root(leaf_hashes):
    """RFC 6962 section 2.1 word for word, with no stored node."""
    if len(leaf_hashes) < 2:
        return leaf_hashes[0] if leaf_hashes else hashlib.sha256(b"").digest()
    half = 1
    while half * 2 < len(leaf_hashes):
        half *= 2
    return merkle.node_hash(textbook_root(leaf_hashes[:half]), textbook_root(leaf_hashes[half:]))


@given(st.integers(0, 130))
def test_growing_leaf_by_leaf_gives_the_root_of_the_textbook_definition(size):
    assert ROOTS[size] == textbook_root([merkle.leaf_hash(str(n).encode()) for n in range(size)])


@given(st.data())
def test_every_leaf_is_proved_in_every_tree_and_no_other_leaf_passes_in_its_place(data):
    size = data.draw(st.integers(1, 130))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.hashes_of(merkle.inclusion_path(index, size), NODES.__getitem__)
    leaf = merkle.leaf_hash(str(index).encode())
    assert verify.inclusion_ok(leaf, index, size, proof, ROOTS[size])
    other = data.draw(st.integers(0, 129))
    assume(other != index)
    assert not verify.inclusion_ok(merkle.leaf_hash(str(other).encode()), index, size, proof, ROOTS[size])
    assert not verify.inclusion_ok(leaf, other, size, proof, ROOTS[size])


@given(st.data())
def test_every_older_tree_is_a_proved_prefix_and_a_fork_is_not(data):
    new = data.draw(st.integers(1, 130))
    old = data.draw(st.integers(0, new))
    proof = merkle.hashes_of(merkle.consistency_path(old, new), NODES.__getitem__)
    assert verify.consistency_ok(old, new, proof, ROOTS[old], ROOTS[new])
    if old:
        assert not verify.consistency_ok(old, new, proof, hashlib.sha256(b"fork").digest(), ROOTS[new])


@given(st.integers(0, 130))
def test_a_proof_needs_only_nodes_that_are_stored(size):
    needed = merkle.nodes_of(merkle.inclusion_path(size - 1, size)) if size else set()
    assert needed | set(merkle.cover((0, size))) <= set(NODES)


def test_a_proof_of_a_leaf_or_an_older_tree_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="not in a tree of 3"):
        merkle.inclusion_path(3, 3)
    with pytest.raises(ValueError, match="cannot continue"):
        merkle.consistency_path(4, 3)


@given(json_values)
def test_the_verifiers_canonical_form_is_that_of_the_library(value):
    assert verify.canonical(value) == canonical.canonical_bytes(value)
    assert canonical.canonical_bytes(json.loads(canonical.canonical_bytes(value))) == canonical.canonical_bytes(value)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 95))
def test_the_small_ed25519_agrees_with_the_library_and_refuses_any_changed_byte(seed, message, place):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verify.ed25519_ok(public, message, signature)
    broken = bytearray(signature + public)
    broken[place] ^= 0x04
    assert not verify.ed25519_ok(bytes(broken[64:]), message, bytes(broken[:64]))


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_key_name_that_c2sp_forbids_is_refused(name):
    with pytest.raises(ValueError, match="key name"):
        notes.key_id(name, b"\0" * 32)


def test_a_value_without_a_canonical_form_is_refused_with_a_sentence():
    for value in ({"a": float("nan")}, {1: "a"}, 2**53, "\ud800", {"a": object()}):
        with pytest.raises(ValueError, match="no canonical JSON form"):
            canonical.canonical_bytes(value)


def test_a_time_without_a_zone_cannot_enter_the_ledger():
    with pytest.raises(ValueError, match="without a zone"):
        leaves.timestamp(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive time is the point


def test_the_rules_and_the_verifier_import_no_framework():
    code = (
        "import sys; import portal.core.evidence.verify, portal.core.evidence.verify_signatures\n"
        "from portal.core.evidence.domain import canonical, leaves, merkle, notes, proofs\n"
        "heavy = {'django', 'celery', 'rest_framework', 'psycopg', 'redis', 'cryptography', 'weasyprint'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_verifier_alone_needs_nothing_but_the_standard_library():
    for module in (verify, verify_signatures):
        code = f"import runpy, sys; runpy.run_path({module.__file__!r}); sys.exit('rfc8785' in sys.modules)"
        done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_verifier_starts_from_the_folder_where_it_lies():
    done = subprocess.run([sys.executable, verify.__file__, "--help"], capture_output=True, text=True, check=False)
    assert (done.returncode, "--key" in done.stdout) == (0, True), done.stderr
