"""The operator's own rhythm, and the houses that are asked."""

from datetime import timedelta
from pathlib import Path

import pytest

from models.settings import Settings
from netra.houses import read_houses, read_token
from netra.jobs.errors import JobError
from netra.jobs.rhythm import get_job, list_jobs


def test_what_erases_draws_or_trains_waits_until_the_office_says_so(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, _env_file=None)
    off = {job.name for job in list_jobs(settings) if not job.is_on(settings)}
    assert off == {"crawl", "render", "publish", "pull", "draw", "train", "retention"}
    settings = Settings(
        home=tmp_path,
        jobs_every="draw=10080,retention=1440,train=43200,score=0",
        retention_days="sesi=30",
        interchange_houses="https://netra.example=/etc/netra/mitra.token",
        crawl_contact="sari@kantor.example",
        public_statistics=True,
        _env_file=None,
    )
    assert {job.name for job in list_jobs(settings) if not job.is_on(settings)} == {"score"}
    assert get_job(settings, "draw").every == timedelta(days=7)


@pytest.mark.parametrize("setting", ["nix=5", "digest=-1", "digest", "digest=besok", "digest=999999999"])
def test_a_rhythm_that_cannot_be_read_says_how_to_mend_it(tmp_path: Path, setting: str) -> None:
    with pytest.raises(JobError, match="NETRA_JOBS_EVERY"):
        list_jobs(Settings(home=tmp_path, jobs_every=setting, _env_file=None))


def test_a_house_is_an_address_and_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mitra.token"
    file.write_text("rahasia-mitra\n", encoding="ascii")
    (house,) = read_houses(f"https://netra.example/a?b=c={file}, ")
    assert (house.url, read_token(house.token_file)) == ("https://netra.example/a?b=c", "rahasia-mitra")
    with pytest.raises(JobError, match="Write it as"):
        read_houses("https://netra.example")
    file.write_text("dua kata", encoding="ascii")
    with pytest.raises(JobError, match="holds no token"):
        read_token(file)
