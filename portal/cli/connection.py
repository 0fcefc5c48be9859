"""Which portal to ask and with which token: from options, else from CUSTODY_URL, CUSTODY_TOKEN, CUSTODY_TOKEN_FILE."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from portal.cli.talking import Unreadable

if TYPE_CHECKING:
    from portal.client.portal import Portal

MAX_TOKEN = 1000


def add_connection(parser: argparse.ArgumentParser) -> None:
    """`--server`, `--token-file` and `--timeout`; a token itself is never an option, where other users could see it."""
    parser.add_argument("--server", metavar="URL", help="the portal's address (or CUSTODY_URL)")
    parser.add_argument(
        "--token-file", metavar="FILE", type=Path, help="holds the service token (or CUSTODY_TOKEN_FILE, CUSTODY_TOKEN)"
    )
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=20.0, help="for each try (default 20)")


def server_of(options: argparse.Namespace) -> str:
    """The address asked for; empty where none is."""
    return str(options.server or os.environ.get("CUSTODY_URL", ""))


def portal_of(options: argparse.Namespace) -> Portal:
    """The portal to ask; raises Unreadable with a sentence where the address or the token is missing or wrong."""
    from portal.client.portal import Portal  # the HTTP library costs a third of the start; linting needs none

    server = server_of(options)
    if not server:
        raise Unreadable("No portal is named. Give --server URL or set CUSTODY_URL.")
    try:
        return Portal(server, _token(options), timeout_s=options.timeout)
    except ValueError as error:
        raise Unreadable(str(error)) from None  # the cause may show the token


def _token(options: argparse.Namespace) -> str:
    file = options.token_file or os.environ.get("CUSTODY_TOKEN_FILE")
    if not file:
        token = os.environ.get("CUSTODY_TOKEN", "").strip()
        if token:
            return token
        raise Unreadable("No service token is given. Set CUSTODY_TOKEN, or give --token-file FILE.")
    try:
        with Path(file).open("rb") as content:
            return content.read(MAX_TOKEN).decode("ascii").strip()
    except OSError as error:
        raise Unreadable(f"The token file {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise Unreadable(f"{file} holds no service token.") from None
