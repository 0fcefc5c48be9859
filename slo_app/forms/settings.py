"""The form of an indicator's own settings, made from its declaration: one control a setting, checked by its shape."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from portal.core.catalog.selectors import asset_of_key, resolve_asset

from ..domain.bounds import plain
from ..domain.durations import parse
from ..indicators.base import Indicator
from ..indicators.settings import Setting, SettingError, Shape


class LinesField(forms.CharField):
    """Several values, one a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class DurationTextField(forms.CharField):
    """A duration as contracts write it; stays text."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        if text:
            try:
                parse(text)
            except ValueError as error:
                raise forms.ValidationError(str(error)) from error
        return text


class AssetKeyField(forms.CharField):
    """The key of an asset that the catalog knows."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        if not text:
            return ""
        asset = asset_of_key(text) or resolve_asset(text)
        if asset is None:
            raise forms.ValidationError(f"There is no asset “{text}”. Write its namespace, a slash and its name.")
        return asset.key


class SettingsForm(forms.Form):
    """An indicator's settings; `settings` is what goes into `Slo.settings`, without what was left empty."""

    def __init__(self, indicator: Indicator, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="setting", **kwargs)
        self.indicator = indicator
        for each in indicator.fields:
            self.fields[each.name] = FIELDS[each.shape](each)

    def clean(self) -> dict[str, Any]:
        """Ask the indicator whether the settings fit together, once each by itself is fine."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.indicator.check(self.settings)
            except SettingError as error:
                self.add_error(error.name if error.name in self.fields else None, str(error))
        return cleaned

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as JSON holds them."""
        given = ((each, self.cleaned_data.get(each.name)) for each in self.indicator.fields)
        return {each.name: _stored(each, value) for each, value in given if value not in (None, "", [], {})}


def _stored(setting: Setting, value: Any) -> Any:
    return plain(value) if setting.shape is Shape.NUMBER else value


def _common(setting: Setting) -> dict[str, Any]:
    return {
        "label": setting.title,
        "help_text": setting.help,
        "required": setting.required,
        "initial": setting.default,
    }


def _text(setting: Setting) -> forms.Field:
    return forms.CharField(max_length=400, **_common(setting))


def _sql(setting: Setting) -> forms.Field:
    attrs = {"rows": 8, "spellcheck": "false", "class": "mono"}
    return forms.CharField(max_length=20_000, widget=forms.Textarea(attrs=attrs), **_common(setting))


def _choice(setting: Setting) -> forms.Field:
    nothing = () if setting.required or setting.default is not None else (("", "As the indicator does it by itself"),)
    return forms.ChoiceField(choices=[*nothing, *setting.choices], **_common(setting))


def _whole(setting: Setting) -> forms.Field:
    return forms.IntegerField(min_value=_int(setting.minimum), max_value=_int(setting.maximum), **_common(setting))


def _int(bound: Any) -> int | None:
    return None if bound is None else int(bound)


def _number(setting: Setting) -> forms.Field:
    return forms.DecimalField(min_value=setting.minimum, max_value=setting.maximum, **_common(setting))


def _flag(setting: Setting) -> forms.Field:
    return forms.BooleanField(**_common(setting) | {"required": False})


class MappingField(forms.JSONField):
    """A JSON object."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found is not None and not isinstance(found, dict):
            raise forms.ValidationError(f"Write an object such as {json.dumps({'key': 'value'})}.")
        return found


FIELDS = {
    Shape.TEXT: _text,
    Shape.COLUMN: _text,
    Shape.ASSET: lambda each: AssetKeyField(max_length=400, **_common(each)),
    Shape.SQL: _sql,
    Shape.LINES: lambda each: LinesField(max_length=20_000, **_common(each)),
    Shape.CHOICE: _choice,
    Shape.WHOLE: _whole,
    Shape.NUMBER: _number,
    Shape.DURATION: lambda each: DurationTextField(max_length=40, **_common(each)),
    Shape.FLAG: _flag,
    Shape.MAPPING: lambda each: MappingField(**_common(each)),
}
