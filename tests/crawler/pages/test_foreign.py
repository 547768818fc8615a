"""Pages in other languages, also those that put no spaces between words, and pages whose scripts look like markup."""

import pytest

from crawler.errors import NotAnArticle
from crawler.pages import extract
from crawler.pages.language import language_of
from crawler.pages.markup import is_tangled, untangle
from crawler.pages.refusals import Refusal
from crawler.pages.words import count_words

CHINESE = "区长星期二上午在礼堂主持会议，向居民介绍了新的供水计划，并回答了他们提出的问题。"
JAPANESE = "区長は火曜日の午前、公会堂で会議を開き、新しい水道計画について住民に説明し、質問に答えました。"
THAI = "นายอำเภอเปิดประชุมเช้าวันอังคารที่หอประชุม อธิบายแผนน้ำประปาใหม่ให้ชาวบ้านฟัง และตอบคำถามของผู้เข้าร่วม"
KOREAN = "구청장은 화요일 오전 강당에서 회의를 열고 주민들에게 새로운 급수 계획을 설명했으며 질문에 답했다. "
SPANISH = "El alcalde presentó el martes a los vecinos el nuevo plan de agua potable y respondió a todas sus preguntas. "
LATVIAN = "Otrdien pilsētas mērs iepazīstināja iedzīvotājus ar jauno ūdensapgādes plānu un atbildēja uz viņu jautājumiem. "
ENGLISH = "The mayor told residents on Tuesday how the new water plan will work, and answered their questions for an hour."
MINIFIED = "for(var i=0;i<a.length;i++){b(a[i]),c(i)}" + "d(e,f);" * 400
"""What `<` opens here is never closed, as far as a look at the characters goes."""
DATED = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-05-07T08:30:00+07:00"}</script>'


def page(*paragraphs: str, head: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html><head><title>1</title>{head}</head><body><div><a href='/'>1</a></div><article>{body}</article></body></html>"


@pytest.mark.parametrize(("sentence", "language"), [(CHINESE, "zh"), (JAPANESE, "ja"), (THAI, "th")])
def test_a_text_without_spaces_is_read_whole(sentence: str, language: str) -> None:
    paragraphs = [f"{number}。{sentence}" for number in range(6)]
    article = extract(page(*paragraphs))
    assert article.text.split("\n\n") == paragraphs
    assert article.language == language


@pytest.mark.parametrize(
    ("sentence", "language"), [(KOREAN, "ko"), (SPANISH, "es"), (LATVIAN, "lv"), (ENGLISH, "en"), (CHINESE, "zh")]
)
def test_languages_from_afar_are_named_and_never_taken_for_our_own(sentence: str, language: str) -> None:
    assert language_of(sentence * 4) == language


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("Camat membuka rapat.", 3), (CHINESE, 19), (THAI, 53), ("https://harian.test/a/b", 1)]
)
def test_words_are_counted_in_every_script(text: str, words: int) -> None:
    assert count_words(text) == words


def test_a_list_within_a_foreign_article_is_kept() -> None:
    entries = [f"Pump house {number} goes into service" for number in range(5)]
    items = "".join(f"<li>{entry}</li>" for entry in entries)
    paragraphs = [f"{number} {ENGLISH}" for number in range(8)]
    text = extract(page(*paragraphs[:4], f"</p><ul>{items}</ul><p>", *paragraphs[4:])).text
    assert text.split("\n\n") == [*paragraphs[:4], *entries, *paragraphs[4:]]


def test_a_script_that_looks_like_an_endless_tag_hides_no_article() -> None:
    markup = page(ENGLISH, *[f"{number} {ENGLISH}" for number in range(6)], head=f"{DATED}<script>{MINIFIED}</script>")
    assert is_tangled(markup)
    article = extract(markup)
    assert article.text.startswith(ENGLISH)
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-05-07T08:30:00+07:00"


@pytest.mark.parametrize(
    "markup",
    [
        f"<p {' '.join(f'a{number}' for number in range(900))}>",
        f"<script type='application/json'>{MINIFIED}</script>",
        f"<script>{MINIFIED}",
    ],
)
def test_a_tag_of_endless_attributes_is_still_refused(markup: str) -> None:
    with pytest.raises(NotAnArticle, match=Refusal.TANGLED):
        extract(page(ENGLISH) + markup)


def test_what_a_comment_makes_look_like_a_script_is_not_given_to_the_parser() -> None:
    attack = f"<p {' '.join(f'a{number}' for number in range(900))}>"
    plain = untangle(f"<!-- <script> -->{attack}<!-- </script> -->{ENGLISH}")
    assert plain is not None
    assert "a899" not in plain
