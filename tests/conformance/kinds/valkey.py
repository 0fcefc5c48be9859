"""Test data of the kind valkey: profiles as hashes, and a stream of clicks read by a consumer group."""

from collections.abc import Iterator
from pathlib import Path

import redis

from portal.core.connectors.base import SystemConfig, Target
from tests.conformance.estate import Estate


def save(client: redis.Redis) -> None:
    """Write the snapshot now; a save that runs in the background, of an earlier test or the server, ends first."""
    for _ in range(10_000):
        if not client.info("persistence")["rdb_bgsave_in_progress"]:
            try:
                client.save()
            except redis.ResponseError as error:
                if "in progress" not in str(error):
                    raise
            else:
                return
    raise AssertionError("A background save of the test's Valkey does not end.")


class ValkeyEstate(Estate):
    """Profiles as hashes under `<mark>:profile:<customer>`."""

    people = 300

    def plant(self) -> None:
        url = self.plan.estate_redis_url
        self.client = redis.Redis.from_url(url)
        self.directory = self.plan.root / "estate" / "valkey" / "data"
        self.config = SystemConfig("features", "valkey", {"directory": str(self.directory)}, url)
        self.target = self.make_target()
        for number in range(self.people):
            self.write(number)
        self.add(self.customer, self.email, 7)
        self.client.config_set("slowlog-log-slower-than", 0)
        self.client.hget(f"{self.mark}:profile:{self.customer}", "email")
        self.client.config_set("slowlog-log-slower-than", 10_000)
        save(self.client)

    def make_target(self) -> Target:
        settings = {"key": f"{self.mark[::-1]}:profile:{{customer_id}}", "identifiers": {"email": "email"}}
        return Target("profiles", settings)

    def add(self, customer: str, email: str, score: int) -> None:
        key = f"{self.mark[::-1]}:profile:{customer}"
        self.client.hset(key, mapping={"customer_id": customer, "email": email, "score": score})

    def write(self, number: int) -> None:
        self.add(*self.control(number).values())

    def controls(self) -> set[tuple[str, str, int]]:
        rows = (self.client.hgetall(key) for key in self.client.scan_iter(f"{self.mark[::-1]}:profile:*", count=1000))
        return {person for row in rows if (person := as_person(row))[0] != self.customer}

    def everything(self) -> Iterator[bytes]:
        """The server's files as they are, and the arguments of the commands in its slow log."""
        for path in (path for path in self.directory.rglob("*") if path.is_file()):
            yield path.read_bytes()
        yield from (entry["command"] for entry in self.client.slowlog_get(-1))

    def leak(self) -> None:
        """An operator's copy of the snapshot, next to it."""
        self.copy.write_bytes(b"REDIS0011" + self.email.encode())

    @property
    def copy(self) -> Path:
        return self.directory / f"copy-{self.mark}.rdb"

    def close(self) -> None:
        self.copy.unlink(missing_ok=True)
        for key in self.client.scan_iter(f"{self.mark[::-1]}:*", count=1000):
            self.client.delete(key)
        self.client.close()


class StreamEstate(ValkeyEstate):
    """Clicks in one stream; a group has read them all, so that everything is pending."""

    def make_target(self) -> Target:
        self.stream = f"{self.mark[::-1]}:clicks"
        return Target(self.stream, {"type": "stream", "identifiers": {"email": "email", "customer_id": "customer_id"}})

    def add(self, customer: str, email: str, score: int) -> None:
        self.client.xadd(self.stream, {"customer_id": customer, "email": email, "score": score})

    def controls(self) -> set[tuple[str, str, int]]:
        rows = (fields for _, fields in self.client.xrange(self.stream))
        return {person for row in rows if (person := as_person(row))[0] != self.customer}


def as_person(row: dict[bytes, bytes]) -> tuple[str, str, int]:
    return row[b"customer_id"].decode(), row[b"email"].decode(), int(row[b"score"])


ESTATE = ValkeyEstate
VARIANTS = (StreamEstate,)
