"""The house's template tags: `{% load custody %}`."""

import re
from datetime import datetime
from typing import Any

from django import template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.forms import BaseForm, BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.core.clock.services import now
from portal.core.web import charts, icons, idempotency, states, times
from portal.core.web.forms import draw, faults
from portal.core.web.request_ids import request_id

NOTICES = ((constants.ERROR, "bad"), (constants.WARNING, "warn"), (constants.SUCCESS, "ok"))

PART_OF_A_KEY = re.compile(r"[^:]+:*|:+")

CODE = '<code class="mono">{}</code>'

register = template.Library()
register.simple_tag(states.state, name="state")
register.simple_tag(icons.icon, name="icon")
register.simple_tag(charts.sparkline, name="sparkline")
register.simple_tag(charts.bars, name="bars")
register.filter("duration", times.duration)


@register.simple_tag(takes_context=True)
def when(context: template.Context, moment: datetime | None, missing: str = "Never") -> SafeString:
    """A time, absolute with its zone and relative to the portal's clock, which is asked once a page."""
    if moment is None:
        return format_html('<span class="muted">{}</span>', missing)
    return format_html(
        '<time class="when" datetime="{}"><span>{}</span> <span class="muted">{}</span></time>',
        moment.isoformat(timespec="seconds"), times.absolute(moment), times.relative(moment, _present(context)),
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def when_now(context: template.Context) -> str:
    """The time at which the page was made, with its zone, for paper."""
    return times.absolute(_present(context))


@register.simple_tag
def digest(value: str) -> SafeString:
    """The first twelve characters of a digest, the whole of it in the title and for copying."""
    if not value:
        return format_html('<span class="muted">{}</span>', "None")
    short = value.removeprefix("sha256:")[:12]
    return format_html('<code class="digest" title="{}" data-copy="{}">{}</code>', value, value, short)


@register.inclusion_tag("portal/_partials/errors.html")
def errors(form: BaseForm | None, *more: BaseForm) -> dict[str, Any]:
    """The error summary of one or several forms; nothing where they have no errors."""
    return {"faults": [fault for each in (form, *more) if each is not None for fault in faults(each)]}


@register.inclusion_tag("portal/_partials/field.html")
def field(bound: BoundField, width: str = "") -> dict[str, Any]:
    """Label, hint, error and control of one field; `width` is "short" or "" for the whole column."""
    return {"field": bound, "width": width, **draw(bound)}


@register.inclusion_tag("portal/_partials/empty.html")
def empty(title: str, text: str = "", url: str = "", label: str = "", icon: str = "") -> dict[str, str]:
    """What an empty list says: that it is empty, why that may be, and what to do next."""
    return {"title": title, "text": text, "url": url, "label": label, "icon": icon}


@register.inclusion_tag("portal/_partials/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """Real progress: a bar and "3 of 9" in words."""
    return {"done": done, "total": total, "label": label}


@register.filter
def message_kind(message: Message) -> str:
    """The kind of notice for a message of Django's, by its level."""
    return next((kind for level, kind in NOTICES if message.level >= level), "info")


@register.simple_tag(name="request_id")
def request_number() -> str:
    """The id of this request, to quote when something failed."""
    return request_id.get()


@register.simple_tag
def idempotency_key() -> SafeString:
    """The hidden field that lets a binding form be taken once."""
    return format_html('<input type="hidden" name="{}" value="{}">', idempotency.FIELD, idempotency.new_key())


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, **changes: Any) -> str:
    """The present page's query with some parameters changed, as `?a=1&page=2`; an empty value drops one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return "?" + query.urlencode()


def _present(context: template.Context) -> datetime:
    request = context.get("request")
    if request is None:
        return now()
    if not hasattr(request, "_custody_now"):
        request._custody_now = now()
    return request._custody_now


@register.filter
def code(text: str) -> SafeString:
    """A sentence whose `words in backticks` are code; everything else stays text.

    >>> code("see `a<b` & c")
    'see <code class="mono">a&lt;b</code> &amp; c'
    """
    parts = [("{}", part) if at % 2 == 0 else (CODE, part) for at, part in enumerate(str(text).split("`"))]
    if len(parts) % 2 == 0:  # a backtick without its partner is a backtick
        return format_html("{}", text)
    return format_html_join("", "{}", ((format_html(how, part),) for how, part in parts))


@register.filter
def breakable(key: str) -> SafeString:
    """A key of several parts that a narrow column breaks between them, never within a word.

    >>> breakable("slo:incident:fired")
    'slo:<wbr>incident:<wbr>fired'
    """
    return format_html_join(SafeString("<wbr>"), "{}", ((part,) for part in PART_OF_A_KEY.findall(str(key))))


@register.filter
def spoken(key: str) -> str:
    """A key in words.

    >>> spoken("privacy_officer")
    'privacy officer'
    """
    return str(key).replace("_", " ")
