"""Everything at once: crawls, scoring, people who decide, alerts, and a classifier that is trained again and made live.

    python -m bench.soak [--minutes 60] [--monitors 16] [--flags 20000] [--engines sqlite postgresql] [--keep FOLDER]
        [--samples FOLDER]

Local outlets publish while it lasts. Afterwards what was answered is held against the database: every page that was
published stored once, every text scored once by the classifier that is live, every decision that somebody was told of
there once, nobody told an error of the server, the trail and the evidence whole. Memory is compared between the eleventh
minute (or the sixth part, where it is shorter) and the last tenth; `--samples` keeps all that was seen of it, in
FOLDER/soak-ENGINE.csv.
"""

import argparse
from pathlib import Path

from bench.soak.account import HEAD
from bench.soak.hour import ENGINES, FLAGS, MINUTES, MONITORS, soak
from bench.soak.samples import write_samples


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description="Everything at once, then the account.")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--monitors", type=int, default=MONITORS)
    parser.add_argument("--flags", type=int, default=FLAGS, help="flags that wait when it begins")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    parser.add_argument("--samples", type=Path, help="keep the samples of memory in this folder")
    wanted = parser.parse_args()
    is_sound = True
    for name in wanted.engines:
        account = soak(name, wanted.minutes * 60, wanted.monitors, wanted.flags, wanted.keep)
        print(HEAD, *account.lines(), sep="\n", flush=True)
        if wanted.samples:
            write_samples(wanted.samples, name, account.samples)
        is_sound = is_sound and account.is_sound
    return 0 if is_sound else 1


if __name__ == "__main__":
    raise SystemExit(main())
