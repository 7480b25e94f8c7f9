"""One mail: its headers, and the SMTP server that takes it."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from urllib.parse import urlsplit

from timebank import checkpoints, notices
from timebank.models import OutboxMessage, Person
from timebank.settings import Settings
from timebank.unit import Unit

# Ten answers of the server at most for one message: less than the lease all together.
ANSWER_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a try to send.

    ``problem`` is a code, None when the server took the message. ``refused`` is an answer that
    will not change soon; ``drop`` means that it is not to be sent any more; ``server_lost`` that
    there is no server to send anything to just now.
    """

    problem: str | None = None
    refused: bool = False
    drop: bool = False
    server_lost: bool = False


def recipient(unit: Unit, message: OutboxMessage) -> Address | None:
    """Who gets a message; None where there is no address (any more)."""
    if message.kind == checkpoints.KIND:
        to = unit.settings.checkpoint_to
        return Address(addr_spec=to) if to else None
    person = unit.db.get_one(Person, message.person_id)
    return Address(person.name, addr_spec=person.email) if person.email else None


def letter(unit: Unit, message: OutboxMessage, to: Address) -> EmailMessage:
    """The whole mail, with the Message-ID it got when the notice was written."""
    subject, body = notices.render(unit, message)
    community = unit.community
    made = EmailMessage()
    sender = unit.settings.mail_from or community.contact_email
    made["From"] = Address(community.name, addr_spec=sender)
    made["To"] = to
    if community.contact_email:
        made["Reply-To"] = Address(community.contact_name, addr_spec=community.contact_email)
    made["Subject"] = subject
    made["Date"] = format_datetime(unit.now)
    made["Message-ID"] = message.message_id
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = community.language
    made.set_content(body, cte="quoted-printable")
    return made


class Server:
    """The configured SMTP server, connected when first needed; use as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    def send(self, made: EmailMessage, address: str) -> Outcome:
        """Hand one mail to the server; never raises for what a server or an address can do."""
        try:
            smtp = self._smtp or self._connect()
        except smtplib.SMTPAuthenticationError:
            return Outcome(problem="server_sign_in_refused", server_lost=True)
        except (OSError, smtplib.SMTPException):
            return Outcome(problem="server_unreachable", server_lost=True)
        try:
            smtp.send_message(made, to_addrs=[address])
        except smtplib.SMTPRecipientsRefused as error:
            self._hang_up()
            lasting = all(code >= 500 for code, _words in error.recipients.values())
            return Outcome(problem="address_refused", refused=lasting)
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            self._hang_up()
            return Outcome(problem="message_refused", refused=error.smtp_code >= 500)
        except (smtplib.SMTPNotSupportedError, UnicodeError, ValueError):
            self._hang_up()
            return Outcome(problem="address_unusable", refused=True)
        except (OSError, smtplib.SMTPException):
            self._hang_up()
            return Outcome(problem="server_lost")
        return Outcome()

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        tls = ssl.create_default_context()
        # Said to the server; without it smtplib asks the network what this machine is called.
        here = urlsplit(settings.address).hostname or "localhost"
        smtp: smtplib.SMTP
        if settings.smtp_security == "tls":
            smtp = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, here, timeout=ANSWER_SECONDS, context=tls
            )
        else:
            smtp = smtplib.SMTP(
                settings.smtp_host, settings.smtp_port, here, timeout=ANSWER_SECONDS
            )
        try:
            if settings.smtp_security == "starttls":
                smtp.starttls(context=tls)
            if settings.smtp_username:
                smtp.login(settings.smtp_username, settings.smtp_password)
        except BaseException:
            smtp.close()
            raise
        self._smtp = smtp
        return smtp

    def _hang_up(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()
