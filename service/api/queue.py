"""JSON for work on the queue: skip, hold, hand over, saved searches, one deed on many flags."""

from service.api.parameters import Id
from service.api.problems import CONFLICT, MISSING
from service.api.queue_schemas import (
    BulkAnswer,
    BulkBody,
    FlagDeed,
    HandOverBody,
    HoldBody,
    SavedSearchAnswer,
    SavedSearchBody,
    SavedSearchList,
    SkipBody,
)
from service.api.routes import make_router
from service.api.schemas import Lease
from service.dependencies import Assessor, QueueReader, Reading, Writing
from service.review import bulk, keeping, repository, saved, undoing
from service.review.bulk import BulkRequest
from service.review.filters import QueueFilter

router = make_router()


@router.post("/flags/{flag_id}/skip", tags=["flags"], responses=MISSING)
def skip_flag(session: Writing, actor: Assessor, flag_id: Id, body: SkipBody) -> FlagDeed:
    """Never be given this flag again by `take`. What you hold goes back to the queue."""
    keeping.skip(session, actor, flag_id, reason=body.reason.strip())
    return FlagDeed(flag_id=flag_id)


@router.post("/flags/{flag_id}/unskip", tags=["flags"], responses=MISSING)
def unskip_flag(session: Writing, actor: Assessor, flag_id: Id) -> FlagDeed:
    keeping.unskip(session, actor, flag_id)
    return FlagDeed(flag_id=flag_id)


@router.post("/flags/{flag_id}/hold", tags=["flags"], responses=MISSING | CONFLICT)
def hold_flag(session: Writing, actor: Assessor, flag_id: Id, body: HoldBody) -> Lease:
    """Hold a flag that you hold anyway for days, at most five of them."""
    reason = body.reason.replace("\0", "").strip()
    return Lease(flag_id=flag_id, held_until=keeping.keep(session, actor, flag_id, until_on=body.until_on, reason=reason))


@router.post("/flags/{flag_id}/hand-over", tags=["flags"], responses=MISSING | CONFLICT)
def hand_over_flag(session: Writing, actor: Assessor, flag_id: Id, body: HandOverBody) -> FlagDeed:
    """Give a flag that you hold to a colleague, who sees it before anything else."""
    keeping.hand_over(session, actor, flag_id, username=body.receiver.replace("\0", ""), note=body.note.strip())
    return FlagDeed(flag_id=flag_id)


@router.get("/searches", tags=["searches"])
def list_searches(session: Reading, actor: QueueReader) -> SavedSearchList:
    """Your saved searches, with bounded counts."""
    rows = saved.count_saved(session, actor)
    return SavedSearchList(searches=[_say_search(row.search, row.count) for row in rows])


@router.post("/searches", tags=["searches"], responses=MISSING)
def save_search(session: Writing, actor: QueueReader, body: SavedSearchBody) -> SavedSearchAnswer:
    """Keep a filter under a name; the same name takes the new filter."""
    filters = QueueFilter.parse(body.query)
    search = saved.save_search(session, actor, body.name, filters, is_default=body.is_default)
    return _say_search(search, repository.count_shelf(session, actor, filters))


@router.delete("/searches/{search_id}", tags=["searches"], status_code=204, responses=MISSING)
def delete_search(session: Writing, actor: QueueReader, search_id: Id) -> None:
    saved.delete_search(session, actor, search_id)


@router.post("/flags/bulk", tags=["flags"], responses=CONFLICT)
def do_bulk(session: Writing, actor: Assessor, body: BulkBody) -> BulkAnswer:
    """One deed on many flags, in one transaction. It leaves out what somebody holds, and starts as a dry run."""
    request = BulkRequest(
        body.deed, body.known_ids(), body.outcome, body.no_violation_reason, body.receiver.replace("\0", ""), body.reason
    )
    if body.dry_run:
        found = bulk.try_out(session, actor, request)
        return BulkAnswer(id=None, done=found.can, skipped=found.held + found.other, held=found.held)
    action = bulk.carry_out(session, actor, request)
    return BulkAnswer(id=action.id, done=action.done, skipped=action.skipped, held=None)


@router.post("/bulk/{action_id}/undo", tags=["flags"], responses=MISSING | CONFLICT)
def undo_bulk(session: Writing, actor: Assessor, action_id: Id) -> BulkAnswer:
    """Take back a deed on many flags, as far as nobody has touched them since."""
    action, undone = undoing.undo(session, actor, action_id)
    return BulkAnswer(id=action.id, done=undone, skipped=action.done - undone, held=None, undone_at=action.undone_at)


def _say_search(search: saved.SavedSearch, count: int) -> SavedSearchAnswer:
    fields = {"id": search.id, "name": search.name, "query": search.query, "is_default": search.is_default}
    return SavedSearchAnswer.model_validate(fields | {"count": count})
