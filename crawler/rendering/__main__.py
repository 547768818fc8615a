"""`python -m crawler.rendering`: one job on standard input, its answer on standard output."""

import json
import sys

from crawler.rendering.job import RenderFailed, RenderJob
from crawler.runs.parent import end_with_parent
from models.settings import Settings


def main() -> None:
    end_with_parent()
    job = RenderJob.from_json(sys.stdin.read())
    try:
        from crawler.rendering.browser import render
    except ModuleNotFoundError:
        sys.exit('no Playwright here: pip install "netra[screenshots]", and install Chromium')
    try:
        sys.stdout.write(render(Settings(), job).to_json())
    except RenderFailed as failure:
        sys.stdout.write(json.dumps({"failure": str(failure)}))


main()
