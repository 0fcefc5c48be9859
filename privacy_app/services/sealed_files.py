"""Files sealed under a request's key: kept, and read again until the key is destroyed."""

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from privacy_app import sealing
from privacy_app.keystore import KeyShredded
from privacy_app.models import Request, SealedFile


@transaction.atomic
def keep(request: Request, *, name: str, media_type: str, data: bytes) -> SealedFile:
    """Seal `data` under the request's key, as the newest file of this name.

    `name` must not come from whoever gave the file. Raises KeyShredded once the key is destroyed.
    """
    file, _ = SealedFile.objects.update_or_create(
        request=request,
        name=name,
        defaults={
            "media_type": media_type,
            "sealed": sealing.seal_bytes(request.key_name, data),
            "digest": digest(data),
            "size": len(data),
            "made_at": now(),
        },
    )
    return file


def content_of(file: SealedFile) -> bytes:
    """The file in clear. Raises KeyShredded once its request's key is destroyed. A page asks for a reason first."""
    if file.sealed is None:
        raise KeyShredded("This file was destroyed with the key of its request; its digest is still in the evidence.")
    return sealing.unseal_bytes(file.request.key_name, file.sealed)
