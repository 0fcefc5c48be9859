"""The tabs of a contract's page are found by walking their package; each has its template."""

import pytest
from django.template.loader import get_template

from contracts_app import tabs


def test_every_tab_has_a_template_and_the_overview_comes_first():
    found = tabs.tabs()
    assert found[0].key == "overview"
    assert {"yaml", "versions", "rules"} <= {each.key for each in found}
    for each in found:
        get_template(each.template)


def test_a_key_that_is_taken_is_refused_with_the_module_that_asked_for_it():
    with pytest.raises(ValueError, match=r"'yaml' is registered twice; rename the one in .*test_contract_tabs"):
        tabs.tabs()

        @tabs.tab(key="yaml", title="Again", order=1, template="contracts_app/tabs/yaml.html")
        def again(_request, _version):
            return {}


def test_each_tab_opens_from_its_address_and_an_unknown_one_shows_the_first(client, world):
    from tests.access.contracts import draft

    page = draft(world).get_absolute_url()
    client.force_login(world.bob)
    for each in tabs.tabs():
        answer = client.get(f"{page}&tab={each.key}")
        assert answer.status_code == 200
    assert "Classification" in client.get(f"{page}&tab=nonsense").content.decode()
