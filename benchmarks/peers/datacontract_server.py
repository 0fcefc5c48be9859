"""datacontract-cli in one process of its own environment: a question a line of JSON in, an answer a line out.

Asked {"do": "breaking", "old": YAML, "new": YAML} it answers with its entries for the consumer; asked
{"do": "time", "what": "lint" | "breaking", "files": [...], "rounds": n} with the seconds of each round in a warm
process, by the calls that its own command line makes. It runs without anything of ours.
"""

import json
import logging
import sys
import time

from datacontract.config import cli_config
from datacontract.data_contract import DataContract

logging.disable(logging.CRITICAL)


def breaking(asked: dict) -> dict:
    """Path, level and rule of every change, as the peer grades it for the consumer."""
    old, new = (DataContract(config=cli_config(), data_contract_str=asked[key]) for key in ("old", "new"))
    found = old.breaking(new, perspective="consumer")
    return {"entries": [{"path": e.path, "level": e.level.value, "rule": e.rule_id} for e in found.entries]}


def timed(asked: dict) -> dict:
    """Seconds of each of `rounds` runs after one that warms the caches, and what the last one found."""
    call = {"lint": _lint, "breaking": _breaking}[asked["what"]]
    found = call(*asked["files"])
    seconds = []
    for _ in range(asked["rounds"]):
        began = time.perf_counter()
        call(*asked["files"])
        seconds.append(time.perf_counter() - began)
    return {"seconds": seconds, "found": found}


def _lint(path: str) -> str:
    return DataContract(config=cli_config(), data_contract_file=path).lint().result.value


def _breaking(old: str, new: str) -> int:
    before, after = (DataContract(config=cli_config(), data_contract_file=path) for path in (old, new))
    return sum(entry.level.value == "error" for entry in before.breaking(after, perspective="consumer").entries)


if __name__ == "__main__":
    for line in sys.stdin:
        question = json.loads(line)
        answer = {"breaking": breaking, "time": timed}[question["do"]](question)
        print(json.dumps(answer), flush=True)
