"""A local outlet for measurements: its pages are made at run time from invented words, or taken from a file of real ones.

    python -m bench.crawler.site --count 2000

prints its address as the first line and answers until it is ended. It is one process of its own, so that its CPU is nobody's.
"""

import argparse
import asyncio
import gzip
import json
import random
import re
import sys
from pathlib import Path

VOCABULARY = (
    "camat lurah warga kantor rapat dinas pegawai layanan jadwal wilayah panitia pengawas laporan sekolah jalan desa kota pasar "
    "pemerintah kabupaten provinsi kegiatan anggaran pembangunan kesehatan pendidikan pertanian nelayan petani hasil tahun bulan "
    "pekan hari pagi siang malam dengan untuk dari pada yang dan atau karena sehingga setelah sebelum ketika agar bahwa tidak "
    "belum sudah akan telah sedang masih juga hanya lebih banyak beberapa semua setiap antara kepada dalam luar atas bawah "
    "membuka menutup membahas menyampaikan meminta menerima memberi menjelaskan mengatakan menambahkan menyatakan menghadiri"
)
WORDS = VOCABULARY.split()
PARAGRAPHS, SENTENCES = 10, 3
SCRIPT_BYTES = 24_000
STYLE = "".join(f".kelas-{n}{{margin:{n % 9}px;padding:{n % 7}px;color:#{n:03d}}}" for n in range(300))
MENU = "".join(f'<li class="nav-item"><a class="nav-link" href="/kanal/{n}">Kanal {n}</a></li>' for n in range(60))
TEXT_OF_PARAGRAPH = re.compile(r"(<p\b[^>]*>)([^<]{40,})(?=<)")


def make_page(number: int) -> str:
    """An article of about 330 words within 70 kB of what news sites put around one."""
    chance = random.Random(number)
    title = _sentence(chance, 8).rstrip(".")
    body = "".join(f"<p>{' '.join(_sentence(chance) for _ in range(SENTENCES))}</p>" for _ in range(PARAGRAPHS))
    related = "".join(
        f'<div class="card"><a href="/berita/{chance.randrange(9999)}"><img loading="lazy" src="/foto/{n}.jpg" alt="">'
        f'<h3 class="card-title">{_sentence(chance, 9)}</h3></a><span class="date">2 jam lalu</span></div>'
        for n in range(80)
    )
    about = {"@type": "NewsArticle", "headline": title, "datePublished": "2024-10-16T14:05:00+07:00", "author": {"name": "Tim"}}
    script = "".join(f"window.a{n}={chance.random()};" for n in range(SCRIPT_BYTES // 30))
    return (
        f'<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>{title} - Bangku</title>'
        f'<meta property="og:title" content="{title}"><script type="application/ld+json">{json.dumps(about)}</script>'
        f"<style>{STYLE}</style><script>{script}</script></head><body><nav><ul>{MENU}</ul></nav><main><article><h1>{title}</h1>"
        f'<div class="date">Rabu, 16 Oktober 2024 14:05 WIB</div><div class="post-content"><p>WANASARI - {body[3:]}</div>'
        f"</article><aside>{related}</aside></main><footer><ul>{MENU}</ul><p>Hak cipta Bangku.</p></footer></body></html>"
    )


def shuffle_words(html: str, number: int) -> str:
    """Another text in the same markup: the words of each paragraph in another order."""
    chance = random.Random(number)

    def shuffle(found: re.Match[str]) -> str:
        words = found[2].split()
        chance.shuffle(words)
        return found[1] + " ".join(words)

    return TEXT_OF_PARAGRAPH.sub(shuffle, html)


def make_pages(count: int, file: Path | None) -> list[bytes]:
    """So many pages: invented ones, or those of a .jsonl file (`html`) in turns."""
    if file is None:
        return [make_page(number).encode() for number in range(count)]
    real = [json.loads(line)["html"] for line in file.read_text(encoding="utf-8").splitlines()]
    return [shuffle_words(real[number % len(real)], number).encode("utf-8", "replace") for number in range(count)]


def _sentence(chance: random.Random, words: int = 11) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


class Outlet(asyncio.Protocol):
    """Just enough HTTP/1.1: GET, keep-alive, gzip where the client takes it, as real outlets answer."""

    answers: dict[str, tuple[bytes, bytes]]
    """Path → the whole answer, plain and gzipped."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.received = transport, b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            answer = self.answers.get(path, MISSING)
            self.transport.write(answer["gzip" in head.decode("latin-1").lower()])  # type: ignore[attr-defined]


def _answer(body: bytes, kind: str, status: str = "200 OK") -> tuple[bytes, bytes]:
    def whole(payload: bytes, more: str) -> bytes:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(payload)}\r\nServer: bangku\r\n{more}\r\n"
        return head.encode() + payload

    return whole(body, ""), whole(gzip.compress(body, 6), "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n")


MISSING = _answer(b"tidak ada", "text/plain", "404 Not Found")


async def serve(pages: list[bytes]) -> None:
    """Answer on a free port until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Outlet, "127.0.0.1", 0)
    root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    urls = [f"{root}/berita/{number}/rapat-di-kantor-camat-wanasari" for number in range(len(pages))]
    rows = "".join(f"<url><loc>{url}</loc><lastmod>2024-10-16T14:05:00+07:00</lastmod></url>" for url in urls)
    Outlet.answers = {
        url.removeprefix(root): _answer(page, "text/html; charset=utf-8") for url, page in zip(urls, pages, strict=True)
    }
    Outlet.answers["/sitemap.xml"] = _answer(f"<urlset>{rows}</urlset>".encode(), "application/xml")
    Outlet.answers["/none.xml"] = _answer(b"<urlset></urlset>", "application/xml")
    Outlet.answers["/robots.txt"] = _answer(b"User-agent: *\nDisallow: /x/\n", "text/plain")
    sys.stdout.write(root + "\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--pages", type=Path)
    wanted = parser.parse_args()
    asyncio.run(serve(make_pages(wanted.count, wanted.pages)))
