"""Run every measurement and rewrite the pages of measured numbers in docs/.

    python -m bench FOLDER [--seeds FOLDER] [--pages FILE ...] [--only classifier|crawler|service] [--sizes FLAGS ...]

Nothing starts unless all files are there.
"""

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
USAGE = 'make bench EVAL=folder [SEEDS=folder of .txt] [PAGES="file.jsonl ..."] [ONLY=classifier|crawler|service]'
PAGES = {"classifier": "bench.classifier_page", "crawler": "bench.crawler_page", "service": "bench.service_page"}


def main() -> int:
    """Check the files, measure, write the pages."""
    wanted = _parser().parse_args()
    chosen = [wanted.only] if wanted.only else list(PAGES)
    modules = {name: import_module(PAGES[name]) for name in chosen}
    if missing := _list_missing(wanted, {name: module.NEEDED for name, module in modules.items()}):
        sys.stderr.write(f"{USAGE}\nMissing:\n" + "".join(f"  {line}\n" for line in missing))
        return 2
    writers: dict[str, Callable[[], str]] = {
        "classifier": lambda: modules["classifier"].write_page(wanted.folder, wanted.seeds),
        "crawler": lambda: modules["crawler"].write_page(wanted.folder, wanted.pages),
        "service": lambda: modules["service"].write_page(wanted.sizes),
    }
    for note in _list_left_out(wanted, chosen):
        sys.stderr.write(f"not measured: {note}\n")
    for name in chosen:
        sys.stderr.write(f"measuring the {name}\n")
        path = DOCS / modules[name].NAME
        path.write_text(writers[name](), encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(DOCS.parent)}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and rewrite the pages of measured numbers.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("EVAL"), help="holds the texts and pages to measure on")
    parser.add_argument("--seeds", type=Path, help="a folder of .txt, seed articles that must not be flagged")
    parser.add_argument("--pages", type=Path, nargs="*", default=[], help="more sets of pages with true texts (docs/pages.md)")
    parser.add_argument("--sizes", type=int, nargs="+", help="flags in the queue of the service; small ones for a trial")
    parser.add_argument("--only", choices=PAGES, help="write one page alone")
    return parser


def _list_missing(wanted: argparse.Namespace, needed: dict[str, tuple[str, ...]]) -> list[str]:
    """One line for each file or folder that is named or needed, and not there."""
    named = [f"{path} (--pages)" for path in wanted.pages if not path.is_file()]
    if wanted.seeds and not wanted.seeds.is_dir():
        named.append(f"{wanted.seeds} (--seeds, a folder of .txt)")
    files = [
        f"{wanted.folder / name} (for the {page}'s page)"
        for page, names in needed.items()
        for name in names
        if not (wanted.folder / name).is_file()
    ]
    return [*files, *named]


def _list_left_out(wanted: argparse.Namespace, chosen: list[str]) -> list[str]:
    """What this run does not measure, because nobody named files for it."""
    seeds = ["seed articles (SEEDS=folder of .txt)"] if "classifier" in chosen and not wanted.seeds else []
    pages = ['international pages (PAGES="file.jsonl ...")'] if "crawler" in chosen and not wanted.pages else []
    return [*(f"the {name} (ONLY={wanted.only})" for name in PAGES if name not in chosen), *seeds, *pages]


if __name__ == "__main__":
    raise SystemExit(main())
