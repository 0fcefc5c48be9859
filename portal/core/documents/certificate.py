"""The key and self-made certificate that sign PDFs: P-256, made on first use, kept in VAR_DIR/keys.

Self-made means that a reader sees "signed by an unknown issuer" until the certificate is trusted; the proof that needs
no trust in us is the ledger's. Put a certificate of your own authority into the two files to replace it.
"""

import os
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.sign.signers import SimpleSigner

from portal.core.clock.services import now

YEARS = 10


def signer() -> SimpleSigner:
    """The signer of this installation; makes key and certificate where there are none.

    Raises ValueError when the files are there and cannot be read.
    """
    key, cert = key_files()
    if not (key.exists() and cert.exists()):
        _make(key, cert)
    made = SimpleSigner.load(str(key), str(cert))
    if made is None:
        raise ValueError(f"The PDF signing key in {key.parent} cannot be read; restore both files or remove both.")
    return made


def key_files() -> tuple[Path, Path]:
    """Where the key and the certificate are, both PEM."""
    folder = Path(settings.VAR_DIR) / "keys"
    return folder / "pdf_signing_key.pem", folder / "pdf_signing_cert.pem"


def _make(key_file: Path, cert_file: Path) -> None:
    key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(cert_file, _certificate(key).public_bytes(serialization.Encoding.PEM), 0o644)
    _write(key_file, pem, 0o600)


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Custody document signing")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        **dict.fromkeys(
            (
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "key_cert_sign",
                "crl_sign",
                "encipher_only",
                "decipher_only",
            ),
            False,
        ),
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a file at once: two workers that start together never leave half of one."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.touch(mode=mode)
    part.write_bytes(data)
    part.replace(path)
