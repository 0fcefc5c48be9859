"""SLOs and the retention as slaProperties, and back.

The value of an SLA is the number of the target in ODCS's unit; how the author wrote it, its alert and its runbook are
customProperties of the same SLA. Other promises (availability, support windows) are kept whole, in their place.
"""

from __future__ import annotations

from typing import Any

from contracts_app.domain import readings
from contracts_app.domain.formats.delta import same
from contracts_app.domain.formats.odcs.names import (
    Json,
    custom,
    is_number,
    mapping,
    mappings,
    put,
    since,
    split_custom,
    whole,
)

RETENTION = "retention"
_UNITS = {  # house key -> property of the SLA, unit written
    "freshness_minutes": ("freshness", "m"),
    "completeness_pct": ("completeness", "percent"),
    "accuracy_pct": ("accuracy", "percent"),
    "vector_sync_lag_minutes": ("vectorSyncLag", "m"),
    "drift_psi": ("drift", "psi"),
    "groundedness_pct": ("groundedness", "percent"),
}
_KEYS = {name: key for key, (name, _) in _UNITS.items()}
_MINUTES: dict[Any, float] = {
    "s": 1 / 60, "m": 1, "min": 1, "minute": 1, "minutes": 1, "h": 60, "hour": 60, "hours": 60,
    "d": 1440, "day": 1440, "days": 1440,
}  # fmt: skip
_DAYS: dict[Any, float] = {"d": 1, "day": 1, "days": 1, "y": 365, "yr": 365, "year": 365, "years": 365}
_PERCENT: dict[Any, float] = {"percent": 1, "%": 1, None: 1}


def to_slas(data: Json, kept: Any, *, table: str, api: str) -> tuple[list[Json], Json]:
    """The SLAs, and the SLOs that no SLA can carry."""
    slos = dict(mapping(data.get("slos")))
    slos.pop("accuracy_rules", None)
    ours = {key: slos.pop(key) for key in _UNITS if key in slos}
    slots = mappings(kept)
    named = {slot.get("property"): slot for slot in slots if "value" not in slot}
    items: dict[str, Json] = {}
    for key, slo in ours.items():
        name, unit = _UNITS[key]
        items[name] = _sla(name, unit, slo, mapping(named.get(name)), data, table, api)
    if is_number(data.get("retention_days")):
        items[RETENTION] = _retention(data["retention_days"], mapping(named.get(RETENTION)))
    in_place = [slot if "value" in slot else items.pop(str(slot.get("property")), None) for slot in slots]
    return [item for item in [*in_place, *items.values()] if item], slos


def from_slas(slas: Any, *, table: str) -> tuple[Json, float | None, Any]:
    """SLOs, the retention in days, and what is kept."""
    slos: Json = {}
    days: float | None = None
    kept: list[Any] = []
    for item in slas if isinstance(slas, list) else []:
        name = item.get("property") if isinstance(item, dict) else None
        if name in _KEYS and _KEYS[name] not in slos and (read := _slo(item, table)) is not None:
            slos[_KEYS[name]] = read[0]
            kept.append(read[1])
        elif name == RETENTION and days is None and _days(item) is not None:
            days = _days(item)
            kept.append({key: value for key, value in item.items() if key != "value"})
        else:
            kept.append(item)
    return slos, days, None if same(kept, _plain(slos, days)) else kept


def event_time(data: Json) -> str | None:
    """The sole required timestamp of the schema, which freshness means where it names no column."""
    times = ("timestamp", "datetime", "date", "time")
    found = [
        name
        for name, spec in mapping(data.get("schema")).items()
        if isinstance(spec, dict) and spec.get("type") in times and spec.get("required") is True
    ]
    return found[0] if len(found) == 1 else None


def _plain(slos: Json, days: float | None) -> list[Json]:
    """The slots that an export makes by itself, so that nothing need be kept."""
    slots: list[Json] = [{"property": _UNITS[key][0], "unit": _UNITS[key][1]} for key in _UNITS if key in slos]
    return slots if days is None else [*slots, {"property": RETENTION, "unit": "d"}]


def _factor(name: str, unit: Any) -> float | None:
    """How much of our unit one of the SLA's is."""
    if name in ("freshness", "vectorSyncLag"):
        return _MINUTES.get(unit)
    return _PERCENT.get(unit) if name != "drift" else (1 if unit in ("psi", None) else None)


def _sla(name: str, unit: str, slo: Any, slot: Json, data: Json, table: str, api: str) -> Json:
    """One SLO; what the SLA itself cannot say goes into its customProperties."""
    said = dict(slo) if isinstance(slo, dict) else {"target_only": slo}
    kind = readings.SLO_KEYS[_key(name)]
    authored = said.get("target", said.get("target_only"))
    bound = readings.target(authored, kind)
    written = slot.get("unit") if slot else unit
    factor = _factor(name, written) or 1
    item: Json = {"property": name, "value": None if bound is None else whole(bound.value / factor)}
    if written is not None:
        item["unit"] = written
    if "target" in said and is_number(authored):
        del said["target"]
    element = said.pop("element", None) if isinstance(said.get("element"), str) else None
    if element is None and name == "freshness":
        element = event_time(data)
    if element is not None:
        item["element"] = f"{table}.{element}"
    if isinstance(said.get("schedule"), str):
        item["schedule"] = said.pop("schedule")
    item |= {key: value for key, value in slot.items() if key not in ("property", "unit", "customProperties")}
    ours = custom(said) if since(api, "v3.2.0") else []
    put(item, "customProperties", [*mappings(slot.get("customProperties")), *ours])
    return item


def _slo(item: Json, table: str) -> tuple[Any, Json] | None:
    """The SLO of an SLA and its slot, or None where the value or its unit says nothing to us."""
    name, value = str(item["property"]), item.get("value")
    factor = _factor(name, item.get("unit"))
    if factor is None or not (value is None or is_number(value)):
        return None
    said, others = split_custom(item.get("customProperties"))
    slot = {key: one for key, one in item.items() if key not in ("value", "customProperties")}
    target = None if value is None else whole(value * factor)
    slo: Json = {}
    only = said.pop("target_only", None)
    authored = readings.target(said.get("target", only), readings.SLO_KEYS[_key(name)])
    if authored is not None and target is not None and authored.value == target:
        slo["target"] = said.pop("target", only)
    elif target is not None:
        slo["target"] = target
    said.pop("target", None)
    slo |= said
    element = slot.get("element")
    if isinstance(element, str) and element.startswith(f"{table}."):
        slo["element"] = slot.pop("element").removeprefix(f"{table}.")
    if isinstance(slot.get("schedule"), str):
        slo["schedule"] = slot.pop("schedule")
    put(slot, "customProperties", others)
    return (slo["target"] if only is not None and set(slo) == {"target"} else slo), slot


def _key(name: str) -> str:
    return _KEYS[name]


def _days(item: Json) -> float | None:
    factor = _DAYS.get(item.get("unit"))
    return whole(item["value"] * factor) if factor and is_number(item.get("value")) else None


def _retention(days: float, slot: Json) -> Json:
    unit = slot.get("unit", "d")
    factor = _DAYS.get(unit, 1)
    return {"property": RETENTION, "value": whole(days / factor), "unit": unit} | {
        key: value for key, value in slot.items() if key not in ("property", "unit")
    }
