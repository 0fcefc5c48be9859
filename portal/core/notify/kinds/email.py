"""E-mail, through Django's configured backend."""

import hashlib
import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from portal.core.notify.base import Asks, Channel, DeliveryFailed, Letter
from portal.core.notify.registry import channel


@channel("email", "E-mail")
class Email(Channel):
    """Plain text and HTML to one address. The Message-ID comes from the letter's key, so that a repeat is recognised;
    letters about one trouble refer to one root (RFC 5322, 3.6.4), so that mail programs show them as one thread."""

    asks = Asks.MAIL
    for_everything = False

    def deliver(self, letter: Letter) -> None:
        message = EmailMultiAlternatives(
            subject=" ".join(letter.subject.split()),
            body=letter.body,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[letter.address],
            headers={"Message-ID": f"<{letter.key.replace(':', '.')}@custody>", **_thread(letter)},
        )
        message.attach_alternative(render_to_string("notify/letter.html", {"letter": letter}), "text/html")
        try:
            message.send(fail_silently=False)
        except smtplib.SMTPRecipientsRefused as error:
            raise DeliveryFailed("The mail server refused the recipient.", permanent=_for_good(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(f"The mail server did not take it ({type(error).__name__}).") from error


def _thread(letter: Letter) -> dict[str, str]:
    key = letter.details.get("key")
    if not key:
        return {}
    root = f"<{hashlib.sha256(str(key).encode()).hexdigest()[:32]}.thread@custody>"
    return {"References": root, "In-Reply-To": root}


def _for_good(error: smtplib.SMTPRecipientsRefused) -> bool:
    """Whether every refusal is of the 5xx kind; 4xx, as greylisting answers, means: later (RFC 5321, 4.2.1)."""
    return all(code >= 500 for code, _ in error.recipients.values())
