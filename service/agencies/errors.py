"""What cannot be done to an agency."""

from service.errors import Conflict


class AgencyExists(Conflict):
    """The short name is another agency's."""

    code = "lembaga_ada"


class AgencyInUse(Conflict):
    """Cases were referred to it after the day on which it is to end."""

    code = "lembaga_dipakai"


class AgencyClosed(Conflict):
    """It ended already, or never did."""

    code = "lembaga_tutup"
