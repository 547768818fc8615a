"""Addresses that lead inside (tests/service/hostile.py): nothing of the house calls them, whatever the DNS answers."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from crawler.discovery.visiting import Visitor
from crawler.errors import Unreachable
from models import Webhook
from models.settings import Settings
from netra.cli import app as netra
from netra.evidence.errors import EvidenceError
from netra.evidence.timestamps import ask_stamp
from service.accounts.oidc import Provider
from service.alerts.mail import MailRefused, send_mail
from service.alerts.posting import NotPosted, post
from service.errors import NetraError
from service.interchange.asking import CannotPull, ask_changes
from service.starting import UnsafeSettings, refuse_unsafe_provider
from tests.service import hostile

MEND = ("NETRA_PRIVATE_HOSTS", "https://", "no web address", "no address")


class Listener:
    """A server that counts who comes, and may send them on."""

    def __init__(self, port: int) -> None:
        self.port, self.hits, self.location = port, 0, ""

    def spell(self, url: str) -> str:
        """A hostile address with the port on which somebody would answer."""
        return re.sub(r"^(https?://[^/]*?(?:\[[^]]*\])?)(?::\d+)?(?=/)", rf"\1:{self.port}", url)


@contextmanager
def listening() -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            listener.hits += 1
            self.send_response(302 if listener.location else 200)
            self.send_header("location", listener.location)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen of a test run."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener = Listener(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def inside() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    """One engine: nothing of this reaches SQL."""
    return sqlite_settings


def is_the_operators_word(url: str) -> bool:
    """What an operator types may be this very machine, in its plain spelling."""
    return url in {hostile.ADDRESSES[name] for name in ("this machine", "this machine by name", "this machine in IPv6")}


def test_no_webhook_is_made_for_an_address_inside(session: Session, sign_in) -> None:
    browser = sign_in(role="admin")
    made = list[str]()
    for name, url in hostile.ADDRESSES.items():
        for address in (url, url.replace("http://", "https://")):
            answer = browser.post("/peringatan/webhook", data={"nama": "uji", "alamat": address})
            is_explained = "jaringan pribadi" in answer.text or "https" in answer.text
            made += [] if answer.status_code == 422 and is_explained else [f"{name}: {address}"]
    assert made == []
    assert session.scalar(select(func.count()).select_from(Webhook)) == 0


def post_there(url: str) -> None:
    post(url, b"{}", {}, allows_private=False)


def pull_there(url: str) -> None:
    ask_changes(url, "rahasia", "")


def stamp_there(url: str) -> None:
    ask_stamp(url, b"isi", [])


def visit_there(url: str) -> None:
    Visitor(Settings(_env_file=None), pause=0).fetch(url)  # pyright: ignore[reportCallIssue]


def sign_in_there(url: str) -> None:
    settings = Settings(oidc_issuer=url, oidc_client_id="netra", _env_file=None)  # pyright: ignore[reportCallIssue]
    refuse_unsafe_provider(settings)
    Provider(settings).address_for("s", "n", "v" * 43, "http://testserver/")


CALLS: list[Callable[[str], None]] = [post_there, pull_there, stamp_there, visit_there, sign_in_there]
REFUSALS = (NotPosted, CannotPull, EvidenceError, Unreachable, UnsafeSettings, NetraError)


@pytest.mark.parametrize("call", CALLS)
def test_nobody_is_called_at_an_address_inside(inside: Listener, call: Callable[[str], None]) -> None:
    allowed = {
        url
        for url in hostile.ADDRESSES.values()
        if call in {pull_there, stamp_there, sign_in_there} and is_the_operators_word(url)
    }
    for url in set(hostile.ADDRESSES.values()) - allowed:
        for scheme in ("http://", "https://"):
            with pytest.raises(REFUSALS):
                call(inside.spell(url.replace("http://", scheme)))
    assert inside.hits == 0


@pytest.fixture
def rebinding(monkeypatch: pytest.MonkeyPatch, inside: Listener) -> Listener:
    """A DNS that answers the first question with a public address, and every other with this machine."""
    asked, ask = list[str](), socket.getaddrinfo

    def answer(host: str | None, *args: object, **options: object) -> list[tuple[object, ...]]:
        if not str(host).endswith(".contoh.test"):
            return list(ask(host, *args, **options))  # pyright: ignore[reportArgumentType, reportCallIssue]
        asked.append(str(host))
        address = "192.0.2.1" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, inside.port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return inside


@pytest.mark.parametrize("call", CALLS)
def test_a_name_that_leads_inside_when_it_is_called_is_not_called(rebinding: Listener, call: Callable[[str], None]) -> None:
    for _ in range(3):
        with pytest.raises(REFUSALS):
            call(f"https://sekali.contoh.test:{rebinding.port}/")
    assert rebinding.hits == 0


@pytest.mark.parametrize("call", [pull_there, stamp_there, sign_in_there])
def test_no_redirect_is_followed(inside: Listener, call: Callable[[str], None]) -> None:
    with listening() as outside:
        for name, url in hostile.ADDRESSES.items():
            outside.location = inside.spell(url).replace("\r\n", "%0d%0a").encode("ascii", "ignore").decode()
            with pytest.raises(REFUSALS):
                call(f"http://127.0.0.1:{outside.port}")
            assert outside.hits > 0, name
    assert inside.hits == 0


def test_a_webhook_follows_no_redirect(inside: Listener) -> None:
    with listening() as outside:
        outside.location = f"http://127.0.0.1:{inside.port}/"
        assert post(f"http://127.0.0.1:{outside.port}/", b"{}", {}, allows_private=True) == 302
    assert inside.hits == 0


class Elsewhere(Provider):
    """A provider on the internet whose document names what a test asks it to."""

    document: dict[str, object]

    def _read(self, address: str) -> dict[str, object]:
        return dict(self.document) if urlsplit(address).hostname == "sso.contoh.test" else super()._read(address)


@pytest.mark.parametrize("endpoint", ["token_endpoint", "jwks_uri"])
def test_a_providers_document_names_nothing_inside(inside: Listener, endpoint: str) -> None:
    issuer = "https://sso.contoh.test"
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    for url in (url for one in hostile.ADDRESSES.values() for url in (one, one.replace("http://", "https://"))):
        provider = Elsewhere(Settings(oidc_issuer=issuer, oidc_client_id="netra", _env_file=None))  # pyright: ignore[reportCallIssue]
        provider.document = {
            "issuer": issuer,
            "keys": [],
            **{name: f"{issuer}/{name}" for name in names},
            endpoint: inside.spell(url),
        }
        with pytest.raises(NetraError):
            provider.subject_of("kode", "n", "v" * 43, "http://testserver/")
    assert inside.hits == 0


def test_the_link_of_a_tip_is_kept_and_not_called(inside: Listener, visitor, session: Session, sign_in) -> None:
    browser = sign_in(role="admin")
    for url in hostile.ADDRESSES.values():
        answer = browser.post("/api/v1/tips", json={"text": "Camat hadir di kampanye, kata warga.", "link": inside.spell(url)})
        assert answer.status_code < 500, url
    assert inside.hits == 0


def test_a_map_is_a_file(inside: Listener, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRA_HOME", str(settings.home))
    for url in hostile.ADDRESSES.values():
        result = CliRunner().invoke(netra, ["map", "load", inside.spell(url), "--licence", "uji"])
        assert isinstance(result.exception, SystemExit | FileNotFoundError | ValueError), url
    assert inside.hits == 0


def test_a_source_inside_is_not_added(inside: Listener, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRA_HOME", str(settings.home))
    for name in ("this machine", "this machine in hexadecimal", "IPv4 in IPv6", "a file", "a name before this machine"):
        result = CliRunner().invoke(netra, ["sources", "add", inside.spell(hostile.ADDRESSES[name]), "--dry-run"])
        assert result.exit_code in {1, 2}, name
        assert result.exception is None or isinstance(result.exception, SystemExit), name
    assert inside.hits == 0


def test_a_mail_server_that_is_none_takes_nothing(inside: Listener) -> None:
    from email.message import EmailMessage

    for host in ("127.0.0.1\r\nRCPT TO:<a@b>", "http://127.0.0.1/", "a" * 300):
        settings = Settings(smtp_host=host, smtp_port=inside.port, mail_from="a@contoh.test", _env_file=None)  # pyright: ignore[reportCallIssue]
        with pytest.raises(MailRefused):
            send_mail(settings, EmailMessage())
    assert inside.hits == 0
