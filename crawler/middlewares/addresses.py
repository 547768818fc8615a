"""No request leaves for an address that is not the source's, and none reaches a private network."""

from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.addresses import is_on_hosts, is_web_url
from crawler.middlewares.reasons import AddressRefused, RedirectRefused
from models.networks import is_public
from models.settings import Settings

REDIRECTS = {301, 302, 303, 307, 308}


class PublicResolver(CachingThreadedResolver):
    """Gives no private address to a connection: the check is on what is connected to, after DNS has spoken.

    Behind a proxy the only name that is resolved here is the proxy's own, which may well be on this machine.
    """

    refused: set[str]
    allows_private: bool

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        settings: Settings = crawler.settings["NETRA"]
        resolver.allows_private = settings.crawl_private_hosts or bool(settings.crawl_proxy)
        resolver.refused = refused_hosts
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":
        found = super().getHostByName(name, timeout)
        return found if self.allows_private else found.addCallback(self._check, name)

    def _check(self, address: str, name: str) -> str:
        if not is_public(address):
            self.refused.add(name)
            raise DNSLookupError(f"{name} is {address}, which is not a public address")
        return address


refused_hosts: set[str] = set()
"""Names that led to private addresses in this process; DNS failures have no room for a reason of their own."""


class AddressMiddleware:
    """Refuses what is not http(s) of the source's own hosts, before a request and on every redirect."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.settings: Settings = crawler.settings["NETRA"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        self._check(request.url)
        # Set even when empty: a proxy of the environment would resolve names that we must resolve ourselves.
        request.meta["proxy"] = self.settings.crawl_proxy or None

    def process_response(self, request: Request, response: Response) -> Response:
        location = response.headers.get("Location")
        if response.status in REDIRECTS and location:
            target = location.decode("latin-1").strip()
            try:
                self._check(urljoin(request.url, target))
            except ValueError:
                raise RedirectRefused(f"dialihkan: bukan alamat web: {target[:200]}") from None
            except AddressRefused as error:
                raise RedirectRefused(f"dialihkan: {error}") from None
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        host = urlparse_cached(request).hostname
        if isinstance(exception, CannotResolveHostError) and host in refused_hosts:
            raise AddressRefused(f"{host} mengarah ke jaringan pribadi")

    def _check(self, url: str) -> None:
        hosts = self.crawler.spider.file.hosts  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
        if not is_on_hosts(url, hosts):
            raise AddressRefused(f"{'di luar situs sumber' if is_web_url(url) else 'bukan alamat web'}: {url[:200]}")
        host = urlsplit(url).hostname or ""
        is_literal = host.replace(".", "").isdigit() or ":" in host
        if is_literal and not is_public(host) and not self.settings.crawl_private_hosts:
            raise AddressRefused(f"{host} adalah jaringan pribadi")
