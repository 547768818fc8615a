"""Every setting of netra, in one class. Read once at the start of a program."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from models.secret_files import SecretFiles


def _known_networks(addresses: str) -> str:
    """Every part an address or a network of some: a name would never match, and all addresses are no proxy."""
    for address in filter(None, (part.strip() for part in addresses.split(","))):
        if ip_network(address).prefixlen == 0:
            raise ValueError(f"{address} would let anybody say that they are somebody else")
    return addresses


class Settings(BaseSettings):
    """Settings come from the environment (`NETRA_HOME=/srv/netra`) or from a file `.env`; secrets also from files of their own.

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
    trusted_proxies: Annotated[str, AfterValidator(_known_networks)] = Field(
        default="127.0.0.1,::1",
        description="Addresses or networks of proxies whose word on who is connected counts, several by commas.",
    )
    sources_dir: Path = Field(default=Path(__file__).parent.parent / "crawler" / "sources", description="Source files (*.yml).")
    crawl_proxy: str = Field(default="", description="HTTP proxy for the crawlers, empty for none.")
    crawl_contact: str = Field(default="", description="Where a site's owner reaches you; it stands in the User-Agent.")
    crawl_timeout_seconds: float = Field(default=30, ge=1, description="Longest time for one whole answer of an outlet.")
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
    public_statistics: bool = Field(default=False, description="Show `/publik/statistik` to everybody.")
    lease_minutes: int = Field(default=20, ge=1, description="How long a monitor holds a flag without a sign of life.")
    second_reading_share: float = Field(
        default=0.05, ge=0, le=1, description="Part of the decisions other than signs of a violation that a second person reads."
    )
    golden_share: float = Field(
        default=0.02, ge=0, le=0.2, description='Part of the turns of "take next" that give a golden item, to measure readers.'
    )
    session_hours: int = Field(default=10, ge=1, description="How long a sign-in lasts at most.")
    session_idle_minutes: int = Field(default=60, ge=1, description="How long a sign-in lasts without a request of its person.")
    second_factor_hours: int = Field(
        default=8, ge=0, description="How long a second factor counts before exports and referrals ask again; 0 asks for none."
    )
    oidc_issuer: str = Field(default="", description="Address of an OpenID provider for signing in (https://…); empty for none.")
    oidc_client_id: str = Field(default="", description="Our name at that provider.")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="Our secret at that provider; empty for none.")
    private_hosts: bool = Field(
        default=False,
        description="Let the OpenID provider, the time-stamp authority and other houses be at private addresses (an intranet).",
    )
    oidc_name: str = Field(default="", description="What the button of the sign-in page calls it.")
    service_threads: int = Field(default=0, ge=0, description="Threads of the service; 0 means 2 on SQLite, 4 on PostgreSQL.")

    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Seals contacts and secrets; empty means `secret.key` in `home`, made when needed.",
    )
    backup_key: SecretStr = Field(
        default=SecretStr(""), description="Key of age or passphrase that closes backups and opens them again; empty for neither."
    )
    backup_recipients: str = Field(
        default="",
        description="Public keys of age for which backups are closed, several by commas; this machine cannot open them.",
    )
    tips_contact_days: int = Field(default=90, ge=1, description="How long the contact of a tip's sender is kept.")
    retention_days: str = Field(
        default="",
        description="`rule=days`, several by commas, where a retention timer is to run otherwise than ours; 0 is never.",
    )
    jobs_every: str = Field(
        default="", description="`job=minutes`, several by commas, where a job is to come round otherwise than ours; 0 is never."
    )
    interchange_houses: str = Field(
        default="", description="Other houses whose cases we take in: `address=file of its token`, several by commas."
    )
    mail_from: str = Field(default="", description="Sender of digests; empty means that no mail is sent.")
    smtp_host: str = Field(default="localhost", description="Mail server.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="How the line to it is encrypted.")
    smtp_user: str = Field(default="", description="Name at the mail server; empty means that none is asked.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password at the mail server.")
    alerts_cluster_outlets: int = Field(default=5, ge=2, description="Outlets that carry a new story when an alert tells of it.")
    alerts_deadline_days: int = Field(
        default=2,
        ge=0,
        le=20,
        description="Days left on the legal clock of a flag when an alert tells of it, as its law counts them.",
    )
    alerts_private_hosts: bool = Field(default=False, description="Let webhooks reach private addresses.")

    api_needs_if_match: bool = Field(
        default=False, description="The API takes no decision without `If-Match`, so that none is made on what nobody read."
    )

    log_format: Literal["", "text", "json"] = Field(
        default="", description="`json` for machines, `text` for people; set, standard error gets every record."
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda level: str(level).upper())] = Field(
        default="INFO", description="From which level on records are kept."
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""), description="Bearer token of `/metrics`; without one only this machine itself may ask."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """A file that is named counts like the environment; pydantic's own way to secrets, a folder, is not used."""
        return init_settings, env_settings, SecretFiles(settings_cls, env_settings, dotenv_settings), dotenv_settings

    @property
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
