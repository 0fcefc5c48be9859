"""The decode and byte probes of Valkey: its files under the declared directory, and its command logs."""

from pathlib import Path

from redis import exceptions

from portal.core.connectors import scan
from portal.core.connectors.base import Probe, SystemConfig
from portal.core.connectors.lake.folders import all_files
from portal.core.connectors.valkey import rdb, refusals
from portal.core.connectors.valkey.client import Client


def blindness(config: SystemConfig) -> str:
    """Why the server's files cannot be looked at; empty when they can."""
    if not config.settings.get("directory"):
        return "The system declares no `directory`, so its files cannot be looked at."
    directory = Path(config.settings["directory"])
    if not (directory / "appendonlydir").is_dir() and not any(directory.glob("*.rdb")):
        return "The declared `directory` holds no file of a Valkey server."
    return ""


def raw(config: SystemConfig, needles: scan.Needles) -> Probe:
    """Scan everything under the directory: append-only files, snapshot, whatever else lies there."""
    if reason := blindness(config) or ("" if needles.all else needles.caveat):
        return Probe.blind("raw", reason)
    try:
        hits = scan.search(all_files(Path(config.settings["directory"])), needles)
    except OSError as error:
        return Probe.blind("raw", f"The server's files cannot be read ({type(error).__name__}).")
    return Probe("raw", True, len(hits), needles.caveat)


def decoded(client: Client, config: SystemConfig, needles: scan.Needles) -> Probe:
    """Look into compressed strings of the files, and into the logs of slow, large and refused commands."""
    hits = sum(scan.count(argument, needles) for argument in _logged(client))
    hits += refusals.hits(client, needles) or 0
    if reason := blindness(config):
        return Probe("decoded", True, hits, f"Command logs only. {reason}")
    for path in all_files(Path(config.settings["directory"])):
        try:
            data = path.read_bytes()
        except FileNotFoundError:  # the server replaces its files; what replaced this one is listed too
            continue
        except OSError as error:
            return Probe("decoded", True, hits, f"Command logs only: files cannot be read ({type(error).__name__}).")
        if data.startswith((b"REDIS", b"VALKEY")):
            hits += sum(scan.count(clear, needles) for clear in rdb.carved(data))
    return Probe("decoded", True, hits, needles.caveat)


def _logged(client: Client) -> list[bytes]:
    """The arguments of every command that the server keeps in a log."""
    kept = [entry["command"] for entry in client.slowlog_get(-1)]
    for log in ("large-request", "large-reply"):
        try:
            entries = client.execute_command("COMMANDLOG", "GET", "-1", log)
        except exceptions.ResponseError:  # Redis and older Valkey have only the slow log
            break
        kept += [b" ".join(entry[3]) for entry in entries]
    return kept
