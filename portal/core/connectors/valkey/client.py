"""Connections to Valkey or Redis, with errors in our own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from redis import exceptions

from portal.core.connectors.base import ConnectorError, SystemConfig

Client = Any  # redis.Redis; its stubs type every reply as sync or async, which says nothing here


@contextmanager
def connected(config: SystemConfig) -> Iterator[Client]:
    """A client on the system; replies are bytes. Raises ConnectorError, also for what happens inside."""
    client = _client(config)
    try:
        yield client
    except exceptions.RedisError as error:
        raise said(error) from None
    finally:
        client.close()


def said(error: exceptions.RedisError) -> ConnectorError:
    """Our sentence for the client's error; its text may repeat a command with its key."""
    code = type(error).__name__
    if isinstance(error, exceptions.AuthenticationError | exceptions.NoPermissionError):
        return ConnectorError("Valkey refused the user, the password, or a command to this user.", code=code)
    if isinstance(error, exceptions.ConnectionError | exceptions.TimeoutError):
        return ConnectorError("Valkey cannot be reached or did not answer in time.", code=code, retryable=True)
    return ConnectorError("Valkey refused a command; the placement may name a key of another type.", code=code)


def _client(config: SystemConfig) -> Client:
    """A secret with "://" is a whole URL, any other is the password."""
    secret = config.secret or ""
    limits: dict[str, Any] = {"socket_timeout": 30, "socket_connect_timeout": 5, "client_name": "custody"}
    if "://" in secret:
        return redis.Redis.from_url(secret, **limits)
    settings = config.settings
    return redis.Redis(
        host=settings.get("host", "127.0.0.1"),
        port=int(settings.get("port", 6379)),
        db=int(settings.get("db", 0)),
        username=settings.get("user") or None,
        password=secret or None,
        **limits,
    )
