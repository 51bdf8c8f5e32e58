"""Tables of staff: who they are, what they can do, which roles they hold where; API tokens; locks."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import rights
from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import TextField, say


class Skill(models.Model):
    """Something that not everybody can do: a language, a product, a machine."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    names = TextField(_("names"))

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["slug"]

    def __str__(self) -> str:
        return say(self.names)


class StaffAccounts(BaseUserManager["Staff"]):
    """Looks staff up by user name, in any case."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(username__iexact=username)


class Staff(AbstractBaseUser):
    """A member of staff who can sign in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(
        _("user name"),
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[\w.@-]+$", _("Use letters, digits and . @ - _ only."))],
    )
    names = TextField(_("names"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    email = models.EmailField(_("e-mail"), max_length=254, blank=True, default="")
    skills = models.ManyToManyField(Skill, blank=True, related_name="staff", verbose_name=_("skills"))
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    # Somebody else made the password: good until then, and only to choose an own one. Empty: it is an own one.
    first_password_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[StaffAccounts] = StaffAccounts()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        ordering = ["username"]
        constraints = [
            # One address, one person: single sign-on finds people by it.
            models.UniqueConstraint(Lower("email"), name="staff_email_once", condition=~models.Q(email=""))
        ]

    def __str__(self) -> str:
        return say(self.names) or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def _holds(self, *roles: str) -> bool:
        if not self.is_active:
            return False
        kept = self.__dict__.get("_roles")
        if kept is None:
            kept = self.__dict__["_roles"] = frozenset(self.grants.values_list("role", flat=True))
        return bool(kept & set(roles))

    @property
    def is_staff(self) -> bool:
        """Whether the back office opens for this person."""
        return self._holds("manager", "admin")

    @property
    def is_superuser(self) -> bool:
        """Django's word for the administrator of the whole installation: never given."""
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """The back office asks here; what a person may change is decided row by row in the actions."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class RoleGrant(models.Model):
    """A role at an organisation, a region or a site."""

    ROLES: ClassVar = [
        ("agent", _("agent")),
        ("supervisor", _("supervisor")),
        ("manager", _("manager")),
        ("admin", _("administrator")),
    ]
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="grants", verbose_name=_("member of staff"))
    role = models.CharField(_("role"), max_length=20, choices=ROLES)
    organisation = models.ForeignKey(
        "hall.Organisation", models.CASCADE, null=True, blank=True, verbose_name=_("organisation")
    )
    region = models.ForeignKey("hall.Region", models.CASCADE, null=True, blank=True, verbose_name=_("region"))
    site = models.ForeignKey("hall.Site", models.CASCADE, null=True, blank=True, verbose_name=_("site"))

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(
                name="role_grant_one_scope",
                condition=(
                    models.Q(organisation__isnull=False, region__isnull=True, site__isnull=True)
                    | models.Q(organisation__isnull=True, region__isnull=False, site__isnull=True)
                    | models.Q(organisation__isnull=True, region__isnull=True, site__isnull=False)
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.organisation or self.region or self.site}"

    def clean(self) -> None:
        if sum(scope is not None for scope in (self.organisation, self.region, self.site)) != 1:
            raise ValidationError(_("Choose one scope: an organisation, a region or a site."))


class ApiToken(models.Model):
    """A bearer token of a device or a program. Only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    role = models.CharField(_("role"), max_length=20, choices=[(r, r) for r in rights.TOKEN_ROLES])
    site = models.ForeignKey("hall.Site", models.CASCADE, null=True, blank=True, verbose_name=_("site"))
    created_at = models.DateTimeField(_("created"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def site_scope(self) -> frozenset[UUID] | None:
        """The sites that the token is good for (None: all)."""
        return None if self.site_id is None else frozenset({self.site_id})


class FailedTry(models.Model):
    """A try to get in that failed, or that is being looked at right now.

    ``key`` is what the try counts for (a keyed digest of an account, an account with an address, a range
    of addresses); a try has a row for each. The same wrong token sent again is no new guess: ``mark``.
    """

    key = models.CharField(max_length=64)
    mark = models.CharField(max_length=64)
    account = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "mark"], name="failed_try_once")]
        indexes = [
            models.Index(fields=["key", "at"], name="failed_try_key"),
            models.Index(fields=["account"], name="failed_try_account"),
            models.Index(fields=["at"], name="failed_try_at"),
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at}"


class Lock(models.Model):
    """Too many tries failed: nothing more is looked at for this key until then, or until it is unlocked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=64, db_index=True)
    scope = models.CharField(max_length=20)
    account = models.CharField(max_length=64, blank=True, default="")
    staff = models.ForeignKey(Staff, models.CASCADE, null=True, related_name="locks")
    at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
    unlocked_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.scope} {self.until}"


class StepUp(models.Model):
    """A challenge that somebody was asked to confirm: one operation, one session, once, for five minutes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    session = models.CharField(max_length=64)
    act = models.CharField(max_length=60)
    nonce = models.BinaryField(max_length=32)
    challenge = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.act
