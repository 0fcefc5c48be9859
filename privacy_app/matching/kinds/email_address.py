"""E-mail addresses (RFC 5321): the one kind that a requester proves here, by a code that goes to the normal form."""

from privacy_app.matching.base import DOTS, NotOfThisKind, Rule
from privacy_app.matching.registry import rule


@rule("email", "email_address")
class EmailAddress(Rule):
    """Letter case folds, in every connector too; a plus tag, a dot or a letter that looks alike is another address."""

    label = "e-mail address"
    may_be_proved = True
    one_person = True
    folds = True

    def normalise(self, text: str) -> str:
        local, at, host = text.lower().rpartition("@")
        if not (local and at and "." in host.strip(".")) or any(each.isspace() for each in text):
            raise NotOfThisKind("An e-mail address has a name, an @ and a host with a dot.")
        return f"{local}@{'.'.join(map(_unicode, host.rstrip('.').split('.')))}"

    def loosely(self, text: str) -> str:
        return text.lower()

    def hint(self, value: str) -> str:
        local, at, host = value.rpartition("@")
        if not at:
            return super().hint(value)
        domain, _, ending = host.rpartition(".")
        return f"{local[:1]}{DOTS}@{domain[:1]}{DOTS}.{ending}"

    def spellings(self, value: str) -> tuple[str, ...]:
        local, at, host = value.rpartition("@")
        ascii_host = ".".join(map(_punycode, host.split(".")))
        return (f"{local}@{ascii_host}",) if at and ascii_host != host else ()


def _unicode(label: str) -> str:
    """A label of a host as Unicode. Decoded, never mapped: a mapping would make one host of `straße` and `strasse`."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _punycode(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
