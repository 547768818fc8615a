"""What can be wrong with a tip beside its words."""

from service.errors import Conflict, NetraError


class TooManyTips(NetraError):
    """One sender, or all of them together, sent more in an hour than people can read."""

    status = 429
    code = "informasi_terlalu_sering"


class FormUsed(Conflict):
    """The same form came in twice: a second click, or a page that was loaded again."""

    code = "informasi_formulir_terpakai"


class TipIsRead(Conflict):
    """Somebody holds its flag, or has seen signs of a violation in it: it is no spam by then."""

    code = "informasi_sedang_ditelaah"
