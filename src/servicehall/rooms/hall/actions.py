"""What can be done to the setup of a hall. The only writers of its tables.

Rooms above register their own setup tables with the same two acts, so that every change of a
setup is checked, recorded and seen at once by every process.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F, Model

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import INSTALLATION, transaction

from .events import SetupChanged
from .models import Site, owning_site


def _site_of(row: Model) -> UUID:
    site = owning_site(row)
    return site.pk if site is not None and site.pk and not site._state.adding else INSTALLATION


def touch(site_id: UUID) -> None:
    """Tell every process that the site's setup has changed (they keep it in memory)."""
    sites = Site.objects.all() if site_id == INSTALLATION else Site.objects.filter(pk=site_id)
    sites.update(setup_version=F("setup_version") + 1)


def save_setup(row: Model, *, by: Actor, fields: list[str] | None = None, at: datetime | None = None) -> None:
    """Add or change a row of the setup.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there.
        ValidationError: a field does not fit.
    """
    site_id = _site_of(row)
    allow(by, "setup.change", site_id)
    row.full_clean()
    added = row._state.adding
    with transaction(site_id):
        row.save()
        touch(site_id)
        record(
            SetupChanged(row._meta.label_lower, str(row.pk), "added" if added else "changed", fields or []),
            actor=by,
            at=at or clock.now(),
        )


def remove_setup(row: Model, *, by: Actor, at: datetime | None = None) -> None:
    """Remove a row of the setup.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there.
        ProtectedError: something still needs the row.
    """
    site_id = INSTALLATION if isinstance(row, Site) else _site_of(row)
    allow(by, "setup.change", row.pk if isinstance(row, Site) else site_id)
    key = str(row.pk)
    with transaction(site_id):
        row.delete()
        touch(site_id)
        record(SetupChanged(row._meta.label_lower, key, "removed", []), actor=by, at=at or clock.now())
