"""Chromium without a network of its own, asked for one page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal, cast

from playwright.sync_api import BrowserContext, Page, Route, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from crawler.rendering.gate import Gate
from crawler.rendering.job import PICTURE_TYPES, Rendered, RenderFailed, RenderJob
from crawler.settings import DOWNLOAD_MAXSIZE, USER_AGENT
from models.settings import Settings

WIDTH, HEIGHT = 1280, 900
TALLEST = 10_000
"""Pixels of a page that are drawn; pages that never end are cut here."""
LARGEST_PICTURE = 12 * 1024 * 1024
LOAD_MS = 25_000
QUIET_MS = 5_000
"""How long scripts may go on drawing after the page was loaded."""
PICTURE_MS = 15_000
NO_PROXY_THERE = {"server": "http://127.0.0.1:9"}
"""Whatever is not answered by the gate (web sockets, redirects, what browsers ask by themselves) goes to a closed port."""
FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND",  # No name is looked up.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def render(settings: Settings, job: RenderJob) -> Rendered:
    """Show one page; raises RenderFailed. What hangs here is ended by the process that started this one."""
    gate = Gate(settings, job)
    url = gate.fetch_page()
    try:
        with _open_page(gate) as page:
            page.goto(url, wait_until="load", timeout=LOAD_MS)
            if job.runs_scripts:
                with suppress(PlaywrightError):  # Some pages are never quiet: they are taken as they are then.
                    page.wait_for_load_state("networkidle", timeout=QUIET_MS)
            html = page.content()
            picture, picture_type = _draw(page)
    except PlaywrightError as error:
        raise RenderFailed(f"{url}: the browser gave up: {error.message.splitlines()[0][:200]}") from error
    if len(html.encode("utf-8", "replace")) > DOWNLOAD_MAXSIZE:
        raise RenderFailed(f"{url}: its scripts made a page larger than {DOWNLOAD_MAXSIZE // 1024**2} MiB")
    return Rendered(url, picture, picture_type, html, gate.loaded, gate.refused)


@contextmanager
def _open_page(gate: Gate) -> Iterator[Page]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,  # None: the one that Playwright itself has installed.
            args=FLAGS,
            proxy=NO_PROXY_THERE,  # pyright: ignore[reportArgumentType]
            chromium_sandbox=os.geteuid() != 0,  # As root Chromium refuses to start with it.
        )
        context = browser.new_context(
            user_agent=USER_AGENT,
            viewport={"width": WIDTH, "height": HEIGHT},
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            java_script_enabled=gate.job.runs_scripts,
            service_workers="block",
            accept_downloads=False,
        )
        try:
            yield _guarded_page(context, gate)
        finally:
            browser.close()


def _guarded_page(context: BrowserContext, gate: Gate) -> Page:
    def answer(route: Route) -> None:
        request = route.request
        reply = gate.reply(request.url, request.method)
        with suppress(PlaywrightError):  # The page may have gone on meanwhile.
            if reply is None:
                route.abort("blockedbyclient")
            else:
                route.fulfill(status=reply.status, headers=dict(reply.headers), body=reply.body)

    context.route("**/*", answer)
    page = context.new_page()
    context.on("page", lambda other: other.close())  # Windows that the page opens.
    return page


def _draw(page: Page) -> tuple[bytes, str]:
    """The whole page as far as it is drawn; as JPEG where PNG would be too large."""
    tall = page.evaluate("Math.max(document.documentElement.scrollHeight, document.body ? document.body.scrollHeight : 0)")
    height = min(max(int(tall), HEIGHT), TALLEST)
    for kind in PICTURE_TYPES:
        picture = page.screenshot(
            type=cast(Literal["png", "jpeg"], kind),
            full_page=True,
            clip={"x": 0, "y": 0, "width": WIDTH, "height": height},
            animations="disabled",
            timeout=PICTURE_MS,
        )
        if len(picture) <= LARGEST_PICTURE:
            return picture, f"image/{kind}"
    raise RenderFailed(f"{page.url}: its picture is larger than {LARGEST_PICTURE // 1024**2} MiB")
