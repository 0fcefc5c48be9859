"""Column names that look as if they held personal data: a hint for a person, never a classification."""

from __future__ import annotations

import re

_WORDS = {
    "email", "mail", "phone", "mobile", "fax", "firstname", "lastname", "surname", "forename", "fullname", "birthday",
    "birthdate", "dob", "ssn", "passport", "iban", "address", "street", "zip", "postcode", "zipcode", "gender", "sex",
    "age", "ip", "username", "password", "religion", "ethnicity", "salary", "latitude", "longitude", "lat", "lon",
    "lng", "customer", "patient", "employee", "person", "device", "cookie", "ssid", "imei", "comment", "comments",
    "note", "notes", "message", "subject", "signature", "photo", "voice", "location", "credit", "card",
}  # fmt: skip
_PAIRS = re.compile(r"(first|last|full|given|family|maiden|user|customer|contact|display)_?name|birth|national_?id")


def looks_personal(name: str) -> bool:
    """Whether the name of a column suggests a person's data.

    >>> [looks_personal(name) for name in ("contactEmail", "user_name", "name", "total_usd", "package", "image_url")]
    [True, True, True, False, False, False]
    """
    words = {word.lower() for word in re.split(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])", name) if word}
    return bool(words & _WORDS) or words == {"name"} or bool(_PAIRS.search(name.lower()))
