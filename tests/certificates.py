"""Authorities, and certificates that they sign, made by openssl."""

import subprocess
from pathlib import Path


class Authority:
    """An authority that signs certificates; `file` holds its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = folder / f"{name}.key"
        self.file = folder / f"{name}.pem"
        run_openssl(
            *("req", "-x509", *NEW_KEY, "-subj", f"/CN={name}", "-days", "2"),
            *("-keyout", self._key, "-out", self.file),
        )

    def sign(self, name: str, address: str = "IP:127.0.0.1") -> Path:
        """Make a key and a certificate for a name; the file holds the certificate, then the key."""
        key, certificate = (self._folder / f"{name}.{suffix}" for suffix in ("key", "crt"))
        run_openssl(
            *("req", "-x509", *NEW_KEY, "-subj", f"/CN={name}", "-days", "2"),
            *("-CA", self.file, "-CAkey", self._key, "-addext", f"subjectAltName={address}"),
            *("-addext", "basicConstraints=critical,CA:FALSE"),
            *("-keyout", key, "-out", certificate),
        )
        both = self._folder / f"{name}.pem"
        both.touch(0o600)
        both.write_text(certificate.read_text() + key.read_text())
        return both


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def run_openssl(*arguments: object, content: bytes = b"") -> bytes:
    """Run openssl and return what it writes; fail with what it says otherwise."""
    command = ["openssl", *map(str, arguments)]
    result = subprocess.run(command, input=content, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout
