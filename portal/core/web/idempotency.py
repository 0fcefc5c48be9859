"""The key by which a form that binds or destroys is taken once, however often it is sent.

A page draws the key with `{% idempotency_key %}`; the view reads it with `key_of` and hands it to the service, which
stores it under a unique constraint in the transaction of its change. That row decides: a second POST finds it and is
led to the first one's result.
"""

import uuid

from django.core.exceptions import BadRequest
from django.http import HttpRequest

FIELD = "idempotency_key"
HEADER = "Idempotency-Key"


def new_key() -> str:
    """A fresh key, drawn when the page is made."""
    return str(uuid.uuid4())


def key_of(request: HttpRequest) -> uuid.UUID:
    """The key that came with this POST, in its form or, from a program, in the header `Idempotency-Key`.

    Raises BadRequest where there is none or it is not a UUID.
    """
    sent = request.POST.get(FIELD) or request.headers.get(HEADER, "")
    try:
        return uuid.UUID(sent)
    except ValueError:
        raise BadRequest("This form came without its key. Open the page again and send it from there.") from None
