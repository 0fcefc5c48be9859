"""A churn model fitted by least squares on the profiles, and the forecast that the product shows from it."""

import json
import os
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from portal.client.lineage import Dataset, Emitter, aggregated, current_run, masked, traced
from portal.demo.estate import places
from portal.demo.estate.names import CHURN, FORECAST, PROFILE
from portal.demo.pipelines import versions
from portal.demo.pipelines.features import KEY, store
from portal.demo.pipelines.telling import dataset, digest_of

PROFILES, MODEL = dataset(PROFILE), dataset(CHURN)
USED = ("events", "purchases", "spend_usd")
SEGMENTS = ("no spend", "small", "middle", "large")
FITTED = dataset(
    CHURN, column_lineage={"weight": [masked(aggregated(PROFILES, column, "least squares")) for column in USED]}
)
SHOWN = dataset(
    FORECAST,
    column_lineage={
        "segment": [masked(aggregated(PROFILES, "spend_usd", "four classes"))],
        "share_at_risk": [
            aggregated(MODEL, "weight"),
            *[masked(aggregated(PROFILES, column, "share")) for column in USED],
        ],
    },
)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Fit the model and publish the forecast, told as two runs."""
    del since
    fit = traced(emitter, job="train_churn", inputs=[PROFILES], outputs=[FITTED], nominal=lambda until: until)
    fit(fit_churn)(until=until)
    both = [MODEL, PROFILES]
    publish = traced(emitter, job="publish_forecast", inputs=both, outputs=[SHOWN], nominal=lambda until: until)
    publish(publish_forecast)(until=until)


def fit_churn(*, until: datetime) -> Dataset:
    """Fit who has gone quiet to the profiles, by least squares."""
    del until
    table = profiles()
    inputs = np.column_stack([np.ones(len(table)), np.log1p(table)])
    quiet = (table[:, 0] < np.median(table[:, 0])).astype(np.float64)
    weights, *_ = np.linalg.lstsq(inputs, quiet, rcond=None)
    return _write("churn.json", {"weights": [float(w) for w in weights], "rows": len(table)}, FITTED, len(weights))


def publish_forecast(*, until: datetime) -> Dataset:
    """Say for each class of spending what share the model holds to be at risk."""
    del until
    weights, version = fitted()
    current_run().reads(MODEL.measured(rows=len(weights), version=version))
    table = profiles()
    risk, classes = scores(table, weights) > 0.5, np.asarray(segments(table))
    forecast = {name: float(risk[classes == name].mean()) for name in SEGMENTS if (classes == name).any()}
    return _write("forecast.json", forecast, SHOWN, len(forecast))


def fitted() -> tuple[NDArray[np.float64], str]:
    """The weights of the model that was fitted last, and its version."""
    file = places.models() / "churn.json"
    return np.asarray(json.loads(file.read_text())["weights"]), digest_of([file])


def scores(table: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the model says of each profile: above one half it holds the customer to be at risk."""
    return np.asarray(np.column_stack([np.ones(len(table)), np.log1p(table)]) @ weights)


def segments(table: NDArray[np.float64]) -> list[str]:
    """The class of spending of each profile."""
    return [SEGMENTS[n] for n in np.digitize(table[:, 2], [1, 50, 500])]


def profiles() -> NDArray[np.float64]:
    """Everybody's profile, told as what the run read."""
    with store() as features:
        version = versions.of_profiles(features)
        keys = sorted(features.scan_iter(match=KEY.format("*"), count=1000))
        with features.pipeline(transaction=False) as batch:
            for key in keys:
                batch.hmget(key, "events", "purchases", "spend_usd")
            answers = batch.execute()
    table = np.asarray([[float(v) for v in a] for a in answers if None not in a], dtype=np.float64).reshape(-1, 3)
    current_run().reads(PROFILES.measured(rows=len(table), version=version))
    return table


def _write(name: str, content: dict[str, object], told: Dataset, rows: int) -> Dataset:
    """Write the file whole; returns what the run tells of it."""
    path = places.models() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(content))
    os.replace(partial, path)
    return told.measured(rows=rows, size=path.stat().st_size, files=1, version=digest_of([path]))
