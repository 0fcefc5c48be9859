"""How a Django form is drawn with the anatomy of GOV.UK's form components, and its faults listed."""

from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Fault:
    """One line of the error summary: the sentence, and the id of the control to go to ("" for the whole form)."""

    text: str
    target: str


def faults(form: BaseForm) -> list[Fault]:
    """Every error of the form in the order of its fields, those of the whole form first."""
    found = [Fault(str(text), "") for text in form.non_field_errors()]
    for field in form.hidden_fields():
        found += [Fault(f"{field.label}: {text}", "") for text in field.errors]
    for field in form.visible_fields():
        found += [Fault(f"{field.label}: {text}", _first_control(field)) for text in field.errors]
    return found


def draw(field: BoundField) -> dict[str, Any]:
    """What the field's template needs: ids of hint and error, the control with its ARIA attributes, its shape."""
    hint = f"{field.id_for_label or field.auto_id}-hint" if field.help_text else ""
    error = f"{field.id_for_label or field.auto_id}-error" if field.errors else ""
    described = " ".join(filter(None, (hint, error)))
    return {
        "hint_id": hint,
        "error_id": error,
        "described_by": described,
        "shape": _shape(field),
        "control": _control(field, described),
    }


def _shape(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    return "tick" if isinstance(widget, CheckboxInput) else "line"


def _control(field: BoundField, described: str) -> SafeString:
    attrs: dict[str, str] = {}
    if _shape(field) != "choices":
        if described:
            attrs["aria-describedby"] = described
        if field.errors:
            attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


def _first_control(field: BoundField) -> str:
    return f"{field.auto_id}_0" if _shape(field) == "choices" else field.id_for_label
