"""The five outlets: their hosts, the shape of their addresses, where their lists of pages are."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from netra.demo.site.articles import DemoArticle

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
HIDDEN_FOLDER = "/internal/"


@dataclass(frozen=True)
class Outlet:
    slug: str
    name: str
    path: str
    """Of an article; `{slug}` and `{number}` are filled in."""
    list_path: str
    zone: str = "Asia/Jakarta"
    zone_name: str = "WIB"

    @property
    def host(self) -> str:
        return f"{self.slug}.demo.test"

    @property
    def root(self) -> str:
        return f"http://{self.host}"

    def path_of(self, article: DemoArticle) -> str:
        folder = HIDDEN_FOLDER if article.special == "disallowed" else ""
        return f"{folder}{article.slug}" if folder else self.path.format(slug=article.slug, number=article.number)

    def url_of(self, article: DemoArticle) -> str:
        return self.root + self.path_of(article)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))


OUTLETS = {
    outlet.slug: outlet
    for outlet in (
        Outlet("wapresri", "Sekretariat Wakil Presiden", "/{slug}/", "/berita/"),
        Outlet("kasn", "Komisi Aparatur Sipil Negara", "/id/publikasi/{slug}", "/sitemap.xml"),
        Outlet("kendal-bawaslu", "Bawaslu Kabupaten Wanasari", "/berita/{slug}", "/rss.xml"),
        Outlet("badung-inews", "iNews Badung", "/read/{number}/{slug}", "/feed", "Asia/Makassar", "WITA"),
        Outlet("antaranews", "ANTARA", "/berita/{number}/{slug}", "/rss/terkini.xml"),
    )
}
BY_HOST = {outlet.host: outlet for outlet in OUTLETS.values()}


def long_date(moment: datetime) -> str:
    """`Rabu, 16 Oktober 2024`, in the zone that the moment carries."""
    return f"{DAYS[moment.weekday()]}, {moment.day} {MONTHS[moment.month - 1]} {moment.year}"
