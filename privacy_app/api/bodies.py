"""Bodies of requests from programs: a JSON object of a bounded size, or a sentence."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

LARGEST = 64 * 1024


class BadInput(ValueError):
    """The body cannot be used; the sentence says what to send instead and repeats nothing of it."""


class TooLarge(BadInput):
    """The body is longer than is read (413)."""


def body_of(request: HttpRequest, *, empty: bool = False, largest: int = LARGEST) -> dict[str, Any]:
    """The JSON object of a request; raises BadInput. `empty` lets a body of no bytes stand for an empty object."""
    data = bytes_of(request, largest)
    if empty and not data:
        return {}
    try:
        body = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadInput("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadInput("The body must be a JSON object.")
    return body


def bytes_of(request: HttpRequest, largest: int = LARGEST) -> bytes:
    """The body as it came; what is announced as too long is not read at all."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and int(announced) > largest:
        raise TooLarge(f"The body is larger than {largest // 1024} KiB. Send fewer at once.")
    try:
        data = request.body
    except RequestDataTooBig:
        raise TooLarge(f"The body is larger than {largest // 1024} KiB. Send fewer at once.") from None
    except UnreadablePostError:
        raise BadInput("The body broke off before its end.") from None
    if len(data) > largest:
        raise TooLarge(f"The body is larger than {largest // 1024} KiB. Send fewer at once.")
    return data


def _no_number(_: str) -> Any:
    raise ValueError("NaN and Infinity are no JSON")


def is_text(value: Any, longest: int) -> bool:
    """Whether a value is a text of 1 to `longest` characters that can be kept: no controls, no half of a character."""
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\x00" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate, which JSON can spell and UTF-8 cannot
        return False
    return True
