"""The service with a claim in two steps, for the control of bench.room.claims. Nobody should run it for anything else."""

import argparse
import time

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Flag, now
from models.database import make_engine, make_reading_session
from models.settings import Settings
from service import app
from service.review import claims


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.careless")
    parser.add_argument("--port", type=int, required=True)
    settings = Settings().model_copy(update={"port": parser.parse_args().port})
    reading = make_reading_session(make_engine(settings.database_address))

    def claim_in_two_steps(session: Session, actor: claims.Actor, *, minutes: int, **_: object) -> int | None:
        free = select(Flag.id).where(claims.unfinished(), claims.is_free(now()), claims.is_for(actor))
        with reading() as other:
            flag_id = other.scalar(free.order_by(Flag.priority.desc(), Flag.id).limit(1))
        time.sleep(0.01)  # What a page takes between its question and its deed.
        mine = update(Flag).where(Flag.id == flag_id)
        return claims._give(session, mine, actor, now(), minutes) if flag_id else None

    claims.claim_next = claim_in_two_steps
    app.run(settings)


if __name__ == "__main__":
    main()
