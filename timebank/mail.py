"""One mail: its headers, and the SMTP server that takes it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from urllib.parse import urlsplit

from timebank import checkpoints, communication, languages, news, notice_rules, notices
from timebank.channels import Outcome
from timebank.models import OutboxMessage, Person
from timebank.settings import Settings
from timebank.unit import Unit

# Ten answers of the server at most for one message: less than the lease all together.
ANSWER_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail and the addresses that it goes to."""

    mail: EmailMessage
    addresses: list[str]


def recipient(unit: Unit, message: OutboxMessage) -> Address | None:
    """Who gets a message; None where there is no address (any more)."""
    if message.kind == checkpoints.KIND:
        to = unit.settings.checkpoint_to
        return Address(addr_spec=to) if to else None
    person = unit.db.get_one(Person, message.person_id)
    return Address(person.name, addr_spec=person.email) if person.email else None


def letter(unit: Unit, messages: Sequence[OutboxMessage], to: Address) -> EmailMessage:
    """The whole mail, with the Message-ID that its first notice got when it was written."""
    first = messages[0]
    subject, body = notices.render_together(unit, messages)
    language = languages.of_person(unit, first.person_id)
    made = envelope(unit, to, subject, body, language)
    made["Message-ID"] = first.message_id
    if (copy := copied_in(unit, messages)) is not None:
        made["Cc"] = copy
    if first.kind in notice_rules.NEWS and first.person_id is not None:
        made["List-Unsubscribe"] = f"<{news.address_of(unit, first.person_id)}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return made


def envelope(unit: Unit, to: Address, subject: str, body: str, language: str) -> EmailMessage:
    """A mail of the group's in a language, without a Message-ID yet."""
    community = unit.community
    made = EmailMessage()
    sender = unit.settings.mail_from or community.contact_email
    made["From"] = Address(community.name, addr_spec=sender)
    made["To"] = to
    if community.contact_email:
        made["Reply-To"] = Address(community.contact_name, addr_spec=community.contact_email)
    made["Subject"] = subject
    made["Date"] = format_datetime(unit.now)
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(body, cte="quoted-printable")
    made["Content-Language"] = language  # setting the content clears such headers
    return made


def copied_in(unit: Unit, messages: Sequence[OutboxMessage]) -> Address | None:
    """Who gets a copy, by the person's consent; nobody where a link acts in the person's name."""
    found = communication.of_person(unit, messages[0].person_id or "")
    if found is None or not found.copy_email or not found.copy_agreed_on:
        return None
    if any(notices.KINDS[message.kind].path is None for message in messages):
        return None
    return Address(found.copy_name or "", addr_spec=found.copy_email)


class Server:
    """The configured SMTP server, connected when first needed; use as a context manager."""

    channel = "mail"

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

    def write(self, unit: Unit, messages: Sequence[OutboxMessage]) -> Letter | None:
        """The mail about these messages, all to one person; None without an address."""
        to = recipient(unit, messages[0])
        if to is None:
            return None
        made = letter(unit, messages, to)
        copy = copied_in(unit, messages) if made["Cc"] else None
        return Letter(mail=made, addresses=[to.addr_spec, *([copy.addr_spec] if copy else [])])

    def send(self, made: Letter) -> Outcome:
        """Hand one mail to the server; never raises for what a server or an address can do."""
        try:
            smtp = self._smtp or self._connect()
        except smtplib.SMTPAuthenticationError:
            return Outcome(problem="server_sign_in_refused", server_lost=True)
        except (OSError, smtplib.SMTPException):
            return Outcome(problem="server_unreachable", server_lost=True)
        try:
            smtp.send_message(made.mail, to_addrs=made.addresses)
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
