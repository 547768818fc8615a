"""The ways out of the house: a person's digest by mail, and webhooks of whoever manages a queue."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from models import Cadence
from service.accounts.actor import Actor
from service.alerts import subscriptions, unsubscribing, webhooks
from service.alerts.delivering import BACK_OFF_MINUTES
from service.dependencies import AlertReader, AppSettings, HouseKeys, QueueManager, Reading, Writing
from service.errors import InvalidInput
from service.pages import language_of, render, see_other

router = APIRouter(prefix="/peringatan", include_in_schema=False)

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Number = Annotated[int | None, Form(alias="pengantaran", ge=1, le=LARGEST_ID)]
LinkPerson = Annotated[int, Query(alias="orang", ge=1, le=LARGEST_ID)]
LinkProof = Annotated[str, Query(alias="bukti", max_length=64)]


@router.get("/langganan")
def show_subscription(request: Request, session: Reading, settings: AppSettings, actor: AlertReader) -> HTMLResponse:
    stored = subscriptions.get_subscription(session, actor)
    values = {"stored": stored, "email": stored.email, "cadence": stored.cadence, "problem": ""}
    return render(request, "alerts/subscription.html", cadences=list(Cadence), has_mail=bool(settings.mail_from), **values)


@router.post("/langganan")
def subscribe(
    request: Request,
    session: Writing,
    settings: AppSettings,
    actor: AlertReader,
    email: Annotated[str, Form(alias="surel", max_length=400)] = "",
    cadence: Annotated[Cadence, Form(alias="irama")] = Cadence.OFF,
) -> Response:
    try:
        subscriptions.subscribe(session, actor, email, cadence)
    except InvalidInput as error:
        values = {"stored": subscriptions.get_subscription(session, actor), "email": email, "cadence": cadence}
        values |= {"problem": error.say(language_of(request)), "cadences": list(Cadence), "has_mail": bool(settings.mail_from)}
        return render(request, "alerts/subscription.html", status=422, **values)
    return see_other("/peringatan/langganan")


@router.get("/berhenti")
def ask_whether_to_end(request: Request, session: Reading, keys: HouseKeys, person: LinkPerson, proof: LinkProof) -> HTMLResponse:
    """A page with a button: programs that follow every link of a mail end nothing by it."""
    unsubscribing.find(session, keys, person, proof)
    return _end_page(request, person, proof, is_done=False)


@router.post("/berhenti")
def end_subscription(request: Request, session: Writing, keys: HouseKeys, person: LinkPerson, proof: LinkProof) -> HTMLResponse:
    """From that page, or from a mail program by RFC 8058, which sends neither cookie nor Origin."""
    unsubscribing.unsubscribe(session, keys, person, proof)
    return _end_page(request, person, proof, is_done=True)


@router.get("/webhook")
def show_webhooks(request: Request, session: Reading, actor: QueueManager) -> HTMLResponse:
    return _webhooks_page(request, session, actor)


@router.post("/webhook")
def add_webhook(
    request: Request,
    session: Writing,
    settings: AppSettings,
    keys: HouseKeys,
    actor: QueueManager,
    name: Annotated[str, Form(alias="nama", max_length=200)] = "",
    url: Annotated[str, Form(alias="alamat", max_length=4000)] = "",
) -> HTMLResponse:
    """The secret is in the answer itself: it must stand in no address."""
    try:
        _, secret = webhooks.add_webhook(session, actor, keys, name, url, allows_private=settings.alerts_private_hosts)
    except InvalidInput as error:
        given = {"nama": name, "alamat": url}
        return _webhooks_page(request, session, actor, given=given, problem=error.say(language_of(request)), status=422)
    return _webhooks_page(request, session, actor, secret=secret)


@router.post("/webhook/{webhook_id}/uji")
def test_webhook(session: Writing, actor: QueueManager, webhook_id: Id) -> Response:
    webhooks.queue_test(session, actor, webhook_id)
    return see_other("/peringatan/webhook")


@router.post("/webhook/{webhook_id}/rahasia")
def change_secret(request: Request, session: Writing, keys: HouseKeys, actor: QueueManager, webhook_id: Id) -> HTMLResponse:
    """The secret is in the answer itself: it must stand in no address."""
    secret = webhooks.change_secret(session, actor, keys, webhook_id)
    return _webhooks_page(request, session, actor, secret=secret, is_changed=True)


@router.post("/webhook/{webhook_id}/kirim-lagi")
def send_again(session: Writing, actor: QueueManager, webhook_id: Id, delivery: Number = None) -> Response:
    """All that was given up, or the one delivery whose button it was."""
    webhooks.send_again(session, actor, webhook_id, delivery)
    return see_other(f"/peringatan/webhook#webhook-{webhook_id}")


@router.post("/webhook/{webhook_id}/hapus")
def end_webhook(session: Writing, actor: QueueManager, webhook_id: Id) -> Response:
    webhooks.end_webhook(session, actor, webhook_id)
    return see_other("/peringatan/webhook")


def _end_page(request: Request, person: int, proof: str, *, is_done: bool) -> HTMLResponse:
    values = {"person": person, "proof": proof, "is_done": is_done, "here": "/peringatan/langganan"}
    return render(request, "alerts/unsubscribe.html", **values)


def _webhooks_page(
    request: Request,
    session: Session,
    actor: Actor,
    *,
    secret: str = "",
    is_changed: bool = False,
    given: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    values = {
        "rows": webhooks.list_webhooks(session, actor),
        "secret": secret,
        "is_changed": is_changed,
        "given": given or {"nama": "", "alamat": ""},
        "problem": problem,
    }
    values |= {"tries": len(BACK_OFF_MINUTES) + 1, "former_hours": webhooks.FORMER_HOURS, "here": "/peringatan/webhook"}
    return render(request, "alerts/webhooks.html", status=status, **values)
