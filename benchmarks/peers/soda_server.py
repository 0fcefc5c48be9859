"""Soda Core in one process of its own environment: a question a line of JSON in, an answer a line out.

Asked {"url": PostgreSQL's address, "checks": SodaCL} it answers with the seconds of the scan and, for each check, its
outcome and the value that it measured. It runs without anything of ours.
"""

import json
import logging
import sys
import time
from urllib.parse import urlsplit

from soda.scan import Scan

logging.disable(logging.CRITICAL)

CONFIGURATION = """
data_source bench:
  type: postgres
  host: "{host}"
  port: "{port}"
  username: "{user}"
  password: "{password}"
  database: "{database}"
  schema: public
"""


def scanned(asked: dict) -> dict:
    """One scan as its users run it, without samples of failing rows."""
    where = urlsplit(asked["url"])
    began = time.perf_counter()
    scan = Scan()
    scan.set_data_source_name("bench")
    scan.add_configuration_yaml_str(
        CONFIGURATION.format(
            host=where.hostname,
            port=where.port,
            user=where.username,
            password=where.password,
            database=where.path.lstrip("/"),
        )
    )
    scan.add_sodacl_yaml_str(asked["checks"])
    scan.execute()
    seconds = time.perf_counter() - began
    checks = [
        {"name": check.name, "outcome": check.outcome.value if check.outcome else None, "value": _value(check)}
        for check in scan._checks
    ]
    errors = [str(log) for log in scan.get_error_logs()]
    return {"seconds": seconds, "checks": checks, "errors": errors}


def _value(check: object) -> object:
    found = getattr(check, "check_value", None)
    return found if isinstance(found, int | float | None) else str(found)


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, sys.stderr  # it prints; only answers belong on the line
    for line in sys.stdin:
        print(json.dumps(scanned(json.loads(line))), file=out, flush=True)
