"""Texts of invented words, as long as a test needs them, and copies of them."""

import random

from sqlalchemy.orm import Session

from crawler.duplicates.clusters import assign_cluster
from models import Item
from tests.factories import make_item

SYLLABLES = "ba be bi ka ke ki la le li ma me mi na ne ni ra re ri sa se si ta te ti wa we".split()  # noqa: SIM905 - a list of words
PLEDGE = (
    "Kami berikrar. 1. Menjaga dan menegakkan prinsip netralitas pegawai ASN dalam melaksanakan fungsi pelayanan publik baik "
    "sebelum, selama, maupun sesudah pelaksanaan pemilu. 2. Menghindari konflik kepentingan, tidak melakukan praktik-praktik "
    "intimidasi dan ancaman kepada pegawai ASN dan seluruh elemen masyarakat serta tidak memihak kepada pasangan calon "
    "tertentu. 3. Menggunakan media sosial secara bijak dan tidak menyebarkan ujaran kebencian serta berita bohong. "
    "4. Menolak politik uang dan segala jenis pemberian dalam bentuk apa pun."
)


def make_story(seed: int, *, words: int = 120) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(SYLLABLES, k=3)) for _ in range(words))


def edit(text: str, share: float, seed: int = 0) -> str:
    """A copy of which so large a part of the words was exchanged."""
    chance = random.Random(f"{seed} {share}")
    return " ".join("".join(chance.choices(SYLLABLES, k=4)) if chance.random() < share else word for word in text.split())


def put(session: Session, text: str) -> tuple[Item, int | None]:
    item = make_item(session, text=text)
    return item, assign_cluster(session, item, text)
