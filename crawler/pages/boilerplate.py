"""What Indonesian pages print within an article that is not of it: pointers, credits, calls to scroll, follow and share."""

import re
from collections.abc import Sequence
from functools import lru_cache

from crawler.pages.lines import Line

WHOLE_LINE = re.compile(
    r"""^(?:[-–—•*>+»\[(\s]*)(?:
      (?:baca|simak|lihat|tonton|saksikan|dengarkan|cek)\s+(?:juga|pula|selengkapnya|berita\s+lain\w*|artikel\s+lain\w*)\b.*
    | (?:baca|simak|lihat)\s*:.*
    | (?:pilihan\s+(?:editor|redaksi)|(?:artikel|berita)\s+(?:pilihan|terkait|terkini|lainnya|terbaru|populer)|rekomendasi
      |lihat\s+juga|related(?:\s+(?:news|articles?|posts?))?|also\s+read|read\s+(?:also|more))\s*(?::.{0,160}|\W*)
    | (?:artikel|berita|tulisan)\s+ini\s+(?:telah|sudah|pertama|tayang|merupakan\s+kerja|dikutip\s+dari|pernah)\b.{0,200}
    | (?:saksikan|simak|tonton|lihat)\s+(?:juga\s+)?(?:video|live|siaran|foto)\b.{0,200}
    | (?:video|foto|infografis)\s*:\s.{0,160} | \[?\s*gambas\s*:.* | \(?gambar\s*:.{0,120}
    | (?:pewarta|editor|penulis|reporter|kontributor|penyunting|redaktur|uploader|jurnalis|laporan\s+wartawan
      |sumber\s+(?:foto|gambar|berita)
      |fotografer|copy\s*editor|penerjemah|produser|pengunggah|author)s?\s*(?:foto\s*)?[:/|].*
    | (?:editor|penulis|reporter|oleh|by)\s+[A-Z][\w.'-]+(?:\s+[A-Z][\w.'-]+){0,3}
    | (?:tags?|topik|label|kategori|kata\s+kunci|share|bagikan|sebarkan|advertisement|iklan|komentar|sponsored|promoted
      |loading|print|cetak)(?:\s*\d*)?\s*(?:[:.…]+.{0,200})?
    | (?:share|bagikan|sebarkan)\s+(?:this|ini|artikel|berita|ke|on|to)\b.{0,80} | (?:copy|salin)\s+(?:link|tautan)\b.{0,60}
    | (?:facebook|twitter|x|whatsapp|telegram|line|pinterest|linkedin|email|e-mail|instagram|copy|link|url|print|share|tweet
      |like|pin\s+it|[|/,·•\d\s])+
    | .{0,40}scroll\s+(?:to\s+(?:continue|resume)|untuk|ke\s+bawah|down).* | .{0,20}(?:lanjut(?:kan)?\s+(?:membaca|scroll)
      |gulir\s+ke\s+bawah).{0,80}
    | advertisement\b.{0,60} | copyright\b.* | hak\s+cipta\s*(?:©|\d|dilindungi|pada\b|:).* | ©.* | all\s+rights?\s+reserved.*
    | (?:ikuti|follow|dapatkan|download|unduh|gabung|bergabung|cek|temukan|nikmati|baca)\b
      (?=[^"“”]*\bkami\b|(?!.*,\s*(?:\S+\s+){3})).{0,140}
      \b(?:google\s*news|whats\s*app\s+channel|(?:wa|whats\s*app)\s+grup|wa\s+channel|channel\s+(?:whats\s*app|telegram)|grup\s+telegram)\b.*
    | (?:ikuti|follow|dapatkan|download|unduh|gabung|bergabung)\b
      (?=[^"“”]*\bkami\b|(?!.*,\s*(?:\S+\s+){3}).*(?:https?://|www\.|\w\.(?:com|id|net|co|me)\b
      |\b(?:berita|kabar|informasi|update|artikel)\s+(?:terbaru|terkini|terupdate|terhangat|pilihan|menarik|lain\w*)\b
      |\b(?:aplikasi|channel|saluran|kanal|telegram|instagram|facebook|twitter)\s+(?-i:[A-Z])))
      .{0,80}\b(?:berita|kami|informasi|update|artikel|kabar)\b.{0,80}
      \b(?:channel|saluran|kanal|telegram|aplikasi|apps?|instagram|facebook|twitter|x\.com|newsletter|play\s*store)\b.{0,80}
    | (?:simak|dapatkan|ikuti|update)\b
      (?=[^"“”]*\bkami\b|(?!.*,\s*(?:\S+\s+){3})).{0,300}\b(?:whats\s*app\s+channel|google\s+news|saluran\s+whats\s*app
      |grup\s+telegram)\b.*
    | telusuri\s+berita\b.{0,60} | (?!.*,\s*(?:\S+\s+){3}).{0,60}\b(?:google\s+news|whatsapp\s+channel)\b.{0,60}
    | .{0,30}\b(?:ikuti|gabung|klik|akses|kunjungi|pantau|baca)\b(?!.*,\s*(?:\S+\s+){3}).{0,40}
      \b(?:saluran|kanal)\s+whatsapp\b.{0,60}
    | (?:mau|ingin)\s+(?:tahu|update|info)\b.{0,120}(?:klik|ikuti|gabung|download|unduh).*
    | (?:klik|click)\s+(?:di\s*sini|here|gambar|link|tautan)\b.{0,80}
    | (?:kirim|tulis|beri|tinggalkan)\s+(?:komentar|balasan|tanggapan).{0,80} | leave\s+a\s+(?:reply|comment).* | (?:silakan
      |silahkan)\s+(?:login|masuk|daftar).*
    | \d+\s+(?:komentar|comments?|views?|kali\s+dilihat|shares?|dibaca).{0,40} | (?:dilihat|dibaca|hits
      |views)\s*:?\s*[\d.]+.{0,30}
    | dilarang\s+(?:keras\s+)?(?:mengambil|mengutip|menyalin|meng-?copy)\b(?:\W*
      |.{0,100}\b(?:isi|konten|artikel|berita|tulisan|naskah|materi|foto|gambar|sebagian|seluruh(?:nya)?)\b.{0,160}
       \btanpa\s+(?:(?:se)?izin|persetujuan)(?:\s+(?:tertulis|resmi|redaksi|kami|penulis|penerbit
       |dari\s+(?:redaksi|kami|penulis|penerbit|pemilik))\b.*|\W*)
      |.{0,160}\b(?:artikel|berita|konten|tulisan|situs(?:\s+web)?|website|laman|media|portal)\s+(?:ini|kami)\b[^,]{0,60})
    | (?:halaman|page|hal)\s*:?\s*(?:selanjutnya|berikutnya|sebelumnya|\d+(?:\s*(?:dari|of
      |/)\s*\d+)?(?:\s+\d+)*)\s*[»>]?(?:\s*(?:show|lihat)\s+(?:all|semua))?
    | (?:selanjutnya|berikutnya|sebelumnya|next|prev(?:ious)?|show\s+all|lihat\s+semua|tampilkan\s+semua|selengkapnya
      |lihat\s+selengkapnya|read\s+more|load\s+more|muat\s+lagi|kembali\s+ke\s+atas)\s*[»>:.]?.{0,12}
    | (?:like|suka)\s+(?:this|ini|memuat).{0,20} | (?:related\s+posts?|posts?\s+navigation|navigasi\s+pos|pos-pos\s+terkait
      |lihat\s+foto|perbesar|baca\s+selengkapnya|waktu\s+baca\b.{0,20}|\d+\s+menit\s+baca|\d+\s+min(?:ute)?s?\s+read
      |ukuran\s+huruf|font\s+size|ubah\s+ukuran|a\s*[-+]\s*a\s*[-+]?)
    | (?:filed\s+under|posted\s+(?:in|by|on)|tagged(?:\s+with)?|by|dipublikasikan|diterbitkan|ditulis\s+oleh)\s*:.{0,120}
    | (?:penulis|editor|pewarta|reporter|fotografer|redaktur|sumber) | :\s*(?:[A-Z][\w.'’-]*+\s*+){1,5}
    | sharing\s+is\s+caring.* | rate\s+this\b.* | about\s+these\s+ads.{0,60} | memuat\.* | \W+
    )\s*$""",
    re.I | re.X,
)
"""Lines that carry nothing of the article."""
LABEL = re.compile(
    r"^\W*(?:(?:baca|simak|lihat|tonton)(?:\s+(?:juga|pula|selengkapnya|berita\s+lain\w*))?|(?:artikel|berita)\s+(?:terkait|"
    r"lainnya|pilihan|terkini)|pilihan\s+editor|related|terkait|rekomendasi)\s*:?\W*$",
    re.I,
)
"""A label that says of the lines behind it that they point elsewhere."""
WITHIN = re.compile(
    r"\s*(?:\(?\s*(?:(?-i:ADVERTISEMENT)|^(?-i:Advertisement\b)|scroll to (?:continue|resume)(?: with)?(?: content| reading)?"
    r"|lanjut(?:kan)? (?:baca|scroll)[^.]{0,30} di bawah(?: ini)?|scroll (?:ke bawah )?untuk (?:lanjut|melanjutkan)"
    r"\s*(?:membaca)?)\s*\)?|\[gambas:[^\]]{0,60}\]|\[(?:baca|lihat)(?: juga)?:?[^\]]{0,160}\])\s*",
    re.I,
)
"""The same, in the middle of a paragraph."""
END = re.compile(
    r"^\W*(?:(?:berita|artikel|pos(?:-pos)?|post|posts|topik)\s+(?:terkait|lainnya|terpopuler|populer|rekomendasi|serupa)|"
    r"related\s+(?:posts?|articles?|news)|"
    r"komentar(?:\s+(?:pembaca|anda|\d+))?|comments?|(?:tinggalkan|beri|tulis)\s+(?:balasan|komentar).{0,20}|"
    r"leave\s+a\s+(?:reply|comment)|"
    r"(?:berita|artikel)\s+(?:populer|terkini|terbaru)|terpopuler|terkini|lihat\s+juga|you\s+(?:may|"
    r"might)\s+(?:also\s+)?like.{0,10}|rekomendasi\s+untuk\s+anda)\s*:?\W*$",
    re.I,
)
"""A heading behind which no article goes on."""
SENTENCE_END = re.compile(r"[.!?…。！？।။؟۔][\"'”’»)\]」』）]*$")
STAMP = re.compile(
    r"\b\d{1,2}[ /.-](?:[A-Za-z]{3,9}|\d{1,2})[ /.-]\d{2,4}\b.{0,16}\b\d{1,2}[:.]\d{2}\b|\d{1,2}[:.]\d{2}\s*WI(?:B|TA|"
    r"T)\b",
    re.I,
)
CAPTION = re.compile(
    r"^(?:foto|ilustrasi|keterangan\s+(?:foto|gambar)|caption|arsip\s+foto|tangkapan\s+layar|dok(?:\.|umen\w*))\b\s*[:./-].*"
    r"|.*\(\s*(?:(?:foto|dok(?:\.|umentasi)?|sumber|ist(?:imewa)?|ilustrasi|credit|photo)\b[^()]{0,80}|"
    r"[^()/\d]{2,40}/[^()\d]{2,60})\)\.?$"
    r"|.*[.\s](?:ANTARA(?:\s+FOTO)?|TEMPO|REUTERS|AFP)\s*/\s*[\w ./-]{2,60}$",
    re.I,
)
"""What stands below a photo: `Warga antre di balai desa. (Foto: Sekar/Harian)`."""
DATELINE = re.compile(r"^[A-Z][^–—!?]{2,60}?\s*(?:\(\w[\w ]{1,20}\))?\s*(?:--|\s-\s|[–—])")
"""`JAKARTA, Harian.id - `: where it stands, a text begins."""
LONGEST = 600
"""Characters of a line that is held against patterns: some of them take the square of its length."""
LONGEST_CAPTION = 45
SIGNATURE = re.compile(r"^[(\[]\s*[\w*.]{1,12}(?:\s*[/,-]\s*[\w*. ]{1,14}){0,4}\s*[)\]]$")
"""Initials of who wrote and edited, which close a text: `(abc/def)`."""
LONGEST_POINTER = 30
"""Words of a line that is a link to another article."""
LONGEST_STAMP = 14
PROSE = 20
"""Words of a line that is prose beyond doubt, where it has few links and ends like a sentence."""


def clean_lines(lines: Sequence[Line], title: str = "") -> list[str]:
    """The paragraphs of an article, without what the page prints between them."""
    kept: list[str] = []
    points_elsewhere = False
    last_prose = max((place for place, line in enumerate(lines) if is_prose(line)), default=-1)
    for place, line in enumerate(lines):
        text = WITHIN.sub(" ", line.text).strip() if "[" in line.text or _may_call(line.text) else line.text
        if line.is_junk or not text:
            continue
        if place > last_prose >= 0 and END.match(text):
            break
        if is_boilerplate(text):
            points_elsewhere = LABEL.match(text) is not None
            continue
        if is_pointer(line, points_elsewhere):
            continue
        points_elsewhere = False
        if text == title or text in kept[-1:] or (not kept and (_is_stamp(line) or (place < last_prose and is_caption(line)))):
            continue
        kept.append(text)
    return kept


@lru_cache(maxsize=1024)
def is_boilerplate(text: str) -> bool:
    """Whether a line carries nothing of an article."""
    return len(text) < LONGEST and WHOLE_LINE.match(text) is not None


def is_prose(line: Line) -> bool:
    """Whether a line is text of some article beyond doubt."""
    is_long = line.words >= PROSE and line.link_share < 0.1 and not line.is_junk
    return is_long and SENTENCE_END.search(line.text) is not None


def is_caption(line: Line) -> bool:
    """Whether a line is what stands below a photo."""
    if line.words > LONGEST_CAPTION or len(line.text) > LONGEST or DATELINE.match(line.text):
        return False
    return CAPTION.match(line.text) is not None


def is_pointer(line: Line, points_elsewhere: bool = False) -> bool:
    """Whether a line is nothing but a link to something else."""
    if line.words > LONGEST_POINTER:
        return False
    limit = 0.6 if points_elsewhere else 0.95
    return line.link_words >= limit * line.words and (points_elsewhere or SENTENCE_END.search(line.text) is None)


def _may_call(text: str) -> bool:
    lowered = text.lower()
    return "scroll" in lowered or "advertisement" in lowered or "lanjut" in lowered


def _is_stamp(line: Line) -> bool:
    return line.words <= LONGEST_STAMP and STAMP.search(line.text) is not None and SENTENCE_END.search(line.text) is None
