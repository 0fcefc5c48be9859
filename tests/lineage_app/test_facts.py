"""What a run or a dataset said becomes findable once, and goes when it is said no longer."""

from typing import Any

from lineage_app.models import Dataset, Fact, JobUse, Run
from lineage_app.services import rebuild
from tests.lineage_app.sending import event

CODE = {"sourceCodeLocation": {"type": "git", "version": "4F2A9C1", "repoUrl": "https://git.example/shop/load.git"}}
RUN = {
    "tags": {"tags": [{"key": "image", "value": "registry.example/load:1.4@sha256:abc"}, {"key": "nightly"}]},
    "executionParameters": {"parameters": [{"key": "d", "name": "day", "value": "2026-03-01"}]},
}
TABLE = {
    "namespace": "demo",
    "name": "b",
    "facets": {
        "schema": {"fields": [{"name": "Email", "type": "text"}]},
        "tags": {"tags": [{"key": "pii", "value": "true", "field": "Email"}]},
        "ownership": {"owners": [{"name": "team:shop"}]},
    },
}


def words(**where: Any) -> set[tuple[str, str]]:
    return set(Fact.objects.filter(**where).values_list("kind", "value"))


def test_a_run_and_its_datasets_are_findable_by_what_they_say(send: Any) -> None:
    send(event(outputs=[TABLE], job_facets=CODE, run_facets=RUN))
    assert words(dataset=None) == {
        ("revision", "4f2a9c1"),
        ("repository", "git.example/shop/load"),
        ("repository", "shop/load"),
        ("repository", "load"),
        ("image", "registry.example/load:1.4@sha256:abc"),
        ("image", "load:1.4"),
        ("image", "1.4"),
        ("image", "sha256:abc"),
        ("tag", "image=registry.example/load:1.4@sha256:abc"),
        ("tag", "nightly"),
        ("parameter", "day=2026-03-01"),
    }
    assert words(job=None) == {("column", "email"), ("tag", "pii"), ("owner", "team:shop"), ("owner", "shop")}


def test_a_second_run_that_says_the_same_adds_nothing_and_the_first_stays_named(send: Any) -> None:
    send(event(job_facets=CODE), event(run=2, minute=5, job_facets=CODE))
    assert [fact.run for fact in Fact.objects.filter(kind="revision")] == [Run.objects.earliest("first_at")]
    assert sorted(JobUse.objects.values_list("role", "dataset__name")) == [("input", "a"), ("output", "b")]


def test_a_word_that_a_dataset_no_longer_has_finds_it_no_longer(send: Any) -> None:
    send(event(outputs=[TABLE]))
    renamed = {**TABLE, "facets": {"schema": {"fields": [{"name": "mail"}]}}}
    send(event(run=2, minute=5, outputs=[renamed]))
    assert ("column", "email") not in words(dataset=Dataset.objects.get(name="b"))
    assert ("column", "mail") in words(dataset=Dataset.objects.get(name="b"))


def test_a_rebuild_leaves_what_the_events_say_and_nothing_else(send: Any) -> None:
    send(event(outputs=[TABLE], job_facets=CODE, run_facets=RUN))
    before = words(), set(JobUse.objects.values_list("role", "dataset__name"))
    Fact.objects.create(kind="tag", value="stray", dataset=Dataset.objects.get(name="b"))
    rebuild()
    assert (words(), set(JobUse.objects.values_list("role", "dataset__name"))) == before
