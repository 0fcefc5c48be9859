"""The time in a PDF's signature (PAdES B-T): pyHanko asks, the one outgoing client carries the question."""

from asn1crypto import tsp  # type: ignore[import-untyped]  # no types are published for it
from django.conf import settings
from pyhanko.sign.timestamps import TimeStamper

from portal.core.evidence import authority


class Authority(TimeStamper):
    """The authority of TSA_URL."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One question and its answer; raises AuthorityFailed. Blocks, since documents are made in a worker."""
        return authority.ask(req)


def stamper() -> Authority | None:
    """The authority that stamps signatures, None where none is set."""
    return Authority() if settings.TSA_URL else None
