"""A tip from a phone, with scripts and without."""

import pytest
from playwright.sync_api import Browser

from models import now
from service.tips import spam
from tests.browser.conftest import Office


@pytest.mark.slow
@pytest.mark.parametrize("has_scripts", [pytest.param(True, marks=pytest.mark.long), False])
def test_somebody_sends_a_tip_from_a_phone_and_reads_its_status(browser: Browser, office: Office, has_scripts: bool) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="id-ID", java_script_enabled=has_scripts)
    page = context.new_page()
    page.goto(f"{office.address}/lapor")
    page.get_by_label("Provinsi").select_option("33")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Kabupaten atau kota").select_option("33.24")
    page.get_by_label("Uraian (boleh").fill("Camat mengajak staf memilih satu calon dalam rapat dinas.")
    page.get_by_label("Tanggal kejadian").fill(now().date().replace(day=1).isoformat())
    page.wait_for_timeout((spam.FASTEST_SECONDS + 0.5) * 1000)
    form, proof = page.locator("[name=formulir]").input_value(), page.locator("[name=bukti_kerja]").input_value()
    assert spam.has_proof(form, proof) is has_scripts
    page.get_by_role("button", name="Kirim informasi").click()
    code = page.locator(".code").inner_text()
    page.get_by_role("link", name="Periksa status").click()
    page.get_by_label("Kode").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Lihat status").click()
    assert "Diterima" in page.locator("main [role=status]").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_label("Ya, tarik informasi ini").check()
    page.get_by_role("button", name="Tarik informasi").click()
    assert "Ditarik" in page.locator("main [role=status]").inner_text()
    assert context.cookies() == []
    context.close()
