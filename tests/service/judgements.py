"""Forms as a monitor fills them in."""

INDICATION = {
    "hasil": "indikasi_pelanggaran",
    "isi": "ya",
    "orang": "ya",
    "atribusi": "ragu",
    "perbuatan": "kegiatan_berpihak",
}
UNVERIFIABLE = {"hasil": "tidak_dapat_diverifikasi"}
APPEAL = {"hasil": "bukan_pelanggaran", "alasan": "imbauan_ikrar_sosialisasi"}
