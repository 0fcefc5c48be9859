"""What the privacy officer finds on the first page about letters and the law's deadline."""

from django.urls import reverse

from portal.core.identity.actors import system_actor
from privacy_app.services import extending, intake, posting


def receive(**more):
    values = {"channel": "letter", "email": "", "claims": {"customer_id": "c_1"}, **more}
    return intake.receive(actor=system_actor("tests"), **values)


def home(world, who="pia"):
    return world.client(who).get(reverse("pages:home")).content.decode()


def test_a_letter_on_paper_is_work_until_it_is_posted(world):
    request = receive()
    assert f"Post the letter “receipt” of {request.req_id}" in home(world)
    assert request.req_id not in home(world, "ana")
    posting.posted(user=world.pia, letter_id=request.letters.get().pk)
    assert "Post the letter" not in home(world)


def test_in_the_last_week_of_the_first_period_it_says_finish_or_extend_and_not_after_an_extension(world, clock):
    request = receive()
    clock.move(days=20)
    assert "Finish or extend" not in home(world)
    clock.move(days=5)
    assert f"Finish or extend {request.req_id}" in home(world)
    extending.extend(user=world.pia, request_id=request.pk, reason="complex")
    assert "Finish or extend" not in home(world)
