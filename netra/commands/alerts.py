"""`netra alerts`: find what somebody should look at, and tell them."""

from typing import Annotated

import typer

from models.database import make_session
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, fail, number_option, out, print_json, progress_bar
from netra.workplace import open_database

app = typer.Typer(help="Alerts: find them, send digests and webhooks, and try both out.", no_args_is_help=True)


@app.command()
def run(as_json: JsonOption = False) -> None:
    """Find new alerts, deliver webhooks that are due, and send digests whose time has come. One pass, for cron.

    Run it every few minutes; nothing is said twice, also where two run at once or one was killed.

    Example: `netra alerts run`
    """
    from service.alerts.passes import run_pass

    settings = Settings()
    engine = open_database(settings)
    with progress_bar() as progress:
        progress.add_task("Looking", total=None)
        report = run_pass(make_session(engine), settings)
    if as_json:
        print_json(
            {"found": report.found, "queued": report.queued, "deliveries": report.deliveries, "mails": report.mails}
            | {"problems": report.problems}
        )
    else:
        found = ", ".join(f"{kind.value} {count}" for kind, count in report.found.items()) or "nothing new"
        sent = ", ".join(f"{state.value} {count}" for state, count in report.deliveries.items()) or "none due"
        out.print(f"alerts: {found}; webhooks: {sent}; mails: {report.mails}", markup=False, soft_wrap=True)
    for problem in report.problems:
        err.print(f"netra: {problem}", markup=False, soft_wrap=True)
    if report.problems:
        raise typer.Exit(INCOMPLETE)


@app.command("test")
def try_out(
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Send a test mail there.")] = "",
    webhook: Annotated[int | None, number_option("Send a test to this webhook, at once.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Try out the mail server of the settings, or one webhook, without any alert.

    Example: `netra alerts test --email sari@kantor.example`, or `netra alerts test --webhook 2`
    """
    if not email and webhook is None:
        fail("nothing to test was named.", "Say --email ADDRESS or --webhook NUMBER.")
    settings = Settings()
    tried = dict[str, str]()
    if email:
        tried["email"] = _try_mail(settings, email)
    if webhook is not None:
        tried["webhook"] = _try_webhook(settings, webhook)
    if as_json:
        print_json({name: problem or "sent" for name, problem in tried.items()})
    else:
        for name, problem in tried.items():
            out.print(f"{name}: {problem or 'sent'}", markup=False, soft_wrap=True)
    if any(tried.values()):
        raise typer.Exit(INCOMPLETE)


def _try_mail(settings: Settings, email: str) -> str:
    from service.alerts.digest import make_test
    from service.alerts.mail import MailRefused, send_mail
    from service.alerts.subscriptions import ADDRESS
    from service.alerts.webhooks import new_message_id

    if not settings.mail_from:
        fail("no sender of mails is set.", "Set NETRA_MAIL_FROM and the NETRA_SMTP_… settings; docs/alerts.md shows them.")
    if not ADDRESS.fullmatch(email):
        fail(f"{email[:80]} is no mail address.")
    try:
        send_mail(settings, make_test(settings, email, new_message_id()))
    except MailRefused as error:
        return str(error)
    return ""


def _try_webhook(settings: Settings, number: int) -> str:
    from service.alerts.delivering import send_test

    problem = send_test(make_session(open_database(settings)), settings, number)
    if problem is None:
        fail(f"there is no webhook {number}.", "/peringatan/webhook shows yours, with their numbers.")
    return problem
