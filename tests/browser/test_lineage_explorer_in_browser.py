"""The explorer in a real browser: an estate of 100,000 jobs, hostile names, keyboard only, and the same edges in the
drawing as in the table.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from lineage_app.models import Dataset, Job, Run
from tests.browser.browsing import assert_accessible, assert_fits, picture, shoot
from tests.browser.test_lineage_in_browser import chain, known
from tests.lineage_app.sending import event
from tests.lineage_app.test_window_renderings import HOSTILE
from tests.lineage_estate import plant

__all__ = ["known"]


def drawn(page: Any) -> Any:
    """The frame of the page's drawing once it has drawn, which must not be Mermaid's drawing of an error."""
    frame = page.frame_locator("iframe.diagram")
    frame.locator("html[data-drawn=yes]").wait_for(timeout=60_000)
    assert frame.locator("#drawing > svg").count() == 1
    assert frame.locator(".error-icon, .error-text, .failed").count() == 0
    assert "Syntax error" not in frame.locator("#drawing").inner_text()
    return frame


def edges_in_frame(frame: Any) -> list[tuple[str, str]]:
    """The ends of every arrow as generated ids, from the ids that Mermaid gives its paths."""
    ids = frame.locator("svg path.flowchart-link").evaluate_all("paths => paths.map(path => path.dataset.id)")
    return sorted(tuple(re.match(r"L_(n\d+)_(n\d+)_", each).groups()) for each in ids)


def edges_in_table(page: Any) -> list[tuple[str, str]]:
    """The same from the rows of the table, numbered as the window's JSON orders its nodes."""
    link = page.locator("details.files a", has_text="JSON").get_attribute("href")
    keys = [node["key"] for node in page.request.get(link).json()["nodes"]]
    ids = {key: f"n{place}" for place, key in enumerate(keys, 1)}
    rows = page.locator("#edges tbody tr").evaluate_all("rows => rows.map(row => [row.dataset.from, row.dataset.to])")
    return sorted((ids[src], ids[dst]) for src, dst in rows)


QUERIES = ["", "?jobs=1&up=2&down=2", "?group=layer&up=5&down=5&limit=150", "?up=5&down=5&limit=80"]


def test_the_explorer_draws_what_its_table_lists_at_a_hundred_thousand_jobs(visit: Any, world: Any) -> None:
    estate = plant(100_000)
    for query in QUERIES:
        page = visit("cleo", reverse("lineage:dataset", args=[estate.focus]) + query)
        frame = drawn(page)
        shoot(page, f"explorer-{QUERIES.index(query)}")
        assert edges_in_frame(frame) == edges_in_table(page)
        page.close()


def test_hostile_names_are_drawn_as_they_are_and_never_as_an_error(visit: Any, known: Callable[..., int]) -> None:
    names = [name.replace("\x00", "") for name in HOSTILE if name.strip("\x00\x1b")]
    pk = known(
        event(inputs=names[::2], outputs=["features/b"], run=1, job=names[0]),
        event("FAIL", inputs=["features/b"], outputs=names[1::2], run=2, job=names[3]),
    )
    for query in ("", "?jobs=1", "?group=namespace"):
        page = visit("cleo", reverse("lineage:dataset", args=[pk]) + query)
        frame = drawn(page)
        assert edges_in_frame(frame) == edges_in_table(page)
        assert frame.locator("#drawing script, #drawing b, #drawing img").count() == 0
        labels = " ".join(frame.locator(".nodeLabel").all_inner_texts())
        for plain in ("1. list", "- item", "# head", "<script>alert(1)</script>", "end", "`**md**`"):
            assert plain in labels, plain
        assert "Unsupported markdown" not in labels


def test_by_keyboard_alone_from_the_search_to_the_csv(visit: Any, known: Callable[..., int]) -> None:
    known(*chain(), event(inputs=["models/c"], outputs=["products/e"], run=9, job="publish"))
    page = visit("cleo", reverse("lineage:paths"))
    page.locator("#end-from").focus()
    page.keyboard.type("raw/a")
    page.keyboard.press("Tab")
    page.keyboard.type("products/e")
    page.keyboard.press("Enter")
    page.get_by_text("Data flows from raw/a to products/e in 3 steps").first.wait_for()
    _press(page, page.locator("#edges a", has_text="models/c").first)
    page.wait_for_url("**/datasets/**")
    _press(page, page.locator("#edges a", has_text="up").first)
    page.wait_for_url("**expand=**")
    frame = drawn(page)
    frame.locator("svg a").first.focus()
    assert frame.locator("svg a:focus").count() == 1
    _press(page, page.get_by_role("link", name="Impact downstream"))
    page.wait_for_url("**/impact/")
    with page.expect_download() as download:
        _press(page, page.get_by_role("link", name="Download CSV"))
    assert "products/e" in download.value.path().read_text()


def _press(page: Any, link: Any) -> None:
    link.focus()
    page.keyboard.press("Enter")


def test_the_drawing_can_be_fitted_sized_and_follows_the_theme(visit: Any, known: Callable[..., int]) -> None:
    page = visit("cleo", reverse("lineage:dataset", args=[known(*chain())]))
    frame = drawn(page)
    svg = frame.locator("#drawing > svg")
    wide = svg.bounding_box()["width"]
    frame.get_by_role("button", name="Larger").click()
    assert svg.bounding_box()["width"] > wide * 1.2
    frame.get_by_role("button", name="Actual size").click()
    assert abs(svg.bounding_box()["width"] - wide) < 2
    light = frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    frame.locator("#lineage-2, #drawing > svg[id='lineage-2']").first.wait_for()
    assert frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") != light


def test_paper_gets_the_svg_instead_of_the_frame(visit: Any, known: Callable[..., int]) -> None:
    orders = known(
        event(inputs=["app/orders", "app/customers"], outputs=["features/b"], run=1, job="build_features"),
        event(inputs=["features/b"], outputs=["models/churn"], run=2, job="train_churn"),
        event("FAIL", inputs=["features/b"], outputs=["products/forecast"], run=3, job="serve_forecast"),
    )
    page = visit("cleo", reverse("lineage:dataset", args=[orders]))
    drawn(page)
    picture(page, "lineage")
    with page.expect_response(re.compile("graph.svg")) as answer:
        page.pdf()  # a picture that is not shown on the screen is fetched when paper asks for it
    assert answer.value.status == 200
    page.emulate_media(media="print")
    assert not page.locator("iframe.diagram").is_visible()
    page.locator("img.diagram-paper").wait_for()
    shoot(page, "explorer-print")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ways_jobs_runs_impact_columns_and_history_read_well(visit: Any, known: Any, scheme: str) -> None:
    fields = [{"name": "id", "type": "int"}]
    wide = {"namespace": "demo", "name": "features/b", "facets": {"schema": {"fields": fields}}}
    known(*chain(), event(inputs=["raw/a"], outputs=[wide], run=7, minute=9))
    a, c = (Dataset.objects.get(name=name).pk for name in ("raw/a", "models/c"))
    job, run = Job.objects.get(name="load").pk, Run.objects.filter(job__name="train").get().pk
    b = Dataset.objects.get(name="features/b").pk
    pages = {
        "ways": reverse("lineage:paths") + f"?from={a}&to={c}",
        "job": reverse("lineage:job", args=[job]),
        "run": reverse("lineage:run", args=[run]),
        "impact": reverse("lineage:impact", args=[a]),
        "columns": reverse("lineage:columns", args=[b]),
        "history": reverse("lineage:history", args=[b]),
    }
    for name, path in pages.items():
        page = visit("ana", path, scheme=scheme)
        page.wait_for_load_state("networkidle")
        shoot(page, f"lineage-{name}-{scheme}")
        assert_fits(page)
        if scheme == "light":
            assert_accessible(page)
        page.close()
