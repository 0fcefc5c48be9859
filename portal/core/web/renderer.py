"""Draws form controls; a select is written without a template an option, of which a list of teams has hundreds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

SELECT = "django/forms/widgets/select.html"


class Renderer(DjangoTemplates):
    """Django's templates, and for a select the same text by hand."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        """The control as HTML."""
        if template_name == SELECT:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for name, options, _ in widget["optgroups"]:
        parts += [f'<optgroup label="{conditional_escape(name)}">'] if name else []
        parts += _options(options)
        parts += ["</optgroup>"] if name else []
    return SafeString("\n".join([*parts, "</select>"]))  # each part is escaped


def _options(options: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for each in options:
        value, label = conditional_escape(str(each["value"])), conditional_escape(each["label"])
        yield f'<option value="{value}"{_attributes(each["attrs"])}>{label}</option>'


def _attributes(attrs: Mapping[str, Any]) -> str:
    shown = ((name, value) for name, value in attrs.items() if value is not False)
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"' for name, value in shown
    )
