"""The served portal, for every test of a client here; a module may serve its own."""

from tests.clients.served import running, server, token

__all__ = ["running", "server", "token"]
