"""Guides as pages: links lead inside the portal, and nothing in a text becomes markup of its own."""

import pytest

from portal.pages.help.linking import Picture, Places
from portal.pages.help.rendering import render

PICTURES = {"screenshots/a.png": Picture("/help/pictures/a.png", 1440, 900)}
PLACES = Places("/help/", {"owner", "kinds/odcs"}, PICTURES, {"kinds": "/help/#kinds"})


def html(markdown: str, source: str = "owner") -> str:
    """The HTML of a guide."""
    return render(source, markdown, PLACES).html


@pytest.mark.parametrize(
    ("source", "written", "leads"),
    [
        ("owner", "kinds/odcs.md", 'href="/help/kinds/odcs/"'),
        ("kinds/odcs", "../owner.md#4-sign", 'href="/help/owner/#4-sign"'),
        ("owner", "kinds/", 'href="/help/#kinds"'),
        ("owner", "#4-sign", 'href="#4-sign"'),
        ("owner", "https://openlineage.io", 'href="https://openlineage.io" rel="noopener noreferrer"'),
    ],
)
def test_a_link_leads_to_the_page_of_the_portal(source: str, written: str, leads: str) -> None:
    assert f"<a {leads}>there</a>" in html(f"Go [there]({written}).", source)


@pytest.mark.parametrize("written", ["../deploy/grafana", "//e.org/x", "mailto:a@example.org", "nowhere.md"])
def test_a_link_to_what_the_portal_does_not_show_leaves_its_words(written: str) -> None:
    assert html(f"Go [there]({written}).") == "<p>Go there.</p>\n"


def test_what_is_written_as_html_or_script_stays_text() -> None:
    shown = html("<script>x</script>\n\n[a](javascript:x) <b onclick=x>\n\n```\n</pre><i>\n```\n")
    assert not any(tag in shown for tag in ("<script", "<b", "<i>", "<a"))
    assert "&lt;/pre&gt;&lt;i&gt;" in shown


def test_headings_have_anchors_of_their_own_and_the_title_stands_apart() -> None:
    page = render("owner", "# The `x` title\n\n## 4. Sign\n\n### Why?\n\n## 4. Sign\n", PLACES)
    assert page.title == "The x title"
    assert [(each.level, each.anchor) for each in page.headings] == [(2, "4-sign"), (3, "why"), (2, "4-sign-1")]
    assert [each.anchor for each in page.contents] == ["4-sign", "4-sign-1"]
    assert '<h2 id="4-sign-1">' in page.html
    assert "<h1" not in page.html


def test_a_table_has_the_heading_above_as_its_caption_and_no_style_of_its_own() -> None:
    shown = html("## Numbers\n\n| a | b |\n|---|--:|\n| x | 1 |\n")
    assert '<caption class="visually-hidden">Numbers</caption>' in shown
    assert '<td class="num">1</td>' in shown
    assert "style=" not in shown


def test_a_picture_knows_its_size_and_opens_in_full_and_an_unknown_one_is_left_out() -> None:
    shown = html("![A < B](screenshots/a.png)\n\n![x](screenshots/other.png)")
    assert 'alt="A &lt; B"' in shown
    assert 'width="1440" height="900"' in shown
    assert '<a href="/help/pictures/a.png" class="guide__picture"><img' in shown
    assert "other" not in shown
