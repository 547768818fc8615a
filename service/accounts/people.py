"""What is done to accounts, by the command line and by admins: people, roles, passwords, and closing every door."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import (
    Agency,
    Permission,
    RecoveryCode,
    Region,
    Role,
    SecondFactor,
    User,
    UserIdentity,
    UserRole,
    now,
    record_event,
)
from models.legal.deadline import local_day
from service.accounts import repository
from service.accounts.actor import Actor, Areas
from service.accounts.by import SYSTEM, By, record
from service.accounts.names import new_username, person_name
from service.accounts.passwords import check_new_password, hash_password
from service.errors import Conflict, InvalidInput, NameTaken, NotFound

LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Grant:
    """A role in an area; nothing given is the nation and every agency."""

    role: str
    region_code: str | None = None
    agency: str | None = None
    """Slug."""

    @classmethod
    def typed(cls, role: str, region_code: str | None, agency: str | None) -> "Grant":
        """As forms and machines send it: empty is nothing, and no name of ours holds a NUL."""
        role, region_code, agency = ((word or "").replace("\0", "").strip() for word in (role, region_code, agency))
        return cls(role, region_code or None, agency or None)


def create_user(
    session: Session,
    username: str,
    name: str,
    password: str,
    role: str,
    region_code: str | None = None,
    *,
    agency: str | None = None,
    is_demo: bool = False,
    must_change: bool = False,
    by: By = SYSTEM,
) -> User:
    """A person with one role in one area; no region means the nation."""
    username, name = new_username(username), person_name(name)
    if not is_demo:
        check_new_password(password, username)
    if repository.get_user(session, username):
        raise NameTaken
    user = User(
        username=username,
        name=name,
        password_hash=hash_password(password),
        is_demo=is_demo,
        must_change_password=must_change,
    )
    grant = Grant(role, region_code, agency)
    granted = _row_of(session, grant)
    session.add(user)
    session.flush()
    granted.user_id = user.id
    session.add(granted)
    session.flush()
    record(session, "pengguna.tambah", user, by, demo=is_demo, **_in_trail(grant))
    return user


def add_role(session: Session, user: User, grant: Grant, *, by: By = SYSTEM) -> UserRole:
    """Another role. What somebody may do changed, so they sign in anew."""
    row = _row_of(session, grant)
    row.user_id = user.id
    same = select(UserRole.id).where(
        UserRole.user_id == user.id,
        UserRole.role_name == row.role_name,
        UserRole.region_code.is_not_distinct_from(row.region_code),
        UserRole.agency_id.is_not_distinct_from(row.agency_id),
    )
    if session.scalar(same) is not None:
        raise Conflict
    session.add(row)
    session.flush()
    repository.end_sessions_of(session, user.id, now())
    record(session, "pengguna.peran", user, by, **_in_trail(grant))
    return row


def remove_role(session: Session, user: User, row: UserRole, *, by: By = SYSTEM) -> None:
    """Take a role back. They sign in anew, and what they hold and may read no more goes back into the queue."""
    agency = session.get(Agency, row.agency_id) if row.agency_id else None
    grant = Grant(row.role_name, row.region_code, agency.slug if agency else None)
    session.delete(row)
    session.flush()
    repository.end_sessions_of(session, user.id, now())
    left = Actor(user.id, user.username, user.name, repository.list_grants(session, user.id), assesses=False)
    _free(session, user, left.areas(Permission.ASSESS), by)
    record(session, "pengguna.peran_cabut", user, by, **_in_trail(grant))


def set_password(session: Session, user: User, password: str, *, must_change: bool = False, by: By = SYSTEM) -> None:
    """A new password ends every sign-in that was opened with the old one."""
    check_new_password(password, user.username)
    user.password_hash = hash_password(password)
    user.must_change_password = must_change
    repository.end_sessions_of(session, user.id, now())
    record(session, "pengguna.sandi", user, by)


def disable_user(session: Session, user: User, *, by: By = SYSTEM) -> None:
    """Close every door: sign-ins end, tokens are revoked, no new ones open. What the person did stays; what they hold goes
    back into the queue, with an event each."""
    user.is_active = False
    repository.end_sessions_of(session, user.id, now())
    repository.revoke_tokens_of(session, user.id, now())
    freed = _free(session, user, frozenset(), by)
    record(session, "pengguna.nonaktif", user, by, **({"penanda": freed} if freed else {}))


def enable_user(session: Session, user: User, *, by: By = SYSTEM) -> None:
    """Let a person in again, with the password and the second factor of before; tokens stay revoked."""
    user.is_active = True
    record(session, "pengguna.aktif", user, by)


def end_sessions(session: Session, user: User, *, only: int | None = None, but: int | None = None, by: By = SYSTEM) -> int:
    ended = repository.end_sessions_of(session, user.id, now(), only=only, but=but)
    if ended:
        record(session, "sesi.akhiri", user, by, jumlah=ended)
    return ended


def remove_second_factor(session: Session, user: User, *, by: By = SYSTEM) -> None:
    """For a lost telephone. Whatever the factor had opened closes."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    removed = session.scalars(delete(SecondFactor).where(SecondFactor.user_id == user.id).returning(SecondFactor.user_id)).all()
    if not removed:
        raise NotFound
    repository.end_sessions_of(session, user.id, now())
    record(session, "faktor.hapus", user, by)


def link_identity(session: Session, user: User, issuer: str, subject: str, *, by: By = SYSTEM) -> UserIdentity:
    """From now on this account of the provider signs this person in."""
    subject = subject.strip()
    if not issuer or not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise InvalidInput("identitas")
    if session.scalar(select(UserIdentity.id).where(UserIdentity.issuer == issuer, UserIdentity.subject == subject)):
        raise Conflict
    identity = UserIdentity(user_id=user.id, issuer=issuer, subject=subject)
    session.add(identity)
    session.flush()
    record(session, "identitas.taut", user, by, penyedia=issuer)
    return identity


def unlink_identity(session: Session, user: User, identity: UserIdentity, *, by: By = SYSTEM) -> None:
    session.delete(identity)
    repository.end_sessions_of(session, user.id, now())
    record(session, "identitas.lepas", user, by, penyedia=identity.issuer)


def _free(session: Session, user: User, areas: Areas, by: By) -> list[int]:
    """What a person holds beyond these areas, each with the event of its release."""
    freed = repository.free_flags_of(session, user.id, now(), but=areas)
    for flag_id in freed:
        detail = {"pemegang": user.username}
        record_event(session, "penanda.lepas", actor=by.name, actor_id=by.id, subject=("flag", flag_id), detail=detail)
    return freed


def _row_of(session: Session, grant: Grant) -> UserRole:
    if session.get(Role, grant.role) is None:
        raise InvalidInput("peran_tak_dikenal")
    if grant.region_code and session.get(Region, grant.region_code) is None:
        raise InvalidInput("wilayah_tak_dikenal")
    agency = session.scalar(select(Agency).where(Agency.slug == grant.agency)) if grant.agency else None
    if grant.agency and agency is None:
        raise InvalidInput("instansi_tak_dikenal")
    if agency and agency.has_ended(local_day(now(), None)):
        raise InvalidInput("instansi_berakhir")
    return UserRole(role_name=grant.role, region_code=grant.region_code or None, agency_id=agency.id if agency else None)


def _in_trail(grant: Grant) -> dict[str, str | None]:
    return {"peran": grant.role, "wilayah": grant.region_code, "instansi": grant.agency}
