"""The service without a limit of what one person may hold, for bench.room.everything: a house has no such setting."""

import argparse

from models.settings import Settings
from service import app
from service.review import claims


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.unlimited")
    parser.add_argument("--port", type=int, required=True)
    settings = Settings().model_copy(update={"port": parser.parse_args().port})
    claims.MOST_HELD = 2**31 - 1
    app.run(settings)


if __name__ == "__main__":
    main()
