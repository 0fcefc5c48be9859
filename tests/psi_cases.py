"""The design's table of cases for PSI at 200,000 rows a side: baseline, rows of now, and where the answer must lie."""

import math

import numpy as np

N = 200_000
SEEDED = np.random.default_rng(7)
NORMAL, OTHER_NORMAL = SEEDED.normal(size=N), SEEDED.normal(size=N)
UNIFORM = SEEDED.uniform(size=N)


def moved(share):
    """U(0, 1) of which a share of rows has moved to (1, 2)."""
    values = SEEDED.uniform(size=N)
    values[: int(share * N)] += 1
    return values


def with_one(values, odd):
    changed = values.copy()
    changed[0] = odd
    return changed


def some_missing(values, share):
    changed = values.copy()
    changed[: int(share * len(values))] = math.nan
    return changed


CONSTANT = np.full(N, 5.0)
TABLE = {
    "the same normal distribution": (NORMAL, OTHER_NORMAL, 0, 0.001),
    "30 % of rows moved out of the range": (UNIFORM, moved(0.3), 0.44, 0.46),
    "90 % of rows moved out of the range": (UNIFORM, moved(0.9), 3.5, 3.8),
    "the mean moved by half a deviation": (NORMAL, OTHER_NORMAL + 0.5, 0.23, 0.25),
    "one outlier among the actual": (NORMAL, with_one(OTHER_NORMAL + 1, 1e6), 0.91, 0.95),
    "one outlier in the baseline": (with_one(NORMAL, 1e6), OTHER_NORMAL + 1, 0.91, 0.95),
    "a constant becomes another": (CONSTANT, np.full(N, 7.0), 5, math.inf),
    "a constant becomes a distribution": (CONSTANT, NORMAL + 5, 5, math.inf),
    "a constant stays": (CONSTANT, CONSTANT, 0, 0.001),
    "10 % NaN among the actual": (NORMAL, some_missing(OTHER_NORMAL, 0.1), 1.0, 1.15),
    "one infinity among the actual": (NORMAL, with_one(OTHER_NORMAL, math.inf), 0, 0.001),
    "one NaN in the baseline": (with_one(NORMAL, math.nan), OTHER_NORMAL, 0, 0.001),
    "a lognormal with a long tail moves": (np.exp(2 * NORMAL), np.exp(2 * OTHER_NORMAL + 0.5), 0.05, 0.07),
}
