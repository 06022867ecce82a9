"""A throw-away certificate authority, and what it or somebody else signs for a name."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Certified:
    """A certificate and its private key, as files in PEM form."""

    chain: Path
    key: Path


class Authority:
    """Signs certificates; `file` is what `remote.ca_file` names."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        self.file = folder / f"{name}.pem"
        signed = (
            _begin(self._name, self._name, self._key.public_key(), timedelta(0))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, *, ended: timedelta = timedelta(0)) -> Certified:
        """A certificate for the DNS name `name`, at an end since `ended` if that is not zero."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._write(name, key, self._name, self._key, ended)

    def sign_itself(self, name: str) -> Certified:
        """A certificate for `name` that nobody but its own key vouches for."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._write(f"{name}-itself", key, _named(name), key, timedelta(0))

    def _write(
        self,
        stem: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: x509.Name,
        signer: ec.EllipticCurvePrivateKey,
        ended: timedelta,
    ) -> Certified:
        name = stem.removesuffix("-itself")
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        signed = (
            _begin(_named(name), issuer, key.public_key(), ended)
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(signer, hashes.SHA256())
        )
        stem = f"{stem}-{signed.serial_number}"
        chain, private = self._folder / f"{stem}.pem", self._folder / f"{stem}.key"
        chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return Certified(chain, private)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, ended: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    end = now - ended if ended else now + DAY
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - 3 * DAY)
        .not_valid_after(end)
    )
