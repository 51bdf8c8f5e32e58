"""What happens to accounts by the clock: notices by e-mail, told after the fact that they are about."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from servicehall.kernel import clock
from servicehall.kernel.timers import Due, timer

from .actions.trying import LOCK_NOTICE
from .models import Lock
from .queries import timezone_of


@timer(LOCK_NOTICE)
def send_lock_notice(due: Due) -> None:
    """Write to the owner of an account that was locked; without a mail server nothing is sent."""
    lock = Lock.objects.select_related("staff").filter(pk=UUID(due.key)).first()
    if lock is None or lock.staff is None or not lock.staff.email or not settings.EMAIL_HOST:
        return
    with translation.override(lock.staff.language):
        moment = f"{clock.local(lock.at, timezone_of(lock.staff)):%Y-%m-%d %H:%M}"
        text = _(
            "Your account %(username)s was locked at %(moment)s after ten failed tries to sign in.\n\n"
            "If it was you: wait half an hour, or ask a supervisor to unlock it.\n"
            "If it was not you: change your password and tell your manager."
        ) % {"username": lock.staff.username, "moment": moment}
        send_mail(_("Your account was locked"), text, settings.DEFAULT_FROM_EMAIL, [lock.staff.email])
