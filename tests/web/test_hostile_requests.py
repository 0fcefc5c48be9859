"""What no page may fall over: a NUL in an address, a question or a form."""

import pytest
from django.urls import reverse

from contracts_app.models import Contract

NUL = "\0"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["contracts:list", "contracts:waivers", "gates:list", "pages:search", "pages:assets"])
@pytest.mark.parametrize("key", ["q", "state", "team", "job", "verdict", "page"])
def test_a_nul_in_a_question_is_answered_400_with_a_page(world, name, key):
    answer = world.client("ana").get(reverse(name), {key: f"a{NUL}"})
    assert answer.status_code == 400
    assert "This could not be read" in answer.content.decode()


@pytest.mark.django_db
def test_a_nul_in_a_form_changes_nothing(world):
    answer = world.client("ana").post(reverse("contracts:import"), {"text": f"name: a{NUL}", "action": "save"})
    assert answer.status_code == 400


@pytest.mark.django_db
def test_a_nul_in_the_address_of_the_api_is_refused(world, client):
    headers = {"Authorization": f"Bearer {world.token('contracts:read')}"}
    assert client.get("/api/v1/contracts/a%00b/active", headers=headers).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a" * 300, "../../etc/passwd", '"a\\nb"', "5x", "'<b>x</b>'"])
def test_a_contract_by_a_name_that_no_file_could_have_is_refused_with_its_line(world, name):
    text = f"owner: platform\nname: {name}\nversion: 1.0.0\nschema: {{a: {{type: string}}}}\n"
    answer = world.client("ana").post(reverse("contracts:import"), {"text": text})
    assert answer.status_code == 422
    assert "Line 2" in answer.content.decode()
    assert not Contract.objects.exists()
