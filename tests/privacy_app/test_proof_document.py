"""The proof as a document: it says everything that the JSON says, in words that hostile values cannot change."""

import io
import re
from datetime import UTC, datetime

import pikepdf
import pytest

from portal.core.documents.fetching import RemoteRefused
from portal.core.documents.services import render_pdf
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from privacy_app.domain.drawing import in_words, to_svg
from privacy_app.services.showing import pdf_context, tone_of
from tests.privacy_app.reading_pdf import missing_from, text_of, tight
from tests.privacy_app.rich_proof import rich_proof

AT = datetime(2026, 9, 6, 18, 22, 10, tzinfo=UTC)


def rendered(proof):
    data = canonical_bytes(proof)
    return render_pdf(
        "privacy_app/documents/proof.html",
        pdf_context(proof, digest(data)),
        title=f"Deletion proof {proof['req_id']}",
        created=AT,
        attachments=[("proof.json", data, "The proof")],
    )


def test_every_value_of_a_proof_with_everything_is_in_the_document(tmp_path):
    proof = rich_proof()
    shown = text_of(rendered(proof), tmp_path)
    assert missing_from(shown, proof) == []
    for words in ("None:nothingwaskept", "Nonethatlineageshows"):
        assert words not in shown
    empty = text_of(rendered(rich_proof(models=[], exemptions=[], recipients=[], left_out=[], lineage=[])), tmp_path)
    assert "None:nothingwaskept" in empty


def test_the_headline_follows_the_weakest_system_in_words_and_colour(tmp_path):
    proof = rich_proof()
    assert tight("Deleted, but not shown in every system: at least one could not be probed.") in text_of(
        rendered(proof), tmp_path
    )
    assert tone_of(proof) == "warn"
    clean = {**proof, "systems": [each for each in proof["systems"] if each["verdict"] == "erased"]}
    assert tone_of(clean) == "ok"
    failed = {**proof, "systems": [*clean["systems"], {**clean["systems"][0], "verdict": "failed"}]}
    assert tone_of(failed) == "bad"


def test_two_renderings_are_the_same_bytes_and_the_pictures_are_vectors_with_words():
    pdf = rendered(rich_proof())
    assert pdf == rendered(rich_proof())
    with pikepdf.open(io.BytesIO(pdf)) as document:
        images = [name for page in document.pages for name in page.get_images()]
        objects = [each for each in document.objects if isinstance(each, pikepdf.Dictionary)]
        told = [str(each["/Alt"]) for each in objects if "/Alt" in each]
    assert images == [], "a picture of dots"
    assert in_words(rich_proof()["systems"]) in told
    assert any("public.customers fed features:profile" in each for each in told)


HOSTILE = '<script>alert(1)</script><img src="http://127.0.0.1:9/x"><style>@import url(file:///etc/passwd)</style>'


def test_a_hostile_value_is_text_in_the_document_and_in_the_drawing(tmp_path):
    proof = rich_proof(law=HOSTILE, lineage=[{"from": HOSTILE, "to": "b"}], models=[{"name": HOSTILE, "why": "]]>&"}])
    for each in proof["systems"]:
        each["name"], each["dataset"] = HOSTILE, '"/><a xlink:href="http://127.0.0.1:9/">'
    shown = text_of(rendered(proof), tmp_path)
    assert tight(HOSTILE) in shown
    assert missing_from(shown, proof) == []
    assert "<script" not in to_svg(proof["systems"])


def test_a_drawing_from_outside_stops_the_rendering():
    proof = rich_proof()
    context = pdf_context(proof, "") | {"drawing": "http://127.0.0.1:9/picture.svg"}
    with pytest.raises(RemoteRefused):
        render_pdf("privacy_app/documents/proof.html", context, title="x", created=AT)


def test_the_drawing_shows_every_system_once_in_its_order_and_under_its_place():
    systems = rich_proof()["systems"]
    drawn = re.findall(r">(\d+)  ([^<]+)<", to_svg(systems))
    assert drawn == [(str(number), each["name"]) for number, each in enumerate(systems, 1)]
    assert in_words(systems).endswith(
        "Backups: 8 backups nightly archive, key shredded. This portal, last: 9 portal deletion requests, tombstoned."
    )
