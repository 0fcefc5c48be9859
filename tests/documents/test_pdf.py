"""A PDF that archives, reads aloud, carries its JSON, is the same twice, and loads nothing from outside."""

import subprocess
from hashlib import sha256
from io import BytesIO

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.core.documents.fetching import RemoteRefused
from portal.core.documents.services import sign_pdf
from tests.time_authority import serving

PROOF = b'{"req_id":"DEL-2026-11-22-0001"}'


@pytest.fixture
def file(tmp_path):
    def write(pdf):
        path = tmp_path / "document.pdf"
        path.write_bytes(pdf)
        return path

    return write


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_same_input_gives_the_same_bytes(document):
    assert document(heading="Twice") == document(heading="Twice")
    assert document(heading="Twice") != document(heading="Once")


def test_it_claims_pdf_a_3a_and_pdf_ua_is_tagged_titled_and_has_a_language(document, file):
    info = run("pdfinfo", str(file(document(heading="Claims"))))
    assert "Tagged:          yes" in info
    assert "A letter about one thing" in info
    with pikepdf.open(BytesIO(document(heading="Claims"))) as pdf:
        xmp = pdf.open_metadata()
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"], xmp["pdfuaid:part"]) == ("3", "A", "1")
        assert "/OutputIntents" in pdf.Root
        assert pdf.Root.Lang == "en"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True


def test_the_attached_json_comes_out_byte_for_byte(document, file, tmp_path):
    run("pdfdetach", "-saveall", "-o", str(tmp_path), str(file(document(heading="Attached"))))
    assert (tmp_path / "proof.json").read_bytes() == PROOF
    with pikepdf.open(BytesIO(document(heading="Attached"))) as pdf:
        assert "/AF" in pdf.Root


def test_hostile_text_is_text(document, file):
    pdf = document(heading='<img src="http://127.0.0.1:9/x"><script>1</script>')
    assert "<script>1</script>" in run("pdftotext", str(file(pdf)), "-")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/pixel.png", "file:///etc/hostname", "//169.254.169.254/latest", "ftp://h/x.png"]
)
def test_nothing_is_loaded_from_outside_and_the_refusal_says_so(document, url):
    if url.startswith("//"):
        url = "https:" + url
    with pytest.raises(RemoteRefused, match="nothing from outside"):
        document("remote.html", picture=url)


def test_the_signature_is_valid_covers_the_whole_document_and_only_appends(document, file):
    pdf = document(heading="Signed")
    signed = sign_pdf(pdf)
    assert sha256(signed[: len(pdf)]).digest() == sha256(pdf).digest()
    report = run("pdfsig", "-nocert", str(file(signed)))
    assert "Signature Validation: Signature is Valid." in report
    assert "Total document signed" in report
    assert "ETSI.CAdES.detached" in report


def test_a_changed_byte_breaks_the_signature(document, file):
    signed = bytearray(sign_pdf(document(heading="Signed")))
    place = signed.find(b"proof.json")
    signed[place] ^= 1
    result = subprocess.run(
        ["pdfsig", "-nocert", str(file(bytes(signed)))], capture_output=True, text=True, check=False
    )
    assert "Signature is Valid" not in result.stdout


def test_the_key_is_made_once_and_readable_by_its_owner_only(document, settings):
    document(heading="x")
    sign_pdf(document(heading="x"))
    key = settings.VAR_DIR / "keys" / "pdf_signing_key.pem"
    first = key.read_bytes()
    sign_pdf(document(heading="x"))
    assert key.read_bytes() == first
    assert key.stat().st_mode & 0o077 == 0


@pytest.fixture
def authority(tmp_path_factory, settings):
    with serving(tmp_path_factory.mktemp("tsa")) as made:
        settings.TSA_URL = made.url
        yield made


def test_with_an_authority_the_signature_bears_its_time_as_pades_b_t(document, authority):
    signature = embedded(sign_pdf(document()))
    attributes = [each["type"].native for each in signature.signer_info["unsigned_attrs"]]
    assert attributes == ["signature_time_stamp_token"]
    assert authority.asked in (1, 2), "one to learn the size of an answer, one to stamp"


def test_without_its_answer_the_document_is_signed_all_the_same_and_bears_no_outside_time(document, settings, caplog):
    settings.TSA_URL = "http://127.0.0.1:9/"
    signature = embedded(sign_pdf(document()))
    assert not signature.signer_info["unsigned_attrs"]
    assert "signed without an outside time" in caplog.text


def embedded(pdf):
    """The one signature in a document."""
    [found] = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return found
