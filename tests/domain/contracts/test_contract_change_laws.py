"""Laws of comparing, over generated contracts: nothing differs from itself, undoing a change turns its direction."""

import copy
from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from contracts_app.domain.compare import compare, compare_loaded
from contracts_app.domain.document import canonical_hash, load
from contracts_app.domain.report import to_json, to_markdown
from tests.domain.contracts.strategies import contracts, written

SEEDS = st.integers(0, 10**6)
TURNED = {"loosens": "tightens", "tightens": "loosens"}
# not each other's opposite, and why (the table says so)
EXCEPT = {
    "enum.value-added-open": "a value that an open list may gain weakens nothing; losing one is still a promise",
    "type.narrowed": "both: readers and data may break",
    "type.widened": "readers only",
    "type.to-enum": "string to enum is the same physical type; enum to string lets the value set grow",
}


@given(contracts(), SEEDS)
def test_a_generated_contract_is_accepted_and_hashed_as_its_data(data, seed):
    loaded = load(written(data, seed))
    assert [found for found in loaded.findings if found.is_error] == []
    assert loaded.digest == canonical_hash(data)


@given(contracts(), SEEDS, SEEDS)
def test_nothing_differs_from_itself_however_it_is_written(data, seed, other):
    one, two = load(written(data, seed)), load(written(data, other))
    assert one.digest == two.digest
    verdict = compare_loaded(one, two)
    assert (verdict.changes, verdict.ok, verdict.required_bump) == ([], True, "none")
    assert compare(one.document, two.document).changes == []  # the models alone say so too


@given(contracts(), contracts(version="2.0.0"))
def test_undoing_a_change_turns_its_direction_for_the_consumer(before, after):
    one, two = load(written(before)), load(written(after))
    there, back = compare_loaded(one, two).changes, compare_loaded(two, one).changes
    odd = {change.path for change in [*there, *back] if change.kind in EXCEPT}
    assert _moves(there, odd) == {
        (path, TURNED.get(direction, direction)): count for (path, direction), count in _moves(back, odd).items()
    }


def _moves(changes, odd):
    """How often each place was weakened or strengthened for the consumer; notes (`none`) have no direction."""
    found = Counter((change.path, change.consumer) for change in changes if change.path not in odd)
    return {key: count for key, count in found.items() if key[1] != "none"}


@given(contracts(), contracts(version="9.0.0"))
def test_two_different_contracts_always_differ_and_every_report_can_be_printed(before, after):
    assume({**before, "version": ""} != {**after, "version": ""})
    verdict = compare_loaded(load(written(before)), load(written(after)))
    assert verdict.changes
    assert to_json(verdict).startswith("{")
    assert to_markdown(verdict, old="1.0.0", new="9.0.0").startswith("# Change report")


@given(contracts(), st.data())
def test_no_authored_key_can_change_unseen(data, drawn):
    """Whatever single key is taken away or a word put in its place: the comparison has something to say."""
    path = drawn.draw(st.sampled_from(sorted(_paths(data))))
    changed = copy.deepcopy(data)
    parent = changed
    for step in path[:-1]:
        parent = parent[step]
    if drawn.draw(st.booleans()):
        del parent[path[-1]]
    else:
        parent[path[-1]] = "something else"
    one, two = load(written(data)), load(written(changed))
    if two.document is None or not two.document.version or two.digest == one.digest:
        return
    assert compare_loaded(one, two).changes


def _paths(value, prefix=()):
    for key in value:
        yield (*prefix, key)
        if isinstance(value[key], dict):
            yield from _paths(value[key], (*prefix, key))
