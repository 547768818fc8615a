"""Run every measurement and rewrite the pages of measured numbers in docs/.

    python -m bench [EVAL] [--only NAME ...] [--list] …

A page is begun only where everything that it needs is there; which are not, and why, is said before the first begins.
"""

import argparse
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.contents import PAGES
from bench.page import DOCS, Page, Wanted, choose
from bench.progress import say

USAGE = 'make bench EVAL=folder [ONLY="name …"] [SEEDS=folder] [PAGES="file.jsonl …"] [LABEL_STUDIO=…] [DOCCANO=…] [KEEP=folder]'

TRIALS = Path(tempfile.gettempdir()) / "netra-bench-trial"
"""Whatever a trial says must not stand among the figures of docs/."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes as those of netra: 1 where a page broke, 2 where nothing could be measured as asked."""
    options = _parser().parse_args(arguments)
    if options.list:
        sys.stdout.write("\n".join(_list_pages()) + "\n")
        return 0
    wanted = _read(options)
    chosen = choose(PAGES, options.only)
    missing = {page.name: lines for page in chosen if (lines := page.find_missing(wanted))}
    wrong = [*_find_wrongly_named(wanted), *(_tell(missing) if options.only or len(missing) == len(chosen) else [])]
    if wrong:
        sys.stderr.write(f"{USAGE}\nNothing was begun. Missing:\n" + "".join(f"  {line}\n" for line in wrong))
        return 2
    for line in [*_tell(missing), *_list_unmeasured(wanted, chosen)]:
        say(f"not measured: {line}")
    return _write_all([page for page in chosen if page.name not in missing], wanted)


def _write_all(pages: Sequence[Page], wanted: Wanted) -> int:
    say(f"{', '.join(page.name for page in pages)}: about {sum(page.minutes for page in pages)} minutes on two quiet cores")
    broken = list[str]()
    for page in pages:
        say(f"{page.name}: {page.about}")
        try:
            path = page.write(wanted)
        except (Exception, SystemExit):  # Hours of other pages are not to be lost with this one.
            traceback.print_exc()
            say(f"{page.name} is not written")
            broken.append(page.name)
        else:
            sys.stdout.write(f"wrote {path.relative_to(DOCS.parent) if path.is_relative_to(DOCS.parent) else path}\n")
            sys.stdout.flush()
    return 1 if broken else 0


def _read(options: argparse.Namespace) -> Wanted:
    into = options.into or (TRIALS if options.trial else DOCS)
    return Wanted(
        folder=options.folder,
        seeds=options.seeds,
        pages=tuple(options.pages),
        label_studio=options.label_studio,
        doccano=options.doccano,
        artifact=options.artifact,
        keep=options.keep,
        into=into,
        is_trial=options.trial,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and rewrite the pages of measured numbers.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("EVAL"), help="holds the texts and pages to measure on")
    parser.add_argument("--list", action="store_true", help="say what each page needs and takes, and measure nothing")
    parser.add_argument("--only", nargs="+", default=[], choices=[page.name for page in PAGES], help="write these pages alone")
    parser.add_argument("--seeds", type=Path, help="a folder of .txt, seed articles that must not be flagged")
    parser.add_argument("--pages", type=Path, nargs="*", default=[], help="more sets of pages with true texts (docs/pages.md)")
    parser.add_argument("--label-studio", type=Path, metavar="PROGRAM", help="bin/label-studio of its environment")
    parser.add_argument("--doccano", type=Path, metavar="PROGRAM", help="bin/doccano of its environment")
    parser.add_argument("--artifact", type=Path, metavar="FOLDER", help="score with this classifier instead of training one")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make temporary folders here")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="write the pages here instead of docs/")
    parser.add_argument("--trial", action="store_true", help=f"tiny sizes that only show that it runs; writes into {TRIALS}")
    return parser


def _list_pages() -> Iterator[str]:
    for page in PAGES:
        length = f"{page.minutes} min{', only where ONLY= names it' if page.is_long else ''}"
        yield f"{page.name:<11} docs/{page.file} ({length})\n{'':<11} {page.about}"
        yield from (f"{'':<11} needs {need.describe()}" for need in page.needs)


def _tell(missing: dict[str, list[str]]) -> list[str]:
    return [f"{name}: {line}" for name, lines in missing.items() for line in lines]


def _find_wrongly_named(wanted: Wanted) -> list[str]:
    """What somebody named and is not there: they would not want a page without it."""
    files = {"PAGES": wanted.pages, "LABEL_STUDIO": [wanted.label_studio], "DOCCANO": [wanted.doccano]}
    wrong = [f"{path} ({name}=)" for name, paths in files.items() for path in paths if path and not path.is_file()]
    folders = {"SEEDS": wanted.seeds, "KEEP": wanted.keep, "ARTIFACT": wanted.artifact}
    return [*wrong, *(f"{path} ({name}=, a folder)" for name, path in folders.items() if path and not path.is_dir())]


def _list_unmeasured(wanted: Wanted, chosen: Sequence[Page]) -> list[str]:
    """Parts of pages for which nobody named files, and the pages that nobody asked for."""
    names = {page.name for page in chosen}
    parts = [
        *(["seed articles (SEEDS=folder of .txt)"] if "classifier" in names and not wanted.seeds else []),
        *(['international pages (PAGES="file.jsonl …")'] if "crawler" in names and not wanted.pages else []),
    ]
    others = [page.name for page in PAGES if page.name not in names]
    return [*parts, *([f"{', '.join(others)} (ONLY=name)"] if others else [])]


if __name__ == "__main__":
    raise SystemExit(main())
