"""The part of a dossier that proves: evidence, readings, what institutions did, custody."""

from service.cases.dossier import facts
from service.cases.dossier.words import Record, Words


class Proofs(Words):
    def _evidence(self, one: facts.Evidence) -> Record:
        pairs = [
            (self.l("berkas.judul_bukti"), one.title),
            (self.l("berkas.sumber"), one.source),
            (self.l("berkas.jenis"), self.l(f"jenis.{one.kind}")),
            (self.l("berkas.alamat"), one.url or ""),
            (self.l("berkas.terbit"), self.moment(one.published_at)),
            (self.l("berkas.terlihat"), self.moment(one.first_seen_at)),
            *((self.l("berkas.kutipan"), quote) for quote in one.quotes),
            (self.l("berkas.diambil"), self.moment(one.fetched_at)),
            (self.l("berkas.sha256"), one.sha256 or ""),
            (self.l("berkas.ukuran"), self.count(one.byte_count)),
            (self.l("berkas.warc"), one.warc_file or ""),
            (self.l("berkas.warc_letak"), self.count(one.warc_offset)),
            (self.l("berkas.warc_panjang"), self.count(one.warc_length)),
            (self.l("berkas.warc_sha256"), one.warc_sha256 or ""),
            (self.l("berkas.penanda"), str(one.flag_id)),
        ]
        return self.record(pairs, self.l("berkas.bukti_nomor", number=one.number))

    def _decision(self, one: facts.Decision) -> Record:
        reading = self.l("berkas.kedua" if one.is_second else "berkas.pertama")
        pairs = [
            (self.l("berkas.hasil"), self.l(f"hasil.{one.outcome}")),
            (self.l("berkas.penilai"), f"{reading}, {self.roles(one.roles)}"),
            (self.l("berkas.waktu"), self.moment(one.at)),
            (self.l("berkas.kode"), one.code or ""),
            (self.l("berkas.catatan"), one.note),
            (self.l("berkas.ditarik"), self.l("jawaban.ya") if one.is_withdrawn else ""),
        ]
        return self.record(pairs, self.l("berkas.bukti_nomor", number=one.evidence_number))

    def _status(self, one: facts.StatusFact) -> Record:
        return self._dated(one, self.l(f"status.{one.status}"))

    def _follow_up(self, one: facts.FollowUpFact) -> Record:
        return self._dated(one, self.l(f"tahap.{one.stage}"))

    def _dated(self, one: facts.StatusFact | facts.FollowUpFact, heading: str) -> Record:
        pairs = [
            (self.l("berkas.hari"), self.day(one.on_day)),
            (self.l("berkas.dokumen"), one.document_number),
            (self.l("berkas.catatan"), one.note),
        ]
        return self.record(pairs, heading)

    def _referral(self, one: facts.ReferralFact) -> Record:
        pairs = [
            (self.l("berkas.hari"), self.day(one.on_day)),
            (self.l("berkas.dokumen"), one.document_number),
            (self.l("berkas.dasar"), one.legal_basis),
            (self.l("berkas.peran"), self.roles(one.roles)),
            (self.l("berkas.sidik_saat_itu"), one.dossier_sha256),
        ]
        return self.record(pairs, one.agency)

    def _correction(self, one: facts.CorrectionFact) -> Record:
        about = self.l("berkas.koreksi_konten", id=one.item_id) if one.item_id else self.l("berkas.koreksi_perkara")
        return self.record(
            [(self.l("berkas.koreksi_isi"), one.text), (self.l("berkas.koreksi_pada"), self.moment(one.noted_at))], about
        )

    def _custody(self, one: facts.CustodyEvent) -> Record:
        whole = "" if one.is_whole is None else self.l("berkas.utuh" if one.is_whole else "berkas.rusak")
        what = self.l(f"rantai.{one.action}") if self.l.has(f"rantai.{one.action}") else self.l.action(one.action)
        pairs = [
            (what, self.moment(one.at)),
            (self.l("berkas.peran"), self.roles(one.roles)),
            (self.l("berkas.keadaan_salinan"), whole),
            (self.l("berkas.otoritas"), one.authority or ""),
        ]
        return self.record(pairs, self.l("berkas.bukti_nomor", number=one.evidence_number))
