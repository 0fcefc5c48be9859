"""Contracts of the house format for Hypothesis: every key, odd values, unknown keys and hand-written extensions."""

from hypothesis import strategies as st

WORD = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
NAME = st.from_regex(r"[a-z][a-z0-9_.-]{0,12}", fullmatch=True)
NUMBER = st.one_of(st.integers(-1000, 100000), st.floats(-1e6, 1e6, allow_nan=False))
LEAF = st.one_of(st.none(), st.booleans(), NUMBER, WORD)
JUNK = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3), max_leaves=5
)
TYPES = [
    "string", "text", "enum", "uuid", "integer", "int", "bigint", "float", "double", "decimal", "number", "boolean",
    "bool", "timestamp", "datetime", "date", "time", "object", "json", "array", "map", "vector", "bytes",
]  # fmt: skip
FLAG = st.booleans()


def _spec(inner):
    return st.fixed_dictionaries(
        {"type": st.sampled_from(TYPES)},
        optional={
            "required": FLAG, "unique": FLAG, "open": FLAG, "deprecated": FLAG, "min": NUMBER, "max": NUMBER,
            "pattern": WORD, "allowed": st.lists(WORD | NUMBER | FLAG, max_size=4), "default": LEAF,
            "pii": st.sampled_from(["email", "device_id"]) | LEAF, "category": WORD, "description": WORD | LEAF,
            "removal_date": st.just("2027-01-01"), "fields": st.dictionaries(NAME | WORD, inner, max_size=3),
            "x-unknown": JUNK,
        },
    )  # fmt: skip


FIELD = st.recursive(_spec(st.just({"type": "string"})), _spec, max_leaves=4)
BOUND = st.one_of(st.integers(0, 100), st.sampled_from(["> 20", ">= 99.5%", "<= 15 min", "soon"]), LEAF)
SLO = st.one_of(
    st.integers(1, 100),
    st.fixed_dictionaries(
        {},
        optional={
            "target": BOUND, "alert": BOUND, "for": BOUND, "element": WORD | NAME, "window": st.just("24h"),
            "owner": WORD, "runbook": WORD, "schedule": WORD | LEAF, "expected": JUNK, "objective": NUMBER,
            "more": JUNK,
        },
    ),
    LEAF,
)  # fmt: skip
RULE = st.sampled_from(["a >= 0", "a in [x, y]", "not a rule ("]) | WORD
SLOS = st.fixed_dictionaries(
    {},
    optional={
        "freshness_minutes": SLO, "completeness_pct": SLO, "accuracy_pct": SLO, "vector_sync_lag_minutes": SLO,
        "drift_psi": SLO, "groundedness_pct": SLO, "retention": SLO, "unknown_slo": JUNK,
        "accuracy_rules": st.lists(st.one_of(RULE, RULE.map(lambda rule: {"rule": rule}), JUNK), max_size=3),
    },
)  # fmt: skip
ODCS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.just("urn:x"), "status": st.just("active"), "domain": st.just("sales"),
        "team": st.sampled_from([[{"role": "owner"}], {"name": "crew"}]), "support": st.just([{"scope": "issues"}]),
        "slaProperties": st.just([{"property": "availability", "value": 1}, {"property": "freshness", "unit": "h"}]),
        "fields": st.just({"a": {"businessName": "A", "primaryKey": True}}), "table": st.just({"name": "tbl"}),
        "exact": st.just([{"path": ["domain"], "read": "nothing"}]), "strange": JUNK,
    },
)  # fmt: skip


def contracts():
    """Authored data of a contract, sound and unsound."""
    return st.fixed_dictionaries(
        {"name": NAME, "version": st.sampled_from(["1.0.0", "0.3.1", "10.2.3-rc.1"])},
        optional={
            "owner": WORD | LEAF, "on_call": st.sampled_from(["#chan", "a@b.example", "pager"]) | LEAF,
            "description": WORD | LEAF, "tags": st.lists(WORD, max_size=3) | LEAF, "classification": WORD,
            "residency": WORD, "retention_days": NUMBER | LEAF, "encryption": WORD,
            "asset": st.fixed_dictionaries({}, optional={"namespace": WORD, "name": WORD, "kind": WORD, "tier": LEAF}),
            "schema": st.dictionaries(st.sampled_from(["a", "b", "c"]) | WORD, FIELD | LEAF, max_size=4) | LEAF,
            "slos": SLOS, "change_policy": JUNK, "privacy": JUNK, "consumers": JUNK, "raci": JUNK, "strange": JUNK,
            "extensions": st.fixed_dictionaries({}, optional={"odcs": ODCS, "mine": JUNK}) | LEAF,
        },
    )  # fmt: skip
