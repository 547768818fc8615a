"""The service with a claim in two steps, for the control of bench.room.claims. Nobody should run it for anything else."""

import argparse
import time

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select, update

from models import Flag, now
from models.database import make_reading_session, make_session
from models.settings import Settings
from service.app import create_app
from service.dependencies import Assessor
from service.errors import NotFound
from service.review import claims
from service.review.conditions import unfinished

PATH = "/ceroboh"
BETWEEN_SECONDS = 0.01
"""What a page takes between its question and its deed."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.careless")
    parser.add_argument("--port", type=int, required=True)
    app = create_app(Settings())
    add_careless_claim(app)
    uvicorn.run(app, port=parser.parse_args().port, log_level="warning")


def add_careless_claim(app: FastAPI) -> None:
    """What the real claim must not be: a question in one transaction and a deed in the next one, on both engines."""
    reading, writing = make_reading_session(app.state.engine), make_session(app.state.engine)

    @app.post(PATH)
    def take_in_two_steps(actor: Assessor) -> dict[str, int]:
        free = select(Flag.id).where(unfinished(), Flag.holder_id.is_(None)).order_by(Flag.priority.desc(), Flag.id)
        with reading() as session:
            flag_id = session.scalar(free.limit(1))
        if flag_id is None:
            raise NotFound
        time.sleep(BETWEEN_SECONDS)
        with writing.begin() as session:
            session.execute(
                update(Flag).where(Flag.id == flag_id).values(**claims.FREED | {"holder_id": actor.id, "held_until": now()})
            )
        return {"flag_id": flag_id}


if __name__ == "__main__":
    main()
