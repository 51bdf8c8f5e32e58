"""Where a command works: the data folder, and Django when the command needs it."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent


class Unusable(Exception):
    """The command cannot work here; the message says what to do."""


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        help="the folder for database, keys and static files (default: $SERVICEHALL_DATA, else var)",
    )


def add_tls_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--tls-cert",
        metavar="FILE",
        type=Path,
        help="serve TLS 1.3 with this certificate (PEM, with those that signed it; default: $SERVICEHALL_TLS_CERT)",
    )
    parser.add_argument(
        "--tls-key", metavar="FILE", type=Path, help="its key (PEM; default: $SERVICEHALL_TLS_KEY)"
    )


def take_tls(options: argparse.Namespace) -> None:
    """Put what was asked for into the environment, which this and all started processes then use.

    Raises:
        Unusable: certificate or key cannot be used.
    """
    from servicehall.processes import tls

    for name, chosen in ((tls.CERT, options.tls_cert), (tls.KEY, options.tls_key)):
        if chosen:
            os.environ[name] = str(chosen.expanduser().resolve())
    try:
        certificate = tls.found()
    except tls.UnusableCertificate as problem:
        raise Unusable(str(problem)) from problem
    if certificate is not None:
        os.environ |= {tls.CERT: str(certificate.cert), tls.KEY: str(certificate.key)}


def data_folder(chosen: Path | None) -> Path:
    """The data folder's path, which this and all started processes then use."""
    folder = chosen or Path(os.environ.get("SERVICEHALL_DATA") or _default()).expanduser()
    folder = folder.resolve()
    os.environ["SERVICEHALL_DATA"] = str(folder)
    return folder


def _default() -> Path:
    """`var` of the checkout, or of the current folder for an installed package."""
    return (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / "var"


def ready_data_folder(chosen: Path | None) -> Path:
    """The same, made if it is missing, for its owner's eyes only.

    Raises:
        Unusable: it cannot be made or written.
    """
    folder = data_folder(chosen)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise Unusable(
            f"The data folder {folder} cannot be made: {problem.strerror}. Choose one: --data DIR"
        ) from problem
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise Unusable(f"This user may not write to the data folder {folder}. Choose another: --data DIR")
    return folder


class UnreadableSetting(Exception):
    """A setting in the environment makes no sense."""


def start_django() -> None:
    """Load settings and apps, or say what forbids it and end. Takes about a second; call it late."""
    try:
        load_django()
    except UnreadableSetting as problem:
        said = f"A setting in the environment cannot be read: {problem}\n环境变量中的设置无法识别：{problem}"
        raise SystemExit(complain(said)) from None
    except Exception as problem:
        from servicehall.kernel.protection.refusals import CannotStart

        if not isinstance(problem, CannotStart):
            raise
        raise SystemExit(complain(str(problem))) from problem


def load_django() -> None:
    """The same; what goes wrong is raised.

    Raises:
        UnreadableSetting: see there.
    """
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")
    try:
        assert settings.DATABASES  # noqa: S101 - reading one reads all
    except ValueError as problem:
        raise UnreadableSetting(str(problem)) from problem
    gc.disable()  # nothing of what is loaded goes again, and to look for it takes a sixth of the time
    django.setup()
    gc.enable()


def complain(message: str) -> int:
    """Say what is wrong on standard error; returns the exit code for it."""
    print(message, file=sys.stderr, flush=True)
    return 1


def describe(problem: BaseException) -> str:
    """An anticipated error in words: what Django's validation says, else the error's own text."""
    messages = getattr(problem, "message_dict", None) or getattr(problem, "errors", None)
    if isinstance(messages, dict):
        return "\n".join(
            f"{name}: {said if isinstance(said, str) else ' '.join(map(str, said))}"
            for name, said in messages.items()
        )
    return (
        " ".join(map(str, getattr(problem, "messages", None) or [])) or str(problem) or type(problem).__name__
    )
