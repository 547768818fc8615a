"""Requests that leave the house: the name is looked up once, and what was checked is what is asked."""

import socket
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from models.networks import PrivateAddress, find_public


class _PublicConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _open(self)


class _PublicTlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _open(self)


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicConnection  # pyright: ignore[reportAssignmentType]  # As urllib3 assigns its own.


class _PublicTlsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicTlsConnection  # pyright: ignore[reportAssignmentType]


class PublicAdapter(HTTPAdapter):
    """Connections to the open internet only. A proxy of the environment looks names up itself, and is its operator's word."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PublicPool, "https": _PublicTlsPool}


def guard(session: Session, *, allows_private: bool) -> None:
    """From here on the session reaches no private network, unless it is allowed to."""
    if not allows_private:
        for scheme in ("http://", "https://"):
            session.mount(scheme, PublicAdapter())


def _open(connection: HTTPConnection) -> socket.socket:
    try:
        address = find_public(connection.host, connection.port or connection.default_port)
        return socket.create_connection((address, connection.port or connection.default_port), _seconds(connection))
    except PrivateAddress as error:
        raise NewConnectionError(connection, f"{error} (NETRA_PRIVATE_HOSTS allows it)") from error
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error


def _seconds(connection: HTTPConnection) -> float | None:
    return connection.timeout if isinstance(connection.timeout, float | int) else None
