"""Valkey: rebuilt streams keep all that readers rely on, and compressed copies are seen."""

import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Erasable, Identifier, Resolvable, SystemConfig, Target
from tests.conformance.kinds.valkey import StreamEstate, ValkeyEstate, save
from tests.conformance.test_erasable import erase, mine, probes, where


@pytest.fixture
def stream(postgres_server, valkey_server, tmp_path):
    planted = StreamEstate(postgres_server.plan, tmp_path)
    planted.plant()
    yield planted
    planted.close()


@pytest.fixture
def profiles(postgres_server, valkey_server, tmp_path):
    planted = ValkeyEstate(postgres_server.plan, tmp_path)
    planted.plant()
    yield planted
    planted.close()


def test_a_rebuilt_stream_keeps_ids_groups_pending_entries_counters_and_time_to_live(stream):
    client = stream.client
    client.xgroup_create(stream.stream, "model", "0")
    client.xreadgroup("model", "worker-1", {stream.stream: ">"}, count=50)
    client.xgroup_createconsumer(stream.stream, "model", "idle-worker")
    client.pexpire(stream.stream, 3_600_000)
    ids = [
        entry for entry, fields in client.xrange(stream.stream) if fields[b"customer_id"].decode() != stream.customer
    ]
    before = client.xinfo_stream(stream.stream)
    pending = [item["message_id"] for item in client.xpending_range(stream.stream, "model", "-", "+", 100)]

    erase(stream)

    after = client.xinfo_stream(stream.stream)
    assert [entry for entry, _ in client.xrange(stream.stream)] == ids
    assert (after["last-generated-id"], after["entries-added"]) == (
        before["last-generated-id"],
        before["entries-added"],
    )
    kept = client.xpending_range(stream.stream, "model", "-", "+", 100)
    assert [item["message_id"] for item in kept] == pending
    assert {item["consumer"] for item in kept} == {b"worker-1"}
    consumers = {consumer["name"] for consumer in client.xinfo_consumers(stream.stream, "model")}
    assert consumers == {b"worker-1", b"idle-worker"}
    assert client.xinfo_groups(stream.stream)[0]["last-delivered-id"] == ids[49]
    assert 0 < client.pttl(stream.stream) <= 3_600_000
    assert not client.exists(f"{stream.stream}:custody-rebuild")


def test_without_the_rebuild_a_stream_still_holds_the_bytes_and_the_decode_probe_sees_them(stream):
    kind = registry.capable("valkey", Erasable)
    found = kind.discover(*where(stream))
    kind.delete(*where(stream), still_mine=mine)
    save(stream.client)
    assert probes(stream, found)["decoded"] > 0


def test_keys_found_by_name_alone_are_deleted_without_a_scan_and_globs_in_values_match_nobody_else(profiles):
    prefix = profiles.mark[::-1]
    for suffix in ("a", "b"):
        profiles.client.set(f"{prefix}:cart:{profiles.customer}:{suffix}", "x")
    profiles.client.set(f"{prefix}:cart:somebody:a", "x")
    kind = registry.capable("valkey", Erasable)
    target = Target("carts", {"key": f"{prefix}:cart:{{customer_id}}:*"})
    star = type(profiles.subject)({"customer_id": frozenset({"*", "some?ody", "[a-z]*"})})
    assert kind.delete(profiles.config, target, star, still_mine=mine).rows == 0
    assert kind.delete(profiles.config, target, profiles.subject, still_mine=mine).rows == 2
    assert profiles.client.exists(f"{prefix}:cart:somebody:a")


def test_a_key_of_another_type_under_the_pattern_is_passed_over(profiles):
    profiles.client.set(f"{profiles.mark[::-1]}:profile:list-of-all", "not a hash")
    target = Target("profiles", {"pattern": f"{profiles.mark[::-1]}:profile:*", "identifiers": {"email": "email"}})
    assert registry.capable("valkey", Erasable).discover(profiles.config, target, profiles.subject).count == 1


def test_the_embedding_of_a_hash_is_searched_for_by_its_bytes(profiles):
    vector = bytes(range(1, 129))
    key = f"{profiles.mark[::-1]}:profile:{profiles.customer}"
    profiles.client.hset(key, "embedding", vector)
    target = Target("profiles", {**profiles.target.settings, "vector_column": "embedding"})
    found = registry.capable("valkey", Erasable).discover(profiles.config, target, profiles.subject)
    assert found.vectors == (vector,)


def test_an_identity_map_of_hashes_yields_edges(profiles):
    declared = {
        "object": f"{profiles.mark[::-1]}:profile:*",
        "columns": {"email": "email", "customer_id": "customer_id"},
        "person": "customer_id",
        "asserted": True,
    }
    config = SystemConfig("features", "valkey", {"identity_maps": [declared]}, profiles.config.secret)
    edges = registry.capable("valkey", Resolvable).edges(config, Identifier("email", profiles.email))
    assert [(edge.to.kind, edge.to.value, edge.single_person) for edge in edges] == [
        ("customer_id", profiles.customer, True)
    ]


def test_a_wrong_password_is_told_without_the_password(profiles):
    config = SystemConfig("features", "valkey", {}, f"redis://:hunter2@127.0.0.1:{profiles.plan.estate_valkey_port}")
    with pytest.raises(ConnectorError, match="refused") as caught:
        registry.get("valkey").ping(config)
    assert "hunter2" not in str(caught.value)
