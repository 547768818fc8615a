"""Every setting of netra, in one class. Read once at the start of a program."""

from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings come from the environment (`NETRA_HOME=/srv/netra`) or from a file `.env`.

    >>> Settings(home="/srv/netra").database_address
    'sqlite:////srv/netra/netra.sqlite3'
    """

    model_config = SettingsConfigDict(env_prefix="NETRA_", env_file=".env", extra="ignore")

    home: Path = Field(default=Path("var"), description="Data directory: database, evidence (WARC), artifacts.")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty means SQLite in `home`.")
    demo: bool = Field(default=False, description="The demo's users may sign in. Never outside the demo.")
    host: str = Field(default="127.0.0.1", description="Address on which the service listens.")
    port: int = Field(default=8000, description="Port on which the service listens.")
    public_url: str = Field(
        default="", description="Address that browsers use, when a proxy stands before the service (https://…)."
    )
    sources_dir: Path = Field(default=Path(__file__).parent.parent / "crawler" / "sources", description="Source files (*.yml).")
    crawl_proxy: str = Field(default="", description="HTTP proxy for the crawlers, empty for none.")
    crawl_contact: str = Field(default="", description="Where a site's owner reaches you; it stands in the User-Agent.")
    crawl_private_hosts: bool = Field(default=False, description="Let crawlers reach private addresses (tests only).")
    mastodon_token: SecretStr = Field(
        default=SecretStr(""), description="`instance=token`, several by commas, for instances that ask for one."
    )
    bluesky_handle: str = Field(default="", description="Handle of our own Bluesky account, as nama.bsky.social.")
    bluesky_app_password: SecretStr = Field(default=SecretStr(""), description="App password of that account; never its own.")
    youtube_key: SecretStr = Field(default=SecretStr(""), description="API key of the YouTube Data API v3.")
    youtube_daily_units: int = Field(default=10_000, ge=1, description="Units of that key a day; Google counts them.")
    connector_wait_minutes: float = Field(
        default=5, ge=0, description="How long one run waits for the rate limit of a platform before it postpones the rest."
    )
    tsa_url: str = Field(default="", description="Time-stamp authority (RFC 3161) that `netra evidence stamp` asks.")
    tsa_roots: str = Field(default="", description="PEM file with the certificates of authorities that we trust.")
    lease_minutes: int = Field(default=20, ge=1, description="How long a monitor holds a flag without a sign of life.")
    session_hours: int = Field(default=10, ge=1, description="How long a sign-in lasts.")
    service_threads: int = Field(default=0, ge=0, description="Threads of the service; 0 means 2 on SQLite, 4 on PostgreSQL.")

    @cached_property
    def database_address(self) -> str:
        return self.database_url or f"sqlite:///{self.home.absolute() / 'netra.sqlite3'}"

    @property
    def evidence_dir(self) -> Path:
        """WARC files: the bytes as they were fetched."""
        return self.home / "evidence"

    @property
    def artifacts_dir(self) -> Path:
        """Trained classifiers, one folder each."""
        return self.home / "artifacts"
