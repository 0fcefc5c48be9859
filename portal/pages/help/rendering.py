"""A guide in Markdown as the HTML of its page; raw HTML in it stays text, and links lead where the portal says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from portal.pages.help.linking import Picture, Places, address, anchor, path_of

_COMMENT = re.compile(r"^<!--.*?-->\n", re.M | re.S)
"""Marks for the tests that run a guide's examples."""
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title: its level, its words and its anchor."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Page:
    """A guide's title, its headings in order, and its HTML without the title."""

    title: str
    headings: tuple[Heading, ...]
    html: str

    @property
    def contents(self) -> tuple[Heading, ...]:
        """The headings that a list of contents names."""
        return tuple(each for each in self.headings if each.level == 2)


def render(source: str, markdown: str, places: Places) -> Page:
    """The page of the guide `source`."""
    tokens = _MARKDOWN.parse(_COMMENT.sub("", markdown))
    title, tokens = _without_title(tokens)
    headings = _anchored(tokens)
    for token in tokens:
        if token.children:
            token.children = _placed(token.children, source, places)
    return Page(title, headings, _MARKDOWN.renderer.render(_dressed(tokens, title), _MARKDOWN.options, {}))


def _without_title(tokens: list[Token]) -> tuple[str, list[Token]]:
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            return _words(tokens[at + 1]), tokens[:at] + tokens[at + 3 :]
    return "", tokens


def _words(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [] if child.type in ("text", "code_inline"))


def _anchored(tokens: list[Token]) -> tuple[Heading, ...]:
    found: list[Heading] = []
    seen: Counter[str] = Counter()
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            text = _words(tokens[at + 1])
            name = anchor(text)
            token.attrSet("id", f"{name}-{seen[name]}" if seen[name] else name)
            seen[name] += 1
            found.append(Heading(int(token.tag[1]), text, str(token.attrs["id"])))
    return tuple(found)


def _placed(tokens: list[Token], source: str, places: Places) -> list[Token]:
    """Lead links and pictures to their places; a link without one leaves its words, a picture opens in full size."""
    placed: list[Token] = []
    leads = True
    for token in tokens:
        if token.type == "link_open":
            href = address(source, str(token.attrs["href"]), places)
            leads = bool(href)
            token.attrs = {"href": href} | ({"rel": "noopener noreferrer"} if href.startswith("http") else {})
        if token.type == "image":
            placed += _picture(token, places.pictures.get(path_of(source, str(token.attrs["src"]))))
        elif leads or token.type not in ("link_open", "link_close"):
            placed.append(token)
    return placed


def _picture(token: Token, picture: Picture | None) -> list[Token]:
    if picture is None:
        return []
    size = {"width": picture.width, "height": picture.height}
    token.attrs = {"src": picture.url, "alt": "", "loading": "lazy", **size}
    opened = {"href": picture.url, "class": "guide__picture"}
    return [Token("link_open", "a", 1, attrs=opened), token, Token("link_close", "a", -1)]


def _dressed(tokens: list[Token], title: str) -> list[Token]:
    """The same with the house's classes; a table has the heading above it as its caption."""
    dressed: list[Token] = []
    above, codes = title, 0
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            above = _words(tokens[at + 1])
        if token.type in ("fence", "code_block"):
            codes += 1
            dressed.append(_code(token, f"Example {codes}"))
        elif token.type == "table_open":
            token.attrSet("class", "table")
            caption = f'<caption class="visually-hidden">{escapeHtml(above)}</caption>\n'
            dressed += [_raw('<div class="table-wrap">'), token, _raw(caption)]
        elif token.type == "table_close":
            dressed += [token, _raw("</div>\n")]
        else:
            dressed.append(_cell(token) if token.type in ("th_open", "td_open") else token)
    return dressed


def _cell(token: Token) -> Token:
    """A cell without the style that the content security policy refuses."""
    aligned = str(token.attrs.pop("style", ""))
    if aligned.endswith("right"):
        token.attrSet("class", "num")
    if token.tag == "th":
        token.attrSet("scope", "col")
    return token


def _code(token: Token, name: str) -> Token:
    return _raw(
        f'<pre class="code" tabindex="0" role="region" aria-label="{name}" data-copy data-copy-name="{name}">'
        f"{escapeHtml(token.content)}</pre>\n"
    )


def _raw(html: str) -> Token:
    return Token("html_block", "", 0, content=html, block=True)
