"""A churn model fitted by least squares on the profiles, and the forecast that the product shows from it."""

import json
import os
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from portal.client.lineage import Dataset, Emitter, traced
from portal.demo.estate import places
from portal.demo.estate.names import CHURN, FORECAST, PROFILE
from portal.demo.pipelines.features import KEY, store
from portal.demo.pipelines.telling import dataset

FITTED = {"weight": [(PROFILE, "events"), (PROFILE, "purchases"), (PROFILE, "spend_usd")]}
SHOWN = {"segment": [(CHURN, "weight")], "share_at_risk": [(CHURN, "weight")]}


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Fit the model and publish the forecast, told as two runs."""
    fit = traced(emitter, job="train_churn", inputs=[dataset(PROFILE)], outputs=[dataset(CHURN, sources=FITTED)])
    fit(_fit)(since=since, until=until)
    publish = traced(
        emitter, job="publish_forecast", inputs=[dataset(CHURN)], outputs=[dataset(FORECAST, sources=SHOWN)]
    )
    publish(_publish)(since=since, until=until)


def _fit(*, since: datetime, until: datetime) -> Dataset:
    del since, until
    table = _profiles()
    inputs = np.column_stack([np.ones(len(table)), np.log1p(table)])
    quiet = (table[:, 0] < np.median(table[:, 0])).astype(np.float64)
    weights, *_ = np.linalg.lstsq(inputs, quiet, rcond=None)
    _write("churn.json", {"weights": [float(w) for w in weights], "rows": len(table)})
    return dataset(CHURN, rows=len(weights), sources=FITTED)


def _publish(*, since: datetime, until: datetime) -> Dataset:
    del since, until
    weights = np.asarray(json.loads((places.models() / "churn.json").read_text())["weights"])
    table = _profiles()
    risk = np.column_stack([np.ones(len(table)), np.log1p(table)]) @ weights > 0.5
    segments = np.digitize(table[:, 2], [1, 50, 500])
    names = ("no spend", "small", "middle", "large")
    forecast = {names[n]: float(risk[segments == n].mean()) for n in range(4) if (segments == n).any()}
    _write("forecast.json", forecast)
    return dataset(FORECAST, rows=len(forecast), sources=SHOWN)


def _profiles() -> NDArray[np.float64]:
    with store() as features:
        keys = sorted(features.scan_iter(match=KEY.format("*"), count=1000))
        with features.pipeline(transaction=False) as batch:
            for key in keys:
                batch.hmget(key, "events", "purchases", "spend_usd")
            answers = batch.execute()
    return np.asarray([[float(v) for v in a] for a in answers if None not in a], dtype=np.float64).reshape(-1, 3)


def _write(name: str, content: dict[str, object]) -> None:
    path = places.models() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(content))
    os.replace(partial, path)
