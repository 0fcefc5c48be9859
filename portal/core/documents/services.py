"""From a template to a PDF/A-3a with its JSON attached, and then signed. Call these in a Celery worker only."""

import logging
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.template.loader import render_to_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from weasyprint import CSS, HTML, Attachment

from portal.core.documents import certificate, timestamping
from portal.core.documents.fetching import InlineOnly
from portal.core.documents.metadata import claim_accessibility
from portal.core.evidence.authority import AuthorityFailed

FIELD = "Custody"
_log = logging.getLogger(__name__)


def render_pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    created: datetime,
    attachments: Sequence[tuple[str, bytes, str]] = (),
) -> bytes:
    """A tagged PDF/A-3a with PDF/UA metadata, byte for byte the same for the same input.

    `attachments` are (file name, bytes, description). Takes about 1.5 seconds and 90 MB for four pages.
    Raises RemoteRefused when the template asks for anything that is not inside it.
    """
    moment = created.astimezone(UTC)
    html = render_to_string(template, {**context, "title": title, "created": moment.isoformat()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its own colour profile's file open
        pdf = HTML(string=html, url_fetcher=InlineOnly()).write_pdf(
            pdf_variant="pdf/a-3a",
            stylesheets=[CSS(string=render_to_string("documents/print.css"), url_fetcher=InlineOnly())],
            pdf_identifier=_identifier(html, attachments),
            attachments=[_attachment(*each, moment) for each in attachments],
        )
    return claim_accessibility(pdf)


def _identifier(html: str, attachments: Sequence[tuple[str, bytes, str]]) -> bytes:
    """The file's /ID: a digest of what goes in, so that it does not change between two renderings."""
    hashed = sha256(html.encode())
    for _, data, _ in attachments:
        hashed.update(data)
    return hashed.hexdigest()[:32].encode()


def _attachment(name: str, data: bytes, description: str, moment: datetime) -> Attachment:
    return Attachment(
        string=data,
        name=name,
        description=description,
        created=moment,
        modified=moment,
        relationship="Source",
    )


def sign_pdf(pdf: bytes) -> bytes:
    """The same bytes with a PAdES signature appended (P-256, the installation's own certificate).

    B-T, with the time of the authority in TSA_URL, where one is set; B-B without one, and where it does not answer:
    a proof is not kept back for it, and the time over the ledger's checkpoint is asked for by itself.
    """
    stamper = timestamping.stamper()
    if stamper is not None:
        try:
            return _signed(pdf, stamper)
        except AuthorityFailed as error:
            _log.warning("a PDF is signed without an outside time: %s", error)
    return _signed(pdf, None)


def _signed(pdf: bytes, stamper: timestamping.Authority | None) -> bytes:
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason="Issued by this installation of Custody",
    )
    out = BytesIO()
    signers.sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        metadata,
        signer=certificate.signer(),
        timestamper=stamper,
        output=out,
        in_place=False,
    )
    return out.getvalue()
