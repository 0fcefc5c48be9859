"""XMP of a PDF: WeasyPrint claims PDF/A-3a or PDF/UA, not both, so the second claim is added here, before signing.

The claim is true by construction: the file is tagged and titled and has a language. It is "structure checked" by our
tests and never called "validated": no open PDF/A-3 validator is among the packages this project may use.
"""

from io import BytesIO

import pikepdf


def claim_accessibility(pdf: bytes) -> bytes:
    """The same document with pdfuaid:part 1 and DisplayDocTitle, written byte for byte reproducibly."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
            xmp["pdfuaid:part"] = "1"
        document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        document.save(out, deterministic_id=True, fix_metadata_version=False)
    return out.getvalue()
