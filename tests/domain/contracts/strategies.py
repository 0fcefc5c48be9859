"""Generated contracts: valid documents as plain data, and the many ways in which one of them can be written."""

import random

import yaml
from hypothesis import strategies as st

WORDS = ["red", "green", "blue", "sent", "paid"]
NAMES = ["alpha", "beta", "gamma", "delta", "omega"]
TYPES = ["string", "text", "uuid", "integer", "bigint", "float", "double", "decimal", "number", "boolean", "date",
         "timestamp", "bytes", "json"]  # fmt: skip
NUMBERS = {"integer", "bigint", "float", "double", "decimal", "number"}
TEXTS = {"string", "text", "enum"}


def _optional(**keys):
    """A mapping in which each key may be missing."""
    return st.fixed_dictionaries({}, optional=keys)


@st.composite
def plain_fields(draw, types=tuple(TYPES)):
    """One field without parts: only keys that its type allows, and limits that leave something between them."""
    kind = draw(st.sampled_from([*types, "enum"]))
    spec = {"type": kind, **draw(_optional(required=st.booleans(), unique=st.booleans(), description=st.just("Said.")))}
    if kind in NUMBERS:
        spec |= draw(_optional(min=st.integers(-3, 0), max=st.integers(1, 3)))
    if kind == "enum" or (kind in TEXTS and draw(st.booleans())):
        spec["allowed"] = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True))
        spec |= draw(_optional(open=st.booleans()))
        if draw(st.booleans()):
            spec["default"] = spec["allowed"][0]
    if kind in TEXTS:
        spec |= draw(_optional(pattern=st.sampled_from(["[a-z]+", ".*"]), pii=st.sampled_from(["email", "name"])))
    if draw(st.booleans()):
        spec |= {"deprecated": True, "removal_date": draw(st.sampled_from(["2027-01-01", "2027-06-01"]))}
    return spec


@st.composite
def schemas(draw, fields=None):
    """A mapping of fields by name, some with parts of their own."""
    fields = plain_fields() if fields is None else fields
    whole = draw(st.dictionaries(st.sampled_from(NAMES), fields, min_size=1, max_size=4))
    if draw(st.booleans()):
        parts = draw(st.dictionaries(st.sampled_from(NAMES), fields, min_size=1, max_size=2))
        whole["whole"] = {"type": "object", "fields": parts}
    return whole


def _slos():
    bound = st.integers(1, 60)
    rule = st.builds("n {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.integers(0, 3))
    listed = st.builds("n in {}".format, st.lists(st.integers(0, 3), min_size=1, max_size=3))
    joined = st.builds("{} {} {}".format, rule, st.sampled_from(["and", "or"]), rule)
    rules = st.lists(st.fixed_dictionaries({"rule": rule | listed | joined}, optional={"name": st.sampled_from("ab")}),
                     max_size=3)  # fmt: skip
    return _optional(
        freshness_minutes=st.fixed_dictionaries({"target": bound, "element": st.just("at")}),
        drift_psi=st.fixed_dictionaries({"target": bound}, optional={"for": bound}),
        completeness_pct=st.fixed_dictionaries({"target": st.integers(90, 99), "expected": bound}),
        accuracy_rules=rules,
    )


@st.composite
def contracts(draw, version="1.0.0"):
    """A whole contract that lint accepts, as the data that its author writes."""
    schema = {"at": {"type": "timestamp", "required": True}, "n": {"type": "integer"}, **draw(schemas())}
    head = {"name": "made_v1", "version": version, "owner": "a@example.com", "on_call": "#a", "schema": schema}
    sensitivity = draw(st.sampled_from(["low", "medium", "high"]))
    promises = _optional(
        residency=st.sampled_from(["us-only", "us-eu", "eu-only"]),
        retention_days=st.integers(1, 900),
        encryption=st.sampled_from(["at_rest", "at_rest+in_transit"]),
        slos=_slos(),
        change_policy=_optional(breaking_change_notice_days=st.integers(1, 30), deprecation_window_days=st.just(9)),
        privacy=_optional(
            deletion_propagation=st.lists(st.sampled_from(NAMES), unique=True),
            audit_log_topic=st.sampled_from(["audit.a", "audit.b"]),
        ),
        consumers=st.lists(st.fixed_dictionaries({"team": st.sampled_from(NAMES)}), max_size=2),
        tags=st.lists(st.sampled_from(WORDS), max_size=2),
        house_key=st.integers(0, 2) | st.dictionaries(st.sampled_from(NAMES), st.booleans(), max_size=2),
    )
    return {**head, "classification": f"pii-{sensitivity}", **draw(promises)}


def written(data, seed=0):
    """One of the many ways to write the same data: order of keys, quoting, flow or block, indentation, comments."""
    dice = random.Random(seed)
    text = yaml.safe_dump(
        _shuffled(data, dice),
        sort_keys=False,
        default_flow_style=dice.choice([None, False, True]),
        default_style=None,
        indent=dice.choice([2, 4]),
        width=dice.choice([20, 80, 1000]),
        allow_unicode=dice.choice([True, False]),
    )
    return f"# version {seed}\n{text}# the end\n"


def _shuffled(value, dice):
    if isinstance(value, dict):
        keys = list(value)
        dice.shuffle(keys)
        return {key: _shuffled(value[key], dice) for key in keys}
    if isinstance(value, list):
        return [_shuffled(item, dice) for item in value]
    return value
