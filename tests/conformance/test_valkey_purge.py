"""Valkey: rebuilt streams keep all that readers rely on, and compressed copies are seen."""

from datetime import date

import pytest
import redis

from portal.core.connectors import registry
from portal.core.connectors.base import (
    ConnectorError,
    Erasable,
    Found,
    Identifier,
    Listable,
    Resolvable,
    SystemConfig,
    Target,
)
from tests.conformance.kinds.valkey import StreamEstate, ValkeyEstate, save
from tests.conformance.promises import CLEAN, erase, mine, probes, where


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

    erase(registry.capable("valkey", Erasable), stream)

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
    assert probes(kind, stream, found)["decoded"] > 0


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


def test_identifiers_of_key_names_hashes_and_streams_are_listed_once_each(profiles, stream):
    kind = registry.capable("valkey", Listable)
    stream.add(stream.customer, stream.email, 8)
    for planted in (profiles, stream):
        everybody = {customer for customer, _, _ in planted.controls()} | {planted.customer}
        listed = list(kind.values(planted.config, planted.target, "customer_id"))
        assert len(listed) == len(set(listed))
        assert set(listed) == everybody
        assert list(kind.values(planted.config, planted.target, "passport")) == []


@pytest.fixture
def refused(profiles):
    """A user who may do next to nothing, refused a look at the subject's key: the server has written that down."""
    client, name = profiles.client, f"reader-{profiles.mark}"
    client.execute_command("ACL", "SETUSER", name, "on", ">pass", "+get", "~public:*")
    port = profiles.plan.estate_valkey_port
    with (
        redis.Redis(port=port, username=name, password="pass") as reader,
        pytest.raises(redis.exceptions.NoPermissionError),
    ):
        reader.get(f"{profiles.mark[::-1]}:profile:{profiles.customer}")
    yield profiles
    client.execute_command("ACL", "DELUSER", name)
    client.execute_command("ACL", "LOG", "RESET")


def test_a_refused_command_that_names_the_subject_is_seen_and_its_log_emptied(refused):
    kind = registry.capable("valkey", Erasable)
    found = kind.discover(*where(refused))
    kind.delete(*where(refused), still_mine=mine)
    assert "ACL LOG RESET" in kind.purge(*where(refused), found, allow_exclusive=True, still_mine=mine).actions
    assert probes(kind, refused, found) == CLEAN
    assert refused.client.execute_command("ACL", "LOG", 100) == []


def test_the_log_of_refused_commands_stays_where_it_names_others_only(refused):
    kind, other = registry.capable("valkey", Erasable), refused.control(5)["customer_id"]
    subject = type(refused.subject)({"customer_id": frozenset({other})})
    found = kind.discover(refused.config, refused.target, subject)
    kind.delete(refused.config, refused.target, subject, still_mine=mine)
    done = kind.purge(refused.config, refused.target, subject, found, allow_exclusive=True, still_mine=mine)
    assert "ACL LOG RESET" not in done.actions
    name = f"{refused.mark[::-1]}:profile:{refused.customer}".encode()
    assert name in [entry[b"object"] for entry in refused.client.execute_command("ACL", "LOG", 100)]


def test_a_user_who_may_not_read_that_log_has_it_as_a_residual(refused):
    client, name = refused.client, f"eraser-{refused.mark}"
    client.execute_command("ACL", "SETUSER", name, "on", ">pass", "~*", "+@all", "-acl")
    try:
        url = f"redis://{name}:pass@127.0.0.1:{refused.plan.estate_valkey_port}"
        config = SystemConfig("features", "valkey", {**refused.config.settings, "acl_log_expiry_days": 3}, url)
        kind, today = registry.capable("valkey", Erasable), date(2026, 11, 23)
        left = kind.residuals(config, refused.target, refused.subject, Found(0), today=today)
        assert [(each.where, each.expires_on) for each in left] == [
            ("log of refused commands (ACL LOG)", date(2026, 11, 26))
        ]
        assert kind.plan(config, refused.target, Found(1)).copies[0].days == 3
    finally:
        client.execute_command("ACL", "DELUSER", name)


def test_a_key_named_by_an_address_in_other_letters_is_found_and_goes(profiles):
    prefix, kind = profiles.mark[::-1], registry.capable("valkey", Erasable)
    profiles.client.set(f"{prefix}:mail:{profiles.email.upper()}", "x")
    profiles.client.set(f"{prefix}:mail:x{profiles.email.upper()}", "x")
    target = Target("mails", {"key": f"{prefix}:mail:{{email}}"})
    assert kind.delete(profiles.config, target, profiles.subject, still_mine=mine).rows == 1
    assert profiles.client.exists(f"{prefix}:mail:x{profiles.email.upper()}")
