"""What this browser holds, without an account: codes in a signed cookie, newest first, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponse

from servicehall.kernel import tampering


@dataclass(frozen=True, slots=True)
class OwnCodes:
    """The codes of one kind of thing; ``told`` is the word under which a changed cookie is reported."""

    cookie: str
    salt: str
    most: int
    seconds: int
    told: str

    def codes(self, request: HttpRequest) -> list[str]:
        """The codes; none when the cookie is missing, old or was changed."""
        if self.cookie not in request.COOKIES:
            return []
        try:
            found = request.get_signed_cookie(self.cookie, salt=self.salt, max_age=self.seconds)
        except signing.SignatureExpired:
            return []
        except signing.BadSignature:
            tampering.tell(self.told)
            return []
        return [code for code in (found or "").split(".") if code][: self.most]

    def remember(self, request: HttpRequest, response: HttpResponse, *codes: str) -> None:
        """Put some first among the browser's own."""
        held = self.codes(request)
        first = list(codes)
        if held[: len(first)] == first:
            return
        found = [*first, *(other for other in held if other not in first)][: self.most]
        response.set_signed_cookie(
            self.cookie,
            ".".join(found),
            salt=self.salt,
            max_age=self.seconds,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
