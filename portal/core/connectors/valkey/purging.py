"""Making deleted bytes go from Valkey: append-only file, snapshot, command logs, and the inside of streams."""

import time
from collections.abc import Callable

from redis import exceptions

from portal.core.connectors.base import ConnectorError, Fence, check_fence
from portal.core.connectors.valkey.client import Client

PATIENCE_S = 120
REBUILD_UP_TO = 20_000  # entries; a longer stream is rebuilt only when the pause was approved

# XDEL only marks an entry: its bytes stay in the stream's node, in the snapshot too, until the whole node is empty.
# So the stream is written anew under another name and renamed over itself, in one script that nobody can interleave
# with: entries, last id and counters, time to live, consumer groups and what is pending in them.
REBUILD = """
local old, new = KEYS[1], KEYS[2]
if redis.call('XLEN', old) == 0 then return 0 end
redis.call('DEL', new)
local info = {}
local flat = redis.call('XINFO', 'STREAM', old)
for i = 1, #flat, 2 do info[flat[i]] = flat[i + 1] end
for _, entry in ipairs(redis.call('XRANGE', old, '-', '+')) do
  redis.call('XADD', new, entry[1], unpack(entry[2]))
end
redis.call('XSETID', new, info['last-generated-id'], 'ENTRIESADDED', info['entries-added'],
           'MAXDELETEDID', info['max-deleted-entry-id'])
for _, flatgroup in ipairs(redis.call('XINFO', 'GROUPS', old)) do
  local group = {}
  for i = 1, #flatgroup, 2 do group[flatgroup[i]] = flatgroup[i + 1] end
  local read = group['entries-read'] or -1
  redis.call('XGROUP', 'CREATE', new, group['name'], group['last-delivered-id'], 'ENTRIESREAD', read)
  for _, flatconsumer in ipairs(redis.call('XINFO', 'CONSUMERS', old, group['name'])) do
    redis.call('XGROUP', 'CREATECONSUMER', new, group['name'], flatconsumer[2])
  end
  for _, item in ipairs(redis.call('XPENDING', old, group['name'], '-', '+', group['pending'] + 1)) do
    if #redis.call('XRANGE', old, item[1], item[1]) > 0 then
      redis.call('XCLAIM', new, group['name'], item[2], 0, item[1], 'IDLE', item[3], 'RETRYCOUNT', item[4],
                 'FORCE', 'JUSTID')
    end
  end
end
local left = redis.call('PTTL', old)
if left > 0 then redis.call('PEXPIRE', new, left) end
redis.call('RENAME', new, old)
return 1
"""


def rewrite_files(client: Client, still_mine: Fence) -> list[str]:
    """Write append-only file and snapshot anew and empty the command logs. Says what was done."""
    done = []
    check_fence(still_mine)
    if int(client.info("persistence")["aof_enabled"]):
        _in_background(client, client.bgrewriteaof, "aof_rewrite", "aof_last_bgrewrite_status", "aof_rewrites")
        done.append("BGREWRITEAOF")
    check_fence(still_mine)
    _in_background(client, client.bgsave, "rdb_bgsave", "rdb_last_bgsave_status", "rdb_saves")
    done.append("BGSAVE")
    return [*done, *empty_command_logs(client)]


def empty_command_logs(client: Client) -> list[str]:
    """Forget logged commands: they repeat key names. Valkey 8.1 keeps two more logs than Redis."""
    client.slowlog_reset()
    for log in ("large-request", "large-reply"):
        try:
            client.execute_command("COMMANDLOG", "RESET", log)
        except exceptions.ResponseError:  # Redis and older Valkey know only the slow log, emptied above
            return ["SLOWLOG RESET"]
    return ["SLOWLOG RESET", "COMMANDLOG RESET"]


def rebuild_stream(client: Client, stream: bytes, still_mine: Fence) -> None:
    """Write a stream anew without what was deleted from it; the server waits while the script runs."""
    check_fence(still_mine)
    client.eval(REBUILD, 2, stream, stream + b":custody-rebuild")


def _in_background(client: Client, start: Callable[[], object], name: str, status: str, counter: str) -> None:
    """Start a rewrite after any that runs already (it may have begun before the delete), and wait for its end."""
    deadline = time.monotonic() + PATIENCE_S
    info = _idle(client, deadline)
    before = int(info[counter])
    start()
    while True:
        info = _idle(client, deadline)
        if int(info[counter]) > before:
            break
        time.sleep(0.02)
    if info[status] != "ok":
        raise ConnectorError("Valkey could not write its files anew; its disk may be full.", code=name, retryable=True)


def _idle(client: Client, deadline: float) -> dict[str, str]:
    """Wait until no child process writes files. Raises ConnectorError past the deadline."""
    while time.monotonic() < deadline:
        info: dict[str, str] = client.info("persistence")
        busy = ("aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress")
        if not any(int(info.get(flag, 0)) for flag in busy):
            return info
        time.sleep(0.02)
    raise ConnectorError("Valkey did not finish writing its files in time.", code="timeout", retryable=True)
