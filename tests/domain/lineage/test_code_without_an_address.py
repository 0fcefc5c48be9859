"""A producer that knows its commit and no repository names the commit by a URN, which is no place to go to."""

from lineage_app.domain.metadata import run_metadata
from lineage_app.domain.run_facts import code_of
from portal.client.lineage.code import Code

SHA = "3f9c2d1a7be04f60a1b6f1f5c1d2e3a4b5c6d7e8"


def test_the_commit_is_shown_and_its_urn_is_not_taken_for_a_repository():
    job = {"sourceCodeLocation": Code(SHA).as_facet("jobs/copy.py")}
    shown = code_of(job)
    assert (shown.revision, shown.repository, shown.repository_url, shown.path) == (SHA, "", "", "jobs/copy.py")
    assert dict(run_metadata({}, job)) == {"Revision": SHA, "Path": "jobs/copy.py"}


def test_a_repository_that_is_known_is_shown():
    job = {"sourceCodeLocation": Code(SHA, "https://git.example/p").as_facet()}
    assert code_of(job).repository == "https://git.example/p"
