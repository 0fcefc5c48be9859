"""E-mail, through Django's configured backend."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from portal.core.notify.base import Channel, DeliveryFailed, Letter
from portal.core.notify.registry import channel


@channel("email", "E-mail")
class Email(Channel):
    """Plain text to one address; the Message-ID comes from the letter's key, so that a repeat is recognised."""

    def deliver(self, letter: Letter) -> None:
        message = EmailMessage(
            subject=letter.subject.replace("\n", " "),
            body=letter.body,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[letter.address],
            headers={"Message-ID": f"<{letter.key}@custody>"},
        )
        try:
            message.send(fail_silently=False)
        except smtplib.SMTPRecipientsRefused as error:
            raise DeliveryFailed("The mail server refused the recipient.", permanent=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(f"The mail server did not take it ({type(error).__name__}).") from error
