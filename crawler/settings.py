"""Scrapy's settings, where its own would be wrong for us. What an operator changes is in models/settings.py (NETRA_*)."""

from importlib.util import find_spec

from models.settings import Settings

NETRA = Settings()

BOT_NAME = "netra"
SPIDER_LOADER_CLASS = "crawler.loader.SourceLoader"
COMMANDS_MODULE = "crawler.commands"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop" if find_spec("uvloop") else None  # A third less CPU for each page; not made for Windows.

USER_AGENT = f"netra/0.1 ({NETRA.crawl_contact or 'pemantau netralitas ASN'})"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "netra"

CONCURRENT_REQUESTS = 2
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0  # Half of a Crawl-delay is none.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_MAX_DELAY = 60.0

DOWNLOAD_TIMEOUT = NETRA.crawl_timeout_seconds  # From the first byte asked to the last one read.
DOWNLOAD_HANDLERS = dict.fromkeys(("http", "https"), "crawler.middlewares.handler.BoundedHandler")
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
TWISTED_DNS_RESOLVER = "crawler.middlewares.addresses.PublicResolver"
DNS_TIMEOUT = 20
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # The fetch event says it.
REDIRECT_MAX_TIMES = 5

# Nothing listens beside the crawl, and nothing is kept but what the frontier keeps.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
LOG_INSTALL_ROOT_HANDLER = False  # models/logs/setup.py writes what is logged, without what pages and people say.
LOG_LEVEL = "WARNING"
LOGSTATS_INTERVAL = 0

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # Drops without a word; AddressMiddleware says why.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.pace.StrictRobots": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.pace.PatientRetry": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.middlewares.unpacking.StrictUnpacking": 590,
    # Nearer to the network than what unzips (590), so that evidence is of the bytes that came.
    "crawler.middlewares.received.KeepReceived": 595,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.received.PlainRedirect": 600,
    # Nearer to the network than redirects (600): it sees where they lead before they are followed.
    "crawler.middlewares.addresses.AddressMiddleware": 650,
}
SPIDER_MIDDLEWARES = {  # They follow links from page to page, which we never do: what is to be fetched stands in the frontier.
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PIPELINES = {"crawler.pipelines.StorePipeline": 300}

# What follows costs more for each page than reading it does, and gives us nothing.
CONCURRENT_ITEMS = 1  # Scrapy starts half as many tasks for every page; a page of ours gives one item.
WARN_ON_GENERATOR_RETURN_VALUE = False  # Parses the source of a callback again for every page.
DOWNLOADER_STATS = False  # The fetch events say it.
