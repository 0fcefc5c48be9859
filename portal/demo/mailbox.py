"""Django's e-mail backend for the demo: letters land in a table that a page shows."""

from collections.abc import Sequence
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from portal.core.clock.services import now
from portal.demo.models import Mail


class MailboxBackend(BaseEmailBackend):
    """Keeps each message once by its Message-ID, as a mail server would."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            key = message.extra_headers.get("Message-ID") or f"<{uuid4()}@demo>"
            Mail.objects.get_or_create(
                message_id=key,
                defaults={
                    "to": ", ".join(message.to),
                    "subject": message.subject[:300],
                    "body": str(message.body),
                    "received_at": now(),
                },
            )
        return len(email_messages)
