"""The letters: staff change them by named placeholders, see a preview, go back; some go by post; none can be abused."""

import pytest
from django.core import mail
from django.urls import reverse

from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from privacy_app import tasks
from privacy_app.domain.letters import BUILT_IN, SAMPLE
from privacy_app.domain.notices import PLACEHOLDERS, Notice
from privacy_app.models import Letter, NoticeChange, NoticeText
from privacy_app.services import intake, lifecycle, notices, texts
from tests.privacy_app.driving import fresh


def receive(**more):
    values = {"channel": "form", "email": "dana@example.com", **more}
    made = intake.receive(actor=system_actor("tests"), **values)
    tasks.send_codes()
    return fresh(made)


def save(world, **more):
    data = {"subject": "Ended: {reference}", "body": "Bye {reference}.", "language": "en", **more}
    return world.client("pia").post(reverse("privacy:text", args=["cancelled"]), data)


def test_every_built_in_letter_fills_whole_with_what_a_preview_knows():
    for kind, text in BUILT_IN.items():
        from privacy_app.domain.notices import check, check_body, fill

        check(kind, text.subject)
        check_body(kind, text.body)
        assert PLACEHOLDERS[kind] <= set(SAMPLE)
        assert "{" not in fill(text.subject + text.body, SAMPLE)


def test_a_changed_text_is_sent_and_the_ledger_and_the_page_say_who_changed_it(world, letters):
    assert save(world).status_code == 302
    request = receive()
    lifecycle.cancel(actor=system_actor("tests"), request_id=request.pk, reason="x")
    assert (letters()[-1].subject, letters()[-1].body) == (f"Ended: {request.req_id}", f"Bye {request.req_id}.")
    page = world.client("pia").get(reverse("privacy:text", args=["cancelled"])).content.decode()
    assert "Pia Privacy" in page
    entry = Entry.objects.get(kind="privacy:text:changed")
    assert entry.payload["letter"] == "cancelled"
    assert "Bye" not in str(entry.payload)


def test_a_preview_shows_sample_values_and_keeps_nothing(world):
    page = save(world, preview="1")
    assert page.status_code == 200
    assert f"Bye {SAMPLE['reference']}." in page.content.decode()
    assert not NoticeText.objects.exists()
    assert not NoticeChange.objects.exists()


def test_back_to_the_built_in_text_is_one_button_and_stays_in_the_history(world):
    save(world)
    world.client("pia").post(reverse("privacy:text-restore", args=["cancelled"]), {"language": "en"})
    assert notices.text_of(Notice.CANCELLED) == BUILT_IN[Notice.CANCELLED]
    assert list(NoticeChange.objects.values_list("body", flat=True)) == ["", "Bye {reference}."]
    assert Entry.objects.filter(kind="privacy:text:restored").count() == 1
    assert not texts.restore_text(user=world.pia, kind=Notice.CANCELLED)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"body": "Bye {name} {reference}"}, "{name} does not exist in this letter"),
        ({"body": "Bye."}, "This letter must hold {reference}"),
        ({"subject": "{code}"}, "{code} does not exist in this letter"),
    ],
)
def test_a_text_with_a_wrong_or_a_missing_placeholder_is_refused(world, change, says):
    page = save(world, **change)
    assert page.status_code == 422
    assert says in page.content.decode()
    assert not NoticeText.objects.exists()


@pytest.mark.parametrize(
    "attack", ["{{ settings.SECRET_KEY }}", "{% load custody %}", "{reference.__class__}", "{0}", "<script>x</script>"]
)
def test_what_looks_like_template_code_is_sent_as_it_stands_and_runs_nowhere(world, letters, attack):
    assert save(world, body="{reference} " + attack).status_code == 302
    request = receive()
    lifecycle.cancel(actor=system_actor("tests"), request_id=request.pk, reason="x")
    assert letters()[-1].body == f"{request.req_id} {attack}"
    html = mail.outbox[-1].alternatives[0][0]
    assert "<script>" not in html


def test_a_letter_is_written_in_the_language_of_the_request_else_in_english(world, letters):
    save(world, language="de", subject="Beendet {reference}", body="{reference} ist beendet.")
    for language, subject in (("de", "Beendet"), ("fr", "Your deletion request")):
        request = receive(origin=intake.Origin(language=language), email=f"{language}@example.com")
        lifecycle.cancel(actor=system_actor("tests"), request_id=request.pk, reason="x")
        assert letters()[-1].subject.startswith(subject)


def test_a_line_break_in_what_a_letter_repeats_never_becomes_a_header(world, letters):
    save(world, subject="Ended {reference}")
    NoticeText.objects.update(subject="Ended\r\nBcc: everybody@example.com")
    request = receive()
    lifecycle.cancel(actor=system_actor("tests"), request_id=request.pk, reason="x")
    letters()
    sent = mail.outbox[-1]
    assert sent.recipients() == ["dana@example.com"]
    assert "\n" not in sent.subject
    assert "Bcc" not in {name for name, _ in sent.message().items()}


@pytest.mark.parametrize(
    "address",
    ["dana@example.com\r\nBcc: x@example.com", "dana@example.com\nx", "a@b", "dana@exa mple.com", "\u2028@x.y"],
)
def test_an_address_with_a_line_break_or_no_form_is_asked_again(world, address):
    page = world.client().post(reverse("privacy:intake"), {"step": "0", "email": address})
    assert page.status_code == 422


def test_who_gave_no_address_is_answered_on_paper_and_the_text_is_gone_once_posted(world, clock):
    request = receive(channel="letter", email="", claims={"customer_id": "c_1"})
    letter = Letter.objects.get()
    assert (letter.way, letter.kind, request.acknowledged_at) == ("post", "receipt", None)
    pia = world.client("pia")
    assert request.req_id in pia.get(reverse("privacy:letters")).content.decode()
    page = pia.get(reverse("privacy:letter", args=[letter.pk]))
    assert "What happens next" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    clock.move(days=2)
    pia.post(reverse("privacy:letter", args=[letter.pk]))
    letter.refresh_from_db()
    assert letter.sealed is None
    assert fresh(request).acknowledged_at is not None
    assert pia.get(reverse("privacy:letter", args=[letter.pk])).status_code == 404
    assert Entry.objects.get(kind="privacy:letter:posted").payload["digest"] == letter.digest


def test_a_second_request_is_told_which_older_one_it_is_part_of(drive, letters):
    first, second = drive.planning(), drive.planning()
    assert second.duplicate_of == first
    assert f"your request {first.req_id} is still open" in letters()[-1].body
    assert second.protocol_words()[1:] == ("denied", "too_many_requests")


def test_a_request_that_proves_more_than_the_older_one_is_not_swallowed_by_it(drive, world):
    first = drive.planning()
    second = drive.receive(origin=intake.Origin(more_emails=["dana.old@example.com"]))
    from privacy_app.services import identity

    rows = list(second.identifiers.values_list("pk", flat=True))
    identity.override(user=world.pia, request_id=second.pk, reason="x", identifiers=rows)
    tasks.resolve_waiting()
    assert (fresh(second).state, fresh(first).state) == ("planning", "planning")


def test_the_receipt_is_acknowledged_by_the_first_letter_and_its_latest_day_is_known(world, clock, letters):
    request = receive()
    letters()
    assert fresh(request).acknowledged_at is not None
    assert fresh(request).acknowledged_at <= fresh(request).acknowledge_due
