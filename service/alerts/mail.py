"""One mail through the server of the settings. The line is encrypted unless a setting says that it need not be."""

import smtplib
import ssl
from contextlib import closing, suppress
from email.message import EmailMessage

from models.settings import Settings

SECONDS = 15


class MailRefused(Exception):
    """The mail server did not take it; the message says why, without the address of the receiver."""


def send_mail(settings: Settings, message: EmailMessage) -> None:
    """Raises MailRefused where the server is not there, not trusted, or unwilling."""
    try:
        with closing(_connect(settings)) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(message)
            with suppress(smtplib.SMTPException, OSError):  # It has taken the mail, whatever becomes of the parting.
                server.quit()
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _ in error.recipients.values()}
        raise MailRefused(f"the mail server refuses the receiver ({', '.join(map(str, sorted(codes)))})") from error
    except smtplib.SMTPResponseException as error:
        raise MailRefused(f"the mail server answers {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise MailRefused(f"the mail server cannot be used: {type(error).__name__}") from error


def _connect(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except Exception:  # Whatever refuses the encryption, the connection is closed, and nothing goes out in clear.
            server.close()
            raise
    return server
