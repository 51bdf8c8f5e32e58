"""Certificate and key that web and live serve TLS with: found, read and compared before anything listens.

Both come from the command line or the environment; servers never go below TLS 1.3 (servers.py).
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

CERT, KEY = "SERVICEHALL_TLS_CERT", "SERVICEHALL_TLS_KEY"


class UnusableCertificate(Exception):
    """TLS was asked for and cannot be served; the message says why, in English and Chinese."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files: the certificate with those that signed it, and its key, both PEM."""

    cert: Path
    key: Path
    ends: datetime
    """When it ends (UTC)."""


def found() -> Certificate | None:
    """What the environment names, checked; None when the hall is served without TLS.

    Raises:
        UnusableCertificate: only one of the two is named, or they cannot be read, do not fit or have ended.
    """
    cert, key = os.environ.get(CERT, "").strip(), os.environ.get(KEY, "").strip()
    if not cert and not key:
        return None
    if not cert or not key:
        raise UnusableCertificate(
            f"TLS needs a certificate and its key; {KEY if cert else CERT} is missing (--tls-cert, --tls-key).\n"
            f"启用 TLS 需要证书及其私钥；缺少 {KEY if cert else CERT}（--tls-cert、--tls-key）。"
        )
    return _checked(Path(cert).expanduser().resolve(), Path(key).expanduser().resolve())


def _checked(cert: Path, key: Path) -> Certificate:
    try:
        leaf = x509.load_pem_x509_certificates(cert.read_bytes())[0]
    except (OSError, ValueError) as problem:
        raise UnusableCertificate(
            f"The certificate {cert} cannot be read: it has to be a PEM file that this user may read.\n"
            f"无法读取证书 {cert}：须为当前用户可读的 PEM 文件。"
        ) from problem
    try:
        mode = stat.S_IMODE(key.stat().st_mode)
        secret = load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as problem:
        raise UnusableCertificate(
            f"The key {key} cannot be read: it has to be a PEM file without a password that this user may read.\n"
            f"无法读取私钥 {key}：须为当前用户可读、且未加密码的 PEM 文件。"
        ) from problem
    if mode & 0o007:
        raise UnusableCertificate(
            f"Other users may read the key {key} ({mode:04o}): chmod 600 {key}\n"
            f"其他用户可读取私钥 {key}（{mode:04o}）：请执行 chmod 600 {key}"
        )
    if _raw(secret.public_key()) != _raw(leaf.public_key()):
        raise UnusableCertificate(
            f"The key {key} does not belong to the certificate {cert}.\n私钥 {key} 与证书 {cert} 不匹配。"
        )
    ends = leaf.not_valid_after_utc
    if ends <= datetime.now(UTC):
        raise UnusableCertificate(
            f"The certificate {cert} ended on {ends:%Y-%m-%d}. Renew it and start again.\n"
            f"证书 {cert} 已于 {ends:%Y-%m-%d} 到期。请更新后重新启动。"
        )
    return Certificate(cert, key, ends)


def _raw(key: object) -> bytes:
    written: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return written
