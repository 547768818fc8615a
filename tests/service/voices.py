"""Invented tips in several voices. What stands in ⟦…⟧ names a private person; everything else must stay readable."""

import re

MARK = re.compile(r"⟦([^⟧]*)⟧")

VOICES = (
    """Dengan hormat. Nama saya ⟦Ratna Puspitasari⟧, warga Kelurahan Sumbersari. Pada hari Senin Bapak Camat mengumpulkan
kami di pendopo dan meminta kami memilih Pak Darmawan sebagai calon bupati. Demikian laporan saya. Hormat saya,
⟦Ratna Puspitasari⟧""",
    """min tolong ditindak, pak lurah desa sebelah nyuruh ibu2 pkk milih nomer 2. yg disuruh bagi kaos itu bu ⟦Tutik⟧ sama
mas ⟦Gilang⟧, kasihan mereka cuma disuruh""",
    """Kepala Dinas Pendidikan Kabupaten Lembah Dara hadir di kampanye Partai Cahaya. Saksi: Bu ⟦Endang Wahyuni⟧ (penjual
makanan) dan Sdr. ⟦Yosep⟧. Kepala dinas bernama Hartono Wijaya memakai seragam dinas.""",
    """Saya guru honorer. Kepala sekolah kami, Pak Suwito, memaksa guru membuat video dukungan. Rekan saya Bu ⟦Lilis⟧
menolak lalu jamnya dikurangi. Tolong Bu ⟦Lilis⟧ dilindungi.""",
    """Kronologi: 1) Pukul 09.00 Sekda Kota Arunika, Bapak Ir. Bambang Sutejo, membuka rapat. 2) Beliau berkata "pilih Pak Wali
lagi". 3) Ibu ⟦Maryam⟧ dari bagian umum merekam. 4) Rekaman ada pada Bapak ⟦Samuel Tandi⟧.""",
    """Assalamualaikum, perkenalkan saya ⟦Fajar Nugroho⟧ mahasiswa. Di Jalan Ahmad Yani ada baliho Bapak Bupati dipasang
pegawai Dinas Perhubungan pakai mobil dinas. Bapak Bupati sendiri tidak ada.""",
    """nama saya ⟦siti aminah⟧ saya pedagang di pasar wage. kemarin bapak camat sama ibu camat bagi sembako ada gambar paslon
nomor 1 terus bilang jangan lupa tanggal 27""",
    """Pegawai Kecamatan Wanasari diminta iuran Rp50.000 oleh Ibu Sekcam untuk Tim Pemenangan. Bendaharanya Mbak ⟦Novi⟧. Mbak
⟦Novi⟧ hanya menjalankan perintah. Mohon jangan sebut ⟦Novi⟧.""",
    """Yth. Bapak Ketua Bawaslu. Bersama ini saya laporkan ASN Dinas Kesehatan, Ibu Kepala Puskesmas Tirtolaras, mengajak
pasien mendukung Paslon Nomor Urut 3. Ibu Kepala Puskesmas menyebut program Bapak Gubernur. Terima kasih.""",
    """Pak RT dan Bu RT tempat saya dikasih uang oleh Pak Sekda. Pak RT namanya Pak ⟦Slamet⟧. Pak Sekda bilang itu dari Pak
Calon.""",
    """Selamat siang Bapak/Ibu. Akun Facebook Kepala Bidang Pertanian memuat foto bersama Bu Anisa, calon wakil wali kota, dua
jari. Yang memotret Saudara ⟦Petrus Kopong⟧, sopir kantor.""",
    """Bpk. Kadis Sosial kemarin bagi bansos di Desa Mekar. Beliau bilang bansos ini dari Ibu Wali Kota. Tetangga saya Bpk.
⟦Karman⟧ tidak dapat karena tidak mau pasang stiker.""",
    """Pelapor: ⟦Agus Salim Harahap⟧
Terlapor: Lurah Batu Itam
Uraian: Lurah memasang spanduk Partai Nusantara di kantor kelurahan pada hari Minggu.""",
    """Di grup WA guru SMP Negeri 4, Ibu Kepala Sekolah menulis "Mari Bapak Ibu kita menangkan Pak Haji". Saya punya tangkapan
layar. Bapak Ibu guru takut bicara.""",
    """Ibu kota kabupaten penuh spanduk. Satpol PP Kota Baruna diam saja. Bapak-bapak Satpol PP malah ikut rombongan Partai
Rakyat Maju. Kejadian di depan Bank Mandiri, Jalan Diponegoro.""",
    """Kepada Pak Camat: tolong berhenti. Kepada Bawaslu: periksa Sekretaris Dinas Perindustrian. Adik saya ⟦Yuliana⟧ bekerja
di sana dan dipaksa ikut senam bersama Bu Calon Wali Kota.""",
    """Kepala Kantor Kementerian Agama memberi sambutan di acara deklarasi. Pak Kakankemenag memakai baju putih. Saya ⟦Rizky⟧
dari Desa Karanganyar melihat sendiri bersama Mas ⟦Dwi Prasetyo⟧ dan Kang ⟦Ujang⟧.""",
    """The district head (Camat Sungai Raya) told staff to vote for Pak Yusran. Please keep Bu ⟦Florensia⟧ safe, she is a
cleaner who recorded it.""",
    """Pak Jokowi dan Pak Prabowo fotonya dipasang di kantor itu biasa. Tapi foto Bu Khofifah sebagai calon gubernur dipasang
di kantor dinas oleh staf bagian umum, itu yang saya laporkan.""",
    """PNS bernama Drs. Hendra Gunawan, Kepala Bagian Umum Setda, mengunggah foto dukungan. Istrinya Bu ⟦Wati⟧ juga. Anaknya
⟦Rangga⟧ masih SMA.""",
    """Mohon Ibu Bupati menegur. Pada Rabu 13 November, Kasi Pemerintahan Kecamatan Lingga datang ke Posyandu Melati membawa
kalender Paslon. Ibu-ibu Posyandu bingung. Ibu Ketua Posyandu menolak.""",
    """Bang ⟦Togar⟧ tetangga saya, honorer Dishub, disuruh atasannya Pak Kabid mengangkut kursi ke lapangan kampanye pakai truk
dinas BK 8123 XY.""",
    """Saya yang bertanda tangan di bawah ini: Nama: ⟦I Wayan Sudarma⟧, Pekerjaan: petani. Melaporkan Perbekel dan Camat
Pulau Sedawa yang hadir di rumah Bapak Calon Bupati.""",
    """Bapak Menteri, Bapak Gubernur, Ibu Menteri, tolong lihat daerah kami. Dosen Universitas Tanjung ikut tim ahli. Pak Dekan
tahu. Pak Rektor juga tahu.""",
)

UNSEEN = (
    """Bu ⟦Sumiati⟧
Kepala Puskesmas Ranukencana menyuruh kader menempel stiker. Bu ⟦Sumiati⟧ kader, menolak.""",
    """PAK CAMAT TOLONG DITINDAK. PEGAWAINYA BAGI UANG DI RUMAH BU ⟦KARSINI⟧ TADI MALAM. SAKSINYA BANYAK""",
    """Sy lihat sendiri pak kadishub ikut konvoi. sy ga mau disebut namanya ya min. nama saya ⟦joko⟧ dari rw 05""",
    """Izin melapor. Ibu Plt. Kadis Koperasi mengarahkan UMKM binaan. Dua orang, Mas ⟦Bayu Pratama⟧ dan Mbak ⟦Citra⟧, dicoret
dari daftar bantuan karena menolak. ⟦Bayu⟧ sudah mengadu ke Ombudsman.""",
    """Guru SD Negeri Tanjung 2, Bu Rahmawati, berpose dua jari di foto kelas. Murid-murid ikut. Kakak saya ⟦Dian⟧ wali murid
di situ.""",
    """Pada tanggal 3 November Sekretaris Camat Lembang mengantar Pak Ridwan, calon bupati petahana, masuk ke kantor. Satpam kami
Pak ⟦Ujang Suherman⟧ disuruh membuka gerbang.""",
    """Ada rekaman suara Pak Sekda: "Kalau tidak pilih Bu Sri, siap-siap pindah." Yang merekam suami saya ⟦Lukas⟧.""",
    """Bapak Penjabat Bupati menghadiri ulang tahun Partai Gelora Baru. Ajudannya ⟦Reza⟧ menyebar nasi kotak.""",
    """Kami warga RT 4. Pak Lurah Sutarno bilang lurah harus loyal. Ibu Lurah juga bagi kalender. Terima kasih.
⟦Paulus Wenda⟧""",
    """Di Pasar Baru, penyuluh pertanian bernama Bapak Marwoto membagikan pupuk berstiker paslon kepada Pak ⟦Giman⟧, Pak ⟦Sarno⟧
dan Bu ⟦Painem⟧.""",
    """Saya PPPK, tidak berani menyebut nama. Atasan saya Kabid Perencanaan membuat grup "Pejuang Perubahan". Ibu Kabid mengatur
jadwal. Mas Admin tolong rahasiakan nomor saya.""",
    """Nama lengkap: ⟦Theresia Mbete⟧
Alamat: Desa Wolotopo
Isi: Kepala Kantor Pos mengecat pagar warna partai.""",
)
"""Written after the rule."""


def plain(voice: str) -> str:
    return MARK.sub(r"\1", voice)


def private_spans(voice: str) -> list[tuple[int, int]]:
    """Where private names stand in the plain text."""
    spans, shift = list[tuple[int, int]](), 0
    for mark in MARK.finditer(voice):
        begin = mark.start() - shift
        spans.append((begin, begin + len(mark[1])))
        shift += 2
    return spans
