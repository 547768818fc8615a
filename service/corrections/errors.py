"""What keeps a request, or a deed about it, from going on."""

from service.errors import Conflict


class CorrectionTakenBack(Conflict):
    """Its sender took it back: nothing more is done about it."""

    code = "koreksi_ditarik"


class CorrectionAnswered(Conflict):
    code = "koreksi_sudah_dijawab"


class AnswerEndsIt(Conflict):
    """A restriction lasts until the request is answered, or beyond where that is what was granted."""

    code = "koreksi_batasi_dijawab"


class IdentityUnchecked(Conflict):
    """Nobody has made sure of who asks, and what is granted to a stranger harms somebody."""

    code = "koreksi_identitas"


class NotInQueue(Conflict):
    """A finished flag is in no queue that it could leave; its case can be restricted."""

    code = "koreksi_tak_di_antrean"


class DrawnAsItWas(Conflict):
    """A draw counts on what people say of this version of the text: no other one is read in its place."""

    code = "koreksi_undian"


class AlreadyDone(Conflict):
    code = "koreksi_sudah_dilakukan"


class DeedStands(Conflict):
    """It cannot be taken back: it was an erasure, or people have gone on since, be it by a later deed."""

    code = "koreksi_tetap"


class HeldByLaw(Conflict):
    """A court or another authority asked that the item stays. The hold wins."""

    code = "koreksi_ditahan"


class NotErased(Conflict):
    """It is open work, evidence of a case, a golden item, or gone already."""

    code = "koreksi_tak_terhapus"


class ErasesElsewhere(Conflict):
    """This service was started without what erases."""

    code = "koreksi_hapus_lewat_perintah"
