"""Each fault is found in a corpus that was made to have it, and said so that it can be mended."""

from dataclasses import replace

import pytest

from classifier import lint
from classifier.classes import ACTS, LOOK_ALIKES
from classifier.corpus import CorpusText
from classifier.lint import Finding, check_duplicates, check_format, check_labels, check_marks, check_openings, check_sides
from classifier.reading.document import Document, Kind
from classifier.reading.text import Span
from classifier.tally import NUMBERS, list_parties, read_provinces

LAW = "dengan sengaja membuat tindakan yang menguntungkan salah satu pasangan calon"


def make_text(
    id: str, body: str, *, label: str = "imbauan", title: str = "", region: str | None = None, event: str = ""
) -> CorpusText:
    """A text whose marked sentence, where its label wants one, is the whole body."""
    evidence = (Span(0, len(body)),) if label in ACTS else ()
    return CorpusText(id, Document(body, title), label, "-", region, evidence, event or id)


def make_sides(word: str, partisan: int, look_alikes: int) -> list[CorpusText]:
    labels = ["lainnya"] * partisan + ["imbauan"] * look_alikes
    return [make_text(f"{word}-{row:03}", f"Teks {row} menyebut {word}.", label=label) for row, label in enumerate(labels)]


def rules(findings: list[Finding]) -> dict[str, int]:
    return {finding.rule: sum(own.rule == finding.rule for own in findings) for finding in findings}


def test_partisan_text_without_mark_and_look_alike_with_mark_are_found() -> None:
    bare = replace(make_text("a-1", "Camat kampanye.", label="lainnya"), evidence=())
    marked = replace(make_text("a-2", "Apel pagi."), evidence=(Span(0, 5),))
    found = list(check_labels([bare, marked, make_text("a-3", "Apel sore.")]))
    assert [(own.rule, own.ids) for own in found] == [("partisan-without-mark", ("a-1",)), ("look-alike-with-mark", ("a-2",))]


def test_marks_outside_of_the_body_and_unknown_regions_are_found() -> None:
    texts = [
        make_text("a-1", "Apel.", title="⟦Apel"),
        make_text("a-2", "Apel.", region="99"),
        make_text("a-3", "Apel.", region="11"),
    ]
    assert [(own.rule, own.ids) for own in check_format(texts)] == [("stray-mark", ("a-1",)), ("unknown-region", ("a-2",))]


@pytest.mark.parametrize(
    ("marked", "is_found"),
    [
        ("Camat hadir.", False),
        ("Camat hadir. Ia menyanyi dua lagu.", False),
        ("menyanyi dua", False),
        ("Camat hadir. Ia menyanyi", True),
        ("hadir. Ia menyanyi dua lagu.", True),
        ("Camat hadir. Ia menyanyi dua lagu. Hu", False),
    ],
)
def test_marks_cover_whole_sentences_or_lie_inside_one(marked: str, is_found: bool) -> None:
    body = "Camat hadir. Ia menyanyi dua lagu. Hujan turun."
    start = body.index(marked)
    text = replace(make_text("a-1", body, label="lainnya"), evidence=(Span(start, start + len(marked)),))
    found = list(check_marks([text]))
    assert [own.rule for own in found] == ["mark-cuts-sentence"] * is_found


def test_near_duplicates_are_found_unless_they_tell_of_one_event() -> None:
    body = "Camat Wanasari dipanggil pengawas soal apel pagi di lapangan"
    one, two = make_text("a-1", body), make_text("b-1", f"{body} kemarin sore kata dua orang saksi mata yang hadir")
    (found,) = check_duplicates([one, two, make_text("c-1", "Harga cabai turun lagi di pasar induk")])
    assert (found.rule, found.ids) == ("near-duplicate", ("a-1", "b-1"))
    assert not list(check_duplicates([replace(one, event="apel"), replace(two, event="apel")]))


def test_two_short_texts_that_are_the_same_are_found() -> None:
    found = list(check_duplicates([make_text("a-1", "@USER goblok"), make_text("a-2", "@user Goblok!")]))
    assert [own.rule for own in found] == ["near-duplicate"]


def test_a_run_of_ten_words_is_quoted() -> None:
    words = [" ".join(f"{name}{at}" for at in range(40)) for name in ("kata", "lain")]
    texts = [make_text("a-1", f"{words[0]} {LAW}."), make_text("b-1", f"{LAW}, {words[1]}")]
    (found,) = check_duplicates(texts)
    assert (found.rule, found.ids) == ("shared-run", ("a-1", "b-1"))
    assert LAW in found.say


def test_openings_that_come_four_times_are_found_in_titles_too() -> None:
    texts = [make_text(f"a-{row}", f"Tak netral di pilkada, {row} pegawai") for row in range(3)]
    assert not list(check_openings([*texts, make_text("c-1", "Tak netral di pemilu")]))
    (found,) = check_openings([*texts, make_text("b-1", "Apel pagi.", title="TAK NETRAL DI PILKADA")])
    assert (found.rule, found.ids) == ("opening", ("a-0", "a-1", "a-2", "b-1"))


def test_small_and_lopsided_corpora_are_found() -> None:
    found = list(lint.check_sizes([make_text("a-1", "Apel pagi.", region="11")]))
    assert rules(found) == {
        "few-texts": 1,
        "share": 1,
        "few-of-label": len(ACTS + LOOK_ALIKES),
        "few-of-province": 38,
        "one-sided-kind": len(Kind),
    }
    assert "imbauan: 1 texts of at least 40: write 39 more." in [own.say for own in found]
    assert "write more partisan texts" in next(own.say for own in found if own.rule == "share")


def test_a_corpus_that_is_large_enough_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FEWEST_TEXTS", "FEWEST_OF_LABEL", "FEWEST_OF_PROVINCE"):
        monkeypatch.setattr(lint, name, 1)
    places = [*read_provinces(), None]
    texts = [make_text(f"a-{row}", "Teks.", label=label) for row, label in enumerate(ACTS + LOOK_ALIKES)]
    texts += [make_text(f"b-{row}", "Teks.", region=region) for row, region in enumerate(places[:2])]
    texts = [replace(text, document=Document("Teks.", kind=kind)) for text in texts for kind in Kind]
    found = rules(list(lint.check_sizes(texts)))
    assert found == {"few-of-province": 36}


@pytest.mark.parametrize(("partisan", "look_alikes", "is_found"), [(20, 20, False), (32, 8, True), (8, 32, True), (0, 3, True)])
def test_a_party_that_tells_the_side_is_found(partisan: int, look_alikes: int, is_found: bool) -> None:
    texts = [text for party in list_parties() if party != "PSI" for text in make_sides(party, 20, 20)]
    texts += [text for number in NUMBERS for text in make_sides(f"nomor {number}", 3, 3)]
    found = list(check_sides([*texts, *make_sides("PSI", partisan, look_alikes)]))
    assert [own.rule for own in found] == ["party"] * is_found
    for own in found:
        assert len(own.ids) == max(partisan, look_alikes)
        assert f"party PSI: {partisan} of {partisan + look_alikes} texts are partisan" in own.say


def test_a_ballot_number_on_one_side_is_found() -> None:
    texts = [text for party in list_parties() for text in make_sides(party, 3, 3)]
    texts += [text for number in "1234" for text in make_sides(f"nomor {number}", 20, 20)]
    (found,) = check_sides([*texts, *make_sides("nomor 5", 5, 0)])
    assert found.rule == "ballot-number"
    assert "name another one in some of these partisan texts, or write it into look-alikes." in found.say
