"""What a statement of an SLO may be made of: each kind of sqlglot node by name, everything else is refused.

A function is here only where every engine's SQL for it gives the same answer, which the conformance suite asks each of
them (`EXAMPLES` there). What reads files, servers, settings or the clock of another place is not here, nor is a
function that sqlglot does not know by name.
"""

from sqlglot import exp

SHAPES: tuple[type[exp.Expression], ...] = (
    exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Offset,
    exp.Distinct, exp.With, exp.CTE, exp.Subquery, exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier,
    exp.Star, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Tuple, exp.Filter, exp.Window, exp.WindowSpec,
    exp.WithinGroup, exp.Qualify, exp.Interval, exp.Var, exp.DataType, exp.DataTypeParam,
)  # fmt: skip
OPERATORS: tuple[type[exp.Expression], ...] = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like,
    exp.ILike, exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.DPipe, exp.NullSafeEQ, exp.NullSafeNEQ,
)  # fmt: skip
FUNCTIONS: tuple[type[exp.Expression], ...] = (
    exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.PercentileCont, exp.Stddev,
    exp.Variance,
    exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Exists, exp.Cast,
    exp.Abs, exp.Ceil, exp.Floor, exp.Round, exp.Sign, exp.Sqrt, exp.Ln, exp.Exp, exp.Pow,
    exp.Lower, exp.Upper, exp.Length, exp.Trim, exp.StartsWith, exp.Substring, exp.Left, exp.Right, exp.Concat,
    exp.CurrentTimestamp, exp.CurrentDate, exp.DateAdd, exp.DateDiff, exp.TsOrDsAdd, exp.TsOrDsToDate,
    exp.TimestampAdd, exp.TimestampSub, exp.TimestampTrunc, exp.Extract, exp.Year, exp.ConvertTimezone,
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead,
)  # fmt: skip
NODES = frozenset((*SHAPES, *OPERATORS, *FUNCTIONS))

_TYPE = exp.DataType.Type
TYPES = frozenset({
    _TYPE.TINYINT, _TYPE.SMALLINT, _TYPE.INT, _TYPE.BIGINT, _TYPE.DECIMAL, _TYPE.FLOAT, _TYPE.DOUBLE, _TYPE.TEXT,
    _TYPE.VARCHAR, _TYPE.CHAR, _TYPE.BOOLEAN, _TYPE.DATE, _TYPE.TIMESTAMP, _TYPE.TIMESTAMPTZ, _TYPE.TIMESTAMPNTZ,
    _TYPE.TIMESTAMPLTZ, _TYPE.DATETIME,
})  # fmt: skip

# What `exp.Var` may say: units of time, which are written as they are.
UNITS = frozenset(
    word
    for unit in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "EPOCH")
    for word in (unit, f"{unit}S")
)
# What a SELECT and a table may be given beside their own kind's nodes; no hint, lock, sample, INTO or time travel.
ARGS: dict[type[exp.Expr], frozenset[str]] = {
    exp.Select: frozenset(
        {
            "with_",
            "distinct",
            "expressions",
            "from_",
            "joins",
            "where",
            "group",
            "having",
            "qualify",
            "order",
            "limit",
            "offset",
        }
    ),
    exp.Table: frozenset({"this", "db", "catalog", "alias"}),
    exp.Window: frozenset({"this", "partition_by", "order", "spec", "over"}),
}
