"""The form of an indicator's settings: made from its declaration, each shape checked, the whole by the indicator."""

from decimal import Decimal

import pytest

from portal.core.catalog.models import Asset
from slo_app.forms.settings import SettingsForm
from slo_app.indicators.base import Indicator
from slo_app.indicators.registry import kinds
from slo_app.indicators.settings import Setting, SettingError, Shape


class Counted(Indicator):
    """An indicator that asks for one setting of every shape."""

    label, unit, sli = "Counted", "%", "found ÷ expected"
    fields = (
        Setting("source", "What is counted against.", required=True, shape=Shape.ASSET),
        Setting("key", "Tells rows apart.", shape=Shape.COLUMN),
        Setting("where", "Which rows.", shape=Shape.SQL),
        Setting("places", "One a line.", shape=Shape.LINES),
        Setting("how", "The way.", shape=Shape.CHOICE, choices=(("a", "A"), ("b", "B"))),
        Setting("bins", "How many.", shape=Shape.WHOLE, minimum=Decimal(2), maximum=Decimal(50)),
        Setting("share", "How much.", shape=Shape.NUMBER, maximum=Decimal(1)),
        Setting("late", "How late.", shape=Shape.DURATION),
        Setting("strict", "Or not.", shape=Shape.FLAG),
        Setting("expected", "By day.", shape=Shape.MAPPING),
    )

    def check(self, settings):
        if settings.get("how") == "b" and "key" not in settings:
            raise SettingError("key", "Way B needs a column.")

    def measure(self, reader, terms):
        raise NotImplementedError


def filled(**given):
    form = SettingsForm(Counted(), {f"setting-{name}": value for name, value in given.items()})
    return form, form.is_valid()


@pytest.mark.django_db
def test_each_shape_becomes_what_json_holds_and_what_is_empty_is_left_out():
    Asset.objects.create(namespace="shop", name="orders", kind="table")
    form, valid = filled(
        source="shop/orders", key="id", places="eu\n\n us ", how="a", bins="10", share="0.250", late="24h",
        strict="on", expected='{"monday": 5}',
    )  # fmt: skip
    assert valid, form.errors
    assert form.settings == {
        "source": "shop/orders", "key": "id", "places": ["eu", "us"], "how": "a", "bins": 10, "share": "0.25",
        "late": "24h", "strict": True, "expected": {"monday": 5},
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("source", "shop/nothing", "There is no asset"),
        ("bins", "1", "greater than or equal to 2"),
        ("share", "1.5", "less than or equal to 1"),
        ("late", "soon", "is no duration"),
        ("how", "c", "Select a valid choice"),
        ("expected", "[1]", "Write an object"),
    ],
)
def test_what_does_not_fit_its_shape_is_refused_beside_its_control(name, value, said):
    form, valid = filled(**{name: value})
    assert not valid
    assert said in str(form.errors[name])


@pytest.mark.django_db
def test_settings_that_do_not_fit_together_are_refused_by_the_indicator():
    Asset.objects.create(namespace="shop", name="orders", kind="table")
    form, valid = filled(source="shop/orders", how="b")
    assert not valid
    assert form.errors["key"] == ["Way B needs a column."]


@pytest.mark.parametrize("kind", kinds())
def test_every_installed_indicator_draws_its_form(kind):
    form = SettingsForm(kinds()[kind])
    assert set(form.fields) == {each.name for each in kinds()[kind].fields}
