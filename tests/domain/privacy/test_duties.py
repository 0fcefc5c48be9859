"""A later training is not enough: what it read decides."""

from datetime import UTC, datetime, timedelta

import pytest

from privacy_app.domain.duties import Input, TrainingRun, first_without, why_not

ERASED_AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = {"erased": {"people"}, "touched": {"demo/train_set"}, "erased_at": ERASED_AT}


def run(*inputs, hours=1):
    return TrainingRun("/runs/1", ERASED_AT + timedelta(hours=hours), tuple(inputs))


def read(*names, hours=None):
    written = None if hours is None else ERASED_AT + timedelta(hours=hours)
    return Input(frozenset(names), written)


@pytest.mark.parametrize(
    ("training", "why"),
    [
        (run(read("people"), hours=-1), "it began before the erasure had ended"),
        (run(), "lineage does not say what it read"),
        (run(read("demo/train_set")), "it read demo/train_set, which was not written again since the erasure"),
        (
            run(read("demo/train_set", hours=-2)),
            "it read demo/train_set, which was not written again since the erasure",
        ),
        (run(read("people"), read("demo/train_set", hours=-2)), "it read demo/train_set"),
    ],
)
def test_a_training_that_may_have_read_the_subject_does_not_count(training, why):
    assert why_not(training, **KNOWN).startswith(why)


@pytest.mark.parametrize(
    "training", [run(read("people")), run(read("demo/train_set", hours=1)), run(read("currency", hours=-900))]
)
def test_a_training_on_what_was_erased_or_written_since_or_never_held_the_subject_counts(training):
    assert why_not(training, **KNOWN) == ""
    assert first_without([run(), training], **KNOWN) is training
