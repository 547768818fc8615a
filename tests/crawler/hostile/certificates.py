"""An authority of our own, and certificates by it that hold or do not."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Signs certificates and writes them where a server finds them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._key, self._name = ec.generate_private_key(ec.SECP256R1()), _name("Otoritas Uji")
        self._root = _builder(self._name, self._name, self._key.public_key(), 0).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.file = folder / "roots.pem"
        self.file.write_bytes(_pem(self._root.sign(self._key, hashes.SHA256())))

    def context(self, host: str, *, ended_days_ago: int = 0, is_self_signed: bool = False) -> ssl.SSLContext:
        """A server's side of TLS, with a certificate for an address."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(host)
        issuer, signer = (name, key) if is_self_signed else (self._name, self._key)
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        builder = _builder(name, issuer, key.public_key(), ended_days_ago).add_extension(names, critical=False)
        path = self.folder / f"{host}-{ended_days_ago}-{is_self_signed}.pem"
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(private + _pem(builder.sign(signer, hashes.SHA256())))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, ended_days_ago: int) -> x509.CertificateBuilder:
    end = datetime.now(UTC) + (timedelta(days=-ended_days_ago) if ended_days_ago else timedelta(days=2))
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(end - timedelta(days=30)).not_valid_after(end)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
