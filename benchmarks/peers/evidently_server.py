"""Evidently in one process of its own environment: a question a line of JSON in, an answer a line out.

Asked {"expected": file, "actual": file, "how": "function" | "report", "rounds": n} it answers with its PSI of the
column `x` of two Parquet files and the seconds of each round, the reading left out; or with {"error": its kind}.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.legacy.calculations.stattests.psi import _psi
from evidently.legacy.core import ColumnType
from evidently.metrics import ValueDrift

warnings.simplefilter("ignore")


def by_function(expected: pd.Series, actual: pd.Series) -> float:
    """Its statistical test as its reports call it."""
    return float(_psi(expected, actual, ColumnType.Numerical, 0.1)[0])


def by_report(expected: pd.Series, actual: pd.Series) -> float:
    """A report of one column."""
    definition = DataDefinition(numerical_columns=["x"])
    then, now = (Dataset.from_pandas(each.to_frame("x"), data_definition=definition) for each in (expected, actual))
    found = Report([ValueDrift(column="x", method="psi")]).run(now, then)
    return float(found.dict()["metrics"][0]["value"])


def answer(asked: dict) -> dict:
    """Its value and the seconds of each round."""
    call = {"function": by_function, "report": by_report}[asked["how"]]
    sides = [pd.read_parquet(asked[side])["x"] for side in ("expected", "actual")]
    seconds, value = [], 0.0
    for _ in range(asked["rounds"]):
        began = time.perf_counter()
        value = call(*sides)
        seconds.append(time.perf_counter() - began)
    return {"value": None if np.isnan(value) else value, "seconds": seconds}


if __name__ == "__main__":
    for line in sys.stdin:
        try:
            said = answer(json.loads(line))
        except (ValueError, TypeError, ZeroDivisionError) as error:
            said = {"error": type(error).__name__}
        print(json.dumps(said), flush=True)
