"""What the ciphers must give, by the standards' own examples. The program does not start when one differs.

Sources: GB/T 32907-2016 example 1 (SM4), RFC 8998 appendix A.1 (SM4-GCM), GB/T 32905-2016 example 1
(SM3), GM/T 0042-2015 (HMAC-SM3), NIST GCM test case 14 (AES-256-GCM), RFC 4231 case 2 (HMAC-SHA-256).
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from .refusals import CannotStart, Unreadable
from .suites import AES, SM4

_KEY = "0123456789abcdeffedcba9876543210"
_PLAIN = (
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
    "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
)
_BOUND = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
_SEALED = (
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    "83de3541e4c2b58177e065a9bf7b62ec"
)
_IV = "00001234567800000000abcd"
_HMAC_TEXT = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2


def _sm4_block() -> bytes:
    block = Cipher(algorithms.SM4(bytes.fromhex(_KEY)), modes.ECB()).encryptor()  # noqa: S305 - one block
    return block.update(bytes.fromhex(_KEY))


def _sm4_gcm() -> bytes:
    return SM4.seal_with(*(bytes.fromhex(part) for part in (_IV, _KEY, _PLAIN, _BOUND)))


def _sm4_gcm_opened() -> bytes:
    return SM4.open(*(bytes.fromhex(part) for part in (_KEY, _IV + _SEALED, _BOUND)))


def _sm4_gcm_changed() -> bytes:
    """A changed tag must be refused."""
    sealed = bytearray.fromhex(_IV + _SEALED)
    sealed[-1] ^= 1
    try:
        return SM4.open(bytes.fromhex(_KEY), bytes(sealed), bytes.fromhex(_BOUND))
    except Unreadable:
        return b"refused"


def _sm3() -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    return digest.finalize()


ANSWERS: dict[str, tuple[Callable[[], bytes], bytes]] = {
    "SM4": (_sm4_block, bytes.fromhex("681edf34d206965e86b3e94f536e4246")),
    "SM4-GCM": (_sm4_gcm, bytes.fromhex(_IV + _SEALED)),
    "SM4-GCM, opened": (_sm4_gcm_opened, bytes.fromhex(_PLAIN)),
    "SM4-GCM, changed": (_sm4_gcm_changed, b"refused"),
    "SM3": (_sm3, bytes.fromhex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")),
    "HMAC-SM3": (
        lambda: SM4.mac(bytes(range(1, 33)), _HMAC_TEXT),
        bytes.fromhex("ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"),
    ),
    "AES-256-GCM": (
        lambda: AES.seal_with(bytes(12), bytes(32), bytes(16), b"")[12:],
        bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
    ),
    "HMAC-SHA-256": (
        lambda: AES.mac(b"Jefe", b"what do ya want for nothing?"),
        bytes.fromhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ),
}


def check() -> None:
    """Compare every answer.

    Raises:
        CannotStart: one is wrong, or the installed library cannot give it.
    """
    for name, (ask, answer) in ANSWERS.items():
        try:
            given = ask()
        except Exception as problem:
            raise CannotStart(_wrong(name)) from problem
        if given != answer:
            raise CannotStart(_wrong(name))


def _wrong(name: str) -> str:
    return (
        f"The cipher library does not give the standard's answer for {name}, so personal data would not be safe."
        " Install the pinned version of `cryptography` again: make setup"
    )
