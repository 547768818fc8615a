"""What tests of rescoring put into a house, and read from it."""

from collections import Counter

from sqlalchemy import Engine, func, insert, select, update

from models import Artifact, Flag, Item, ItemKind, ItemVersion, Prediction, verify_chain
from models.database import make_reading_session, make_session
from netra.rescoring.database import DatabaseWork, begin
from netra.rescoring.ranges import Choice, IdRange, cut_ranges
from netra.rescoring.scorers import ArtifactPlace
from netra.rescoring.work import Done
from tests.factories import PARTISAN, make_item, make_source

STEP = 40
CALM = "Dinas perhubungan membuka rute bus baru nomor {} untuk pelajar. Warga menyambut gembira."


def fill(engine: Engine, count: int, **values: object) -> list[int]:
    """Ids of the versions; every fifth text is partisan."""
    with make_session(engine).begin() as session:
        source = make_source(session)
        texts = [f"{PARTISAN} Butir {number}." if number % 5 == 0 else CALM.format(number) for number in range(count)]
        items = [make_item(session, source=source, title="", text=text, **values) for text in texts]  # type: ignore[arg-type]
        return [item.current_version_id or 0 for item in items]


def fill_sparsely(engine: Engine, count: int) -> None:
    """Texts whose ids lie so far apart that they make many ranges."""
    ids = range(STEP, (count + 1) * STEP, STEP)
    with make_session(engine).begin() as session:
        source_id = make_source(session).id
        keys = [{"id": number, "source_id": source_id, "kind": ItemKind.NEWS, "item_key": f"{number:064}"} for number in ids]
        session.execute(insert(Item), keys)
        texts = [f"{PARTISAN} Butir {number}." if number % (5 * STEP) == 0 else CALM.format(number) for number in ids]
        rows = [
            {"id": number, "item_id": number, "number": 1, "text": text, "text_sha256": f"{number:064}"}
            for number, text in zip(ids, texts, strict=True)
        ]
        session.execute(insert(ItemVersion), rows)
        session.execute(update(Item).values(current_version_id=Item.id), execution_options={"synchronize_session": False})


def make_work(engine: Engine, place: ArtifactPlace, choice: Choice | None = None, *, raises_flags: bool = False) -> DatabaseWork:
    """Begun, as the command does it."""
    with make_session(engine).begin() as session:
        artifact_id = session.scalars(select(Artifact.id).where(Artifact.name == place.name)).one()
        return begin(session, DatabaseWork(place, artifact_id, choice or Choice(), raises_flags))


def rescore(engine: Engine, work: DatabaseWork) -> Done:
    return sum((work(ids) for ids in list_ranges(engine)), Done())


def list_ranges(engine: Engine) -> list[IdRange]:
    with make_reading_session(engine)() as session:
        return list(cut_ranges(session))


def count_predictions(engine: Engine) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(Prediction)) or 0


def count_flags(engine: Engine) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(Flag)) or 0


def assert_each_scored_once(engine: Engine, texts: int) -> None:
    with make_reading_session(engine)() as session:
        predictions = Counter(session.scalars(select(Prediction.item_version_id)))
        breaks = verify_chain(session).breaks
    assert (len(predictions), set(predictions.values()), breaks) == (texts, {1}, [])
