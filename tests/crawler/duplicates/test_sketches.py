"""What two texts share, by their sketches: against a plain count."""

import pytest

from crawler.duplicates.formulas import read_formulas
from crawler.duplicates.relation import relate
from crawler.duplicates.sketches import MOST_VALUES, Sketch, draw_sketch
from models import MembershipBasis
from tests.crawler.duplicates.stories import PLEDGE, edit, make_story


def sketch(text: str) -> Sketch:
    drawn = draw_sketch(text)
    assert drawn is not None
    return drawn


def share_triples(one: str, other: str) -> tuple[float, float]:
    sets = [set(zip(words, words[1:], words[2:], strict=False)) for words in (one.split(), other.split())]
    both = len(sets[0] & sets[1])
    return both / len(sets[0] | sets[1]), both / min(map(len, sets))


@pytest.mark.parametrize("words", [40, 300, 3000])
@pytest.mark.parametrize("share", [0.05, 0.2])
def test_the_estimate_is_near_the_count(words: int, share: float) -> None:
    one = make_story(1, words=words)
    other = edit(" ".join(one.split()[: words // 2]), share)
    relation, counted = relate(sketch(one), sketch(other)), share_triples(one, other)
    tolerance = 0.001 if words <= MOST_VALUES else 0.08
    assert (relation.similarity, relation.containment) == pytest.approx(counted, abs=tolerance)


def test_sketches_are_bounded_whatever_the_text() -> None:
    drawn = sketch(make_story(1, words=50_000))
    assert (len(drawn.values), len(drawn.keys), len(drawn.asked)) == (512, 48, 96)


def test_a_text_of_one_word_has_a_sketch_like_any_other() -> None:
    assert len(sketch("netral " * 5000).values) == 1
    assert relate(sketch("netral " * 50), sketch("netral " * 60)).basis is MembershipBasis.SIMILAR


def test_sketches_are_the_same_in_every_process_and_version() -> None:
    drawn = sketch("Camat Wanasari memimpin rapat di kantor kecamatan pada pagi hari kemarin")
    assert drawn.keys[0] == 33523344996275


def test_function_words_and_punctuation_do_not_matter() -> None:
    one = "Camat Wanasari memimpin rapat netralitas pegawai kecamatan sebelum hari pemungutan suara tiba"
    other = one.replace("rapat", "rapat yang").replace("pegawai", "para “pegawai”,")
    assert relate(sketch(one), sketch(other)).similarity == 1.0


def test_every_formula_is_left_out_of_a_text_that_quotes_it() -> None:
    for formula in read_formulas():
        for wording in formula.wordings:
            assert draw_sketch(wording) is None or len(wording.split()) < 8, wording


def test_a_text_is_compared_by_what_stands_beside_the_pledge() -> None:
    one, other = (sketch(f"{make_story(seed, words=30)} {PLEDGE}") for seed in (1, 2))
    relation = relate(one, other)
    assert (relation.basis, relation.is_quote) == (None, False)


@pytest.mark.parametrize("text", ["\ud800 rusak", "ﷺ" * 9000, "a" * 300_000, "🔥" * 100_000, "\u0301 " * 50])
def test_hostile_texts_are_sketched_in_bounded_size(text: str) -> None:
    drawn = draw_sketch(text)
    assert drawn is None or len(drawn.values) <= MOST_VALUES
