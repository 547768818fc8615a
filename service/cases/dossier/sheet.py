"""A dossier in words, from which the page and the PDF are drawn alike."""

from collections.abc import Iterator

from service.cases.dossier import facts
from service.cases.dossier.proofs import Proofs
from service.cases.dossier.words import Pairs, Record, Section, Sheet
from service.language import Language


class Layout(Proofs):
    """One dossier and one language."""

    def sheet(self) -> Sheet:
        head = [
            (self.l("berkas.dibuat"), self.moment(self.dossier.made_at)),
            (self.l("berkas.oleh"), self.roles(self.dossier.made_by)),
            (self.l("berkas.tujuan"), self.l(f"tujuan.{self.dossier.purpose}")),
            (self.l("berkas.nama_tampil"), self.l("jawaban.ya" if self.content.names_shown else "jawaban.tidak")),
            (self.l("berkas.sidik"), self.dossier.content_sha256),
            (self.l("berkas.versi"), self.dossier.version),
            (self.l("berkas.sejak"), self._since()),
        ]
        subtitle = self.l("berkas.nomor", id=self.content.case_id)
        return Sheet(self.content.title, subtitle, head, list(self._sections()))

    def _since(self) -> str:
        """In one sentence what is different from the dossier before."""
        since = self.dossier.since
        if since is None:
            return self.l("berkas.sejak_pertama")
        if not since.changed:
            return self.l("berkas.sejak_sama", moment=self.moment(since.at))
        parts = ", ".join(self._changed(one) for one in since.changed)
        return self.l("berkas.sejak_berubah", moment=self.moment(since.at), parts=parts)

    def _changed(self, one: facts.ChangedPart) -> str:
        name = self.l(f"berkas.bagian.{one.section}")
        if one.before is None or one.now is None or one.before == one.now:
            return name
        return f"{name} ({self.count(one.before)} → {self.count(one.now)})"

    def _sections(self) -> Iterator[Section]:
        yield self.section("pelapor", [self.record(self._reporter())])
        yield self.section("terlapor", [self.record(self._subject())])
        yield self.section("peristiwa", [self.record(self._event())])
        yield self.section("dasar_hukum", [self.record(self._law())])
        yield self.section("tenggat", [self._clock(one) for one in self.content.clocks])
        yield self.section("syarat", [self._requirement(one) for one in self.content.requirements])
        yield self.section("kronologi", [self.record([self._entry(one) for one in self.content.chronology])])
        yield self.section("bukti", [self._evidence(one) for one in self.content.evidence])
        yield self.section("penilaian", [self._decision(one) for one in self.content.decisions])
        yield self.section("keadaan", [self._status(one) for one in self.content.statuses])
        yield self.section("penerusan", [self._referral(one) for one in self.content.referrals])
        yield self.section("tindak_lanjut", [self._follow_up(one) for one in self.content.follow_ups])
        if self.content.corrections:
            yield self.section("koreksi", [self._correction(one) for one in self.content.corrections])
        yield self.section("rantai", [self._custody(one) for one in self.content.custody])
        if self.dossier.letter:
            yield Section(
                "surat", self.l("berkas.surat"), paragraphs=self._letter(self.dossier.letter), note=self.l("berkas.surat_jelas")
            )

    def _reporter(self) -> Pairs:
        one = self.content.reporter
        return [
            (self.l("berkas.peran"), self.roles(one.roles)),
            (self.l("berkas.wilayah"), one.region or ""),
            (self.l("berkas.perkara_dibuka"), self.moment(one.opened_at)),
        ]

    def _subject(self) -> Pairs:
        one = self.content.subject
        return [
            (self.l("berkas.nama"), one.name),
            (self.l("berkas.nip"), one.number),
            (self.l("berkas.status_asn"), self.word("status_asn", one.status)),
            (self.l("berkas.jabatan"), one.office),
            (self.l("berkas.instansi"), one.agency),
            (self.l("berkas.wilayah"), one.region or ""),
            (self.l("berkas.kode_wilayah"), one.region_code or ""),
        ]

    def _event(self) -> Pairs:
        one = self.content.event
        return [
            (self.l("berkas.hari_kejadian"), self.day(one.happened_on)),
            (self.l("berkas.hari_diketahui"), self.day(one.known_on)),
            (self.l("berkas.tempat"), one.place),
            (self.l("berkas.perbuatan"), self.l.label(one.act) if one.act else ""),
            (self.l("berkas.uraian"), one.description),
            (self.l("berkas.saksi"), one.witnesses),
        ]

    def _law(self) -> Pairs:
        one = self.content.law
        return [
            (self.l("berkas.hari_hukum"), self.day(one.day)),
            (self.l("berkas.pemilihan"), one.election or self.l("berkas.luar_pemilihan")),
            (self.l("berkas.tahapan"), self.l.phase(one.phase) if one.phase else ""),
            (self.l("berkas.bagian_pemilihan"), self.word("bagian", one.part)),
            (self.l("berkas.aturan"), one.rule_set or ""),
            (self.l("berkas.kode"), one.code or ""),
            (self.l("berkas.bentuk"), one.label or ""),
            (self.l("berkas.tingkat"), self.word("tingkat", one.level)),
            (self.l("berkas.sanksi"), self.word("sanksi", one.sanction)),
            (self.l("berkas.dasar"), one.legal_basis or ""),
        ]

    def _clock(self, one: facts.ClockFact) -> Record:
        pairs = [
            (self.l("berkas.mulai"), self.day(one.starts_on)),
            (self.l("berkas.hari_terakhir"), self.day(one.due_on)),
            (self.l("berkas.dipenuhi"), self.day(one.met_on)),
            (self.l("berkas.hitungan"), f"{self.count(one.days)} {self.l(f'hitungan.{one.count}')}"),
            (self.l("berkas.dasar"), one.legal_basis),
            (self.l("berkas.keyakinan"), self.word("keyakinan", one.confidence)),
        ]
        return self.record(pairs, self.l(f"jam.{one.rule}"))

    def _requirement(self, one: facts.RequirementFact) -> Record:
        answer = self.word("jawaban", one.answer) or self.l("syarat.belum")
        pairs = [
            (self.l("berkas.jawaban"), answer),
            (self.l("berkas.catatan"), one.note),
            (self.l("berkas.dijawab"), self.moment(one.answered_at)),
            (self.l("berkas.peran"), self.roles(one.roles)),
            (self.l("berkas.jenis_syarat"), self.l(f"syarat.{one.kind}")),
            (self.l("berkas.dasar"), one.legal_basis),
        ]
        return self.record(pairs, self.l(f"syarat.{one.key}"))

    def _entry(self, one: facts.ChronologyEntry) -> tuple[str, str]:
        prefix = {"penilaian": "hasil", "keadaan": "status", "tindak_lanjut": "tahap"}.get(one.what, "")
        parts = [self.l(f"kronologi.{one.what}"), self.word(prefix, one.code), one.detail]
        return self.day(one.day), " · ".join(part for part in parts if part)

    def _letter(self, letter: facts.Letter) -> list[str]:
        subject, law = self.content.subject, self.content.law
        whom = ", ".join(part for part in (subject.name, subject.office, subject.agency, subject.region) if part)
        count = self.l.number(len(self.content.evidence))
        law_text = (
            self.l("surat.dasar", code=law.code, label=law.label, basis=law.legal_basis)
            if law.code
            else self.l("surat.tanpa_dasar")
        )
        return [
            self.l("surat.kepada", agency=letter.addressee),
            self.l("surat.tanggal", day=self.day(letter.day)),
            self.l("surat.perihal"),
            self.l("surat.isi", whom=whom or self.l("surat.tanpa_terlapor"), basis=letter.legal_basis, count=count),
            law_text,
            self.l("surat.penilaian"),
            self.l("surat.penutup"),
        ]


def lay_out(dossier: facts.Dossier, language: Language) -> Sheet:
    return Layout(dossier, language).sheet()
