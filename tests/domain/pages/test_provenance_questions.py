"""What the one box of the provenance page understands."""

from datetime import UTC, datetime

import pytest

from portal.pages.provenance.domain.questions import LONGEST, BadQuestion, Kind, Question, read


@pytest.mark.parametrize(
    ("text", "kind", "name", "version"),
    [
        ("0199a3c2-7d5e-7000-8000-000000000001", Kind.ANY, "0199a3c2-7d5e-7000-8000-000000000001", ""),
        ("run:nightly-7", Kind.RUN, "nightly-7", ""),
        ("Output: answer-7", Kind.OUTPUT, "answer-7", ""),
        ("ml/churn@1.4.0", Kind.MODEL, "ml/churn", "1.4.0"),
        ("model:ml/churn@2026-03-01", Kind.MODEL, "ml/churn", "2026-03-01"),
        ("postgres://db:5432/shop.orders", Kind.ANY, "postgres://db:5432/shop.orders", ""),
        ("run://not-a-prefix/x", Kind.ANY, "run://not-a-prefix/x", ""),
        ("run:a@b", Kind.RUN, "a@b", ""),
        ("lake/o@ders@v1", Kind.MODEL, "lake/o@ders", "v1"),
    ],
)
def test_a_text_is_read_as_what_it_looks_like_unless_a_prefix_says_otherwise(text, kind, name, version) -> None:
    assert read(text) == Question(kind, name, version=version)


@pytest.mark.parametrize(
    ("behind", "meant"),
    [
        ("2026-03-01", datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)),
        ("2026-03-01T10:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T12:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01 10:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_time_is_utc_unless_it_says_its_zone_and_a_day_counts_to_its_end(behind, meant) -> None:
    asked = read(f"lake/orders@{behind}")
    assert (asked.kind, asked.at) == (Kind.DATASET, meant)
    assert read(str(asked)) == asked, "an answer's question asks the same again"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "@2026-03-01", "dataset:lake/orders@v1", "x" * (LONGEST + 1), "a\x00b", "a\x1b[31mb", "a\u202eb"],
)
def test_what_asks_nothing_is_refused_with_a_sentence_that_does_not_repeat_it(text) -> None:
    with pytest.raises(BadQuestion) as refused:
        read(text)
    assert str(refused.value).endswith(".")
    assert not text.strip() or text not in str(refused.value)
