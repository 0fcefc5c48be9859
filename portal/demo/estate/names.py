"""What the estate's things are called, by their OpenLineage names."""

from dataclasses import dataclass

POSTGRES = "postgres://estate"
LAKE = "file://estate-lake"
FEATURES = "redis://estate"
MODELS = "models://estate"
PRODUCTS = "product://estate"
APP = "app://estate"
LAKEHOUSE = "file://estate-lakehouse"
LOYALTY = "sqlite://estate-loyalty"
BACKUPS = "backup://estate"
DESK = "manual://estate-desk"
JOBS = "demo"


@dataclass(frozen=True)
class Named:
    """One dataset of the estate, with what the catalog knows of it and its columns."""

    namespace: str
    name: str
    kind: str
    layer: str
    columns: tuple[tuple[str, str], ...]
    tier: int | None = None
    tier_reason: str = ""
    aliases: tuple[str, ...] = ()
    owner: str = "data-platform"


APP_EVENTS = Named(
    APP, "product_events", "stream", "source",
    (("customer_id", "string"), ("event_ts", "timestamp"), ("event_type", "string"), ("amount_usd", "double")),
)  # fmt: skip
CUSTOMERS = Named(
    POSTGRES, "estate.app.customers", "table", "source",
    (("customer_id", "text"), ("email", "text"), ("name", "text"), ("device_id", "text")), aliases=("oltp_customers",),
)  # fmt: skip
EVENTS = Named(
    POSTGRES, "estate.app.customer_events", "table", "ingest",
    (("customer_id", "text"), ("event_ts", "timestamptz"), ("event_type", "text"), ("amount_usd", "float8")),
    1, "board KPI", ("customer_events_v1",),
)  # fmt: skip
ORDERS = Named(
    POSTGRES, "estate.app.orders", "table", "source",
    (("order_id", "text"), ("placed_at", "timestamptz"), ("status", "text"), ("total_usd", "float8")),
    1, "board KPI", ("orders_v1",),
)  # fmt: skip
CLICKSTREAM = Named(
    LAKE, "clickstream", "file_set", "raw",
    (("customer_id", "string"), ("device_id", "string"), ("event_ts", "timestamp"), ("event_type", "string")),
    aliases=("raw_lake/clickstream", "lake/clickstream"),
)  # fmt: skip
PROFILE = Named(
    FEATURES, "customer_profile", "feature_view", "feature",
    (("customer_id", "string"), ("events", "int"), ("purchases", "int"), ("spend_usd", "double")),
    aliases=("features/customer_profile", "feature_store/customer_profile"),
)  # fmt: skip
SEMANTIC = Named(
    POSTGRES, "estate.vectors.customer_semantic", "vector_index", "vector",
    (("customer_id", "text"), ("embedding", "vector(32)")), 1, "vector store",
    ("vectors/customer_semantic", "vector_db/customer_semantic"),
)  # fmt: skip
TOTALS = Named(
    POSTGRES, "estate.app.event_totals", "table", "source",
    (("minute", "timestamptz"), ("rows_sent", "int")), aliases=("event_totals",),
)  # fmt: skip
SCORES = Named(
    POSTGRES, "estate.app.churn_scores", "table", "model",
    (("scored_at", "timestamptz"), ("score", "float8"), ("segment", "text")),
    aliases=("churn_scores_v1",), owner="mlops",
)  # fmt: skip
DOCUMENTS = Named(
    POSTGRES, "estate.app.assistant_documents", "table", "source",
    (("document_id", "text"), ("title", "text"), ("body", "text"), ("deleted_at", "timestamptz")), owner="ai-safety",
)  # fmt: skip
RETRIEVALS = Named(
    POSTGRES, "estate.app.assistant_retrievals", "table", "transform",
    (("answer_id", "int8"), ("document_id", "text")), owner="ai-safety",
)  # fmt: skip
ANSWERS = Named(
    POSTGRES, "estate.app.assistant_answers", "table", "product",
    (
        ("answer_id", "int8"), ("answered_at", "timestamptz"), ("question", "text"), ("answer", "text"),
        ("citations", "jsonb"), ("refused", "bool"),
    ), aliases=("assistant_answers_v1",), owner="ai-safety",
)  # fmt: skip
CHURN = Named(MODELS, "churn", "model", "model", (("weight", "double"),), owner="ml-platform")
FORECAST = Named(
    PRODUCTS, "churn_forecast", "product", "product",
    (("segment", "text"), ("share_at_risk", "double")), 1, "board KPI", owner="ml-platform",
)  # fmt: skip

CLICKS = Named(
    FEATURES, "clicks", "stream", "ingest",
    (("customer_id", "string"), ("event_type", "string"), ("event_ts", "string")), aliases=("streams/clicks",),
)  # fmt: skip
ACTIVITY = Named(
    LAKEHOUSE, "customer_activity", "table", "transform",
    (("customer_id", "string"), ("email", "string"), ("events", "int"), ("last_event", "timestamp")),
    aliases=("lakehouse/customer_activity",),
)  # fmt: skip
CARDS = Named(
    LOYALTY, "cards", "table", "transform",
    (("card_no", "text"), ("customer_id", "text"), ("email", "text"), ("name", "text"), ("points", "int")),
    aliases=("loyalty/cards",),
)  # fmt: skip
NIGHTLY = Named(
    BACKUPS, "customers", "file_set", "raw",
    (("customer_id", "text"), ("email", "text"), ("name", "text"), ("device_id", "text")),
    aliases=("backups/customers",),
)  # fmt: skip
CASES = Named(
    DESK, "support_cases", "table", "product",
    (("contact", "text"), ("case", "text")), aliases=("support_desk/cases",),
)  # fmt: skip

ALL = (
    APP_EVENTS, TOTALS, CUSTOMERS, EVENTS, ORDERS, CLICKSTREAM, PROFILE, SEMANTIC, CHURN, SCORES, FORECAST,
    DOCUMENTS, RETRIEVALS, ANSWERS, CLICKS, ACTIVITY, CARDS, NIGHTLY, CASES,
)  # fmt: skip
FLOWS = {
    # the hop from the clickstream to the features is missing: the pipeline reads the events instead
    "Churn forecast": (APP_EVENTS, EVENTS, CLICKSTREAM, PROFILE, CHURN, FORECAST),
    "Customer search": (APP_EVENTS, EVENTS, PROFILE, SEMANTIC),
}
