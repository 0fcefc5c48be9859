"""Great Expectations in one process of its own environment: a question a line of JSON in, an answer a line out.

Asked {"url": PostgreSQL's address, "table": name, "expectations": [[class, arguments] …], "format": "SUMMARY"} it
answers with the seconds of the validation and, for each expectation, its success and its result. It runs without
anything of ours.
"""

import json
import logging
import os
import sys
import time
import warnings

os.environ["GX_ANALYTICS_ENABLED"] = "false"
warnings.simplefilter("ignore")

import great_expectations as gx  # noqa: E402 - after the settings that it reads

logging.disable(logging.CRITICAL)


def validated(asked: dict) -> dict:
    """One validation of a whole table; what prepares it is timed too, as with the other peers."""
    began = time.perf_counter()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_postgres("bench", connection_string=asked["url"])
    table = source.add_table_asset("table", table_name=asked["table"])
    batch = table.add_batch_definition_whole_table("whole").get_batch()
    suite = gx.ExpectationSuite(
        name="suite", expectations=[getattr(gx.expectations, name)(**said) for name, said in asked["expectations"]]
    )
    found = batch.validate(suite, result_format=asked["format"])
    seconds = time.perf_counter() - began
    checks = [
        {"name": name, "success": each.success, "result": _plain(each.result)}
        for (name, _), each in zip(asked["expectations"], found.results, strict=True)
    ]
    return {"seconds": seconds, "checks": checks}


def _plain(result: dict) -> dict:
    found = {key: result.get(key) for key in ("observed_value", "unexpected_count", "element_count", "missing_count")}
    return {key: _number(value) for key, value in found.items() if value is not None}


def _number(value: object) -> object:
    return value if isinstance(value, int | float) else str(value)


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, sys.stderr  # it prints; only answers belong on the line
    for line in sys.stdin:
        print(json.dumps(validated(json.loads(line))), file=out, flush=True)
