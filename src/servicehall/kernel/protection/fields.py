"""The marked column: text that is stored encrypted under the key of the person that it is about.

    class Customer(models.Model):
        phone = ProtectedText(_("phone"), subject="pk", tenant="organisation_id")

``subject`` and ``tenant`` name attributes of the row: whose key, and whose customers they are. In Python the
value is a string; none is ``""``, and after the person's key was destroyed it is :data:`ERASED`. In the table
it is ``suite mark (1) ‖ key version (2) ‖ IV (12) ‖ ciphertext ‖ tag (16)``, bound to tenant, table, column
and row. It is opened when it is first looked at; :func:`open_all` fetches the keys of a whole list at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from . import keys
from .alarm import tell_refused
from .refusals import PersonErased, Unreadable
from .suites import IV_BYTES, TAG_BYTES, marked

if TYPE_CHECKING:
    TextBase = models.Field[str, str]
else:
    TextBase = models.Field

log = logging.getLogger(__name__)
_HEAD = 3
_KEYS = "_protection_keys"


class Erased(str):
    """The value of a protected field whose key was destroyed: an empty text that knows why it is empty."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ERASED"


ERASED = Erased()


class Sealed:
    """A stored value that nobody has looked at yet."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        return "<sealed>"

    @property
    def version(self) -> int:
        """The number of the data key that it is under; 0 when it is too short to say."""
        return int.from_bytes(self.data[1:_HEAD], "big") if len(self.data) >= _HEAD else 0


class ProtectedAttribute(DeferredAttribute):
    """Opens the value when it is first looked at, and keeps it for the life of the row in memory."""

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is not None and isinstance(value, Sealed):
            field: Any = self.field
            value = instance.__dict__[field.attname] = field.opened(instance, value)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        """Django's own attribute has no setter; with one, reading always comes by :meth:`__get__`."""
        field: Any = self.field
        instance.__dict__[field.attname] = value


class ProtectedText(TextBase):
    """Text under the subject's own key. It cannot be searched or updated in bulk: rows are saved one by one."""

    descriptor_class = ProtectedAttribute
    empty_strings_allowed = True

    def __init__(self, *args: Any, subject: str, tenant: str, **kwargs: Any) -> None:
        self.subject, self.tenant = subject, tenant
        super().__init__(*args, **{"blank": True, "default": "", **kwargs, "null": True})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["null"]
        return name, path, args, {**kwargs, "subject": self.subject, "tenant": self.tenant}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value: Any, *_: Any) -> Sealed | str:
        return "" if value is None else Sealed(bytes(value))

    def to_python(self, value: Any) -> Any:
        return "" if value is None else value

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Sealed):
            return value
        raise TypeError(f"{self.name} is protected: save its row; look it up by its blind index")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value.data)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Nothing is NULL, also where a migration adds the column to rows that are there."""
        return None if value == "" else super().get_db_prep_save(value, connection)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is protected and is not written into fixtures")

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        return super().formfield(**{"form_class": forms.CharField, "empty_value": "", **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """What goes into the table: as it was when nobody looked at it, else sealed under today's key."""
        held = model_instance.__dict__.get(self.attname, "")
        if isinstance(held, Sealed):
            try:
                if held.version == self._key(model_instance).version:
                    return held
            except PersonErased:
                return None  # nobody can open it again, so the row need not keep it
            held = getattr(model_instance, self.attname)
        if held is None or held == "":
            return None
        return self.sealed(model_instance, held)

    def sealed(self, row: models.Model, text: str) -> Sealed:
        """The stored form of a text in this row."""
        key = self._key(row)
        head = bytes((key.suite.mark,)) + key.version.to_bytes(2, "big")
        return Sealed(head + key.suite.seal(key.secret, text.encode(), self._bound(row, head)))

    def opened(self, row: models.Model, sealed: Sealed) -> str:
        """The text of a stored value in this row; :data:`ERASED` when the person's key was destroyed.

        Raises:
            Unreadable: it is not what was stored here. Somebody is told.
        """
        try:
            try:
                return self._open(row, sealed)
            except Unreadable as problem:
                # The key may have been changed between the reading of the row and of its keys.
                if problem.reason != "unknown-key-version":
                    raise
                return self._open_again(row)
        except Unreadable as problem:
            table = str(row._meta.db_table)
            tell_refused(table=table, column=str(self.column), row=str(row.pk), reason=problem.reason)
            raise

    def _open(self, row: models.Model, sealed: Sealed) -> str:
        held = _keys_of(row, self.subject)
        if held.is_destroyed:
            return ERASED
        if len(sealed.data) < _HEAD + IV_BYTES + TAG_BYTES:
            raise Unreadable("truncated")
        head = sealed.data[:_HEAD]
        suite, key = marked(head[0]), held.open.get(sealed.version)
        if key is None:
            raise Unreadable("unknown-key-version")
        if key.suite != suite:
            raise Unreadable("unknown-suite")
        return suite.open(key.secret, sealed.data[_HEAD:], self._bound(row, head)).decode()

    def _open_again(self, row: models.Model) -> str:
        row.__dict__.pop(_KEYS, None)
        fresh = type(row)._base_manager.filter(pk=row.pk).values_list(self.attname, flat=True).first()
        return self._open(row, fresh) if isinstance(fresh, Sealed) else str(fresh or "")

    def _key(self, row: models.Model) -> keys.OpenKey:
        if row.pk is None:
            raise TypeError(f"{type(row).__name__} needs its key before {self.name} can be sealed")
        return keys.for_writing(getattr(row, self.subject), getattr(row, self.tenant))

    def _bound(self, row: models.Model, head: bytes) -> bytes:
        tenant, table = getattr(row, self.tenant), row._meta.db_table
        return f"servicehall|{tenant}|{table}|{self.column}|{row.pk}|".encode() + head


def _keys_of(row: models.Model, subject: str) -> keys.Keys:
    owner: UUID = getattr(row, subject)
    held: dict[UUID, keys.Keys] = row.__dict__.setdefault(_KEYS, {})
    if owner not in held:
        held[owner] = keys.of(owner)
    return held[owner]


def protected_fields(model: type[models.Model]) -> list[ProtectedText]:
    """The marked columns of a table."""
    return [field for field in model._meta.concrete_fields if isinstance(field, ProtectedText)]


def open_all(rows: Iterable[models.Model]) -> None:
    """Fetch the keys of all these rows (one query), so that looking at their fields needs no more."""
    listed = list(rows)
    wanted = [
        (row, getattr(row, subject))
        for row in listed
        for subject in {field.subject for field in protected_fields(type(row))}
    ]
    found = keys.of_many({owner for _row, owner in wanted if owner is not None})
    for row, owner in wanted:
        row.__dict__.setdefault(_KEYS, {})[owner] = found.get(owner, keys.Keys({}))


def is_erased(value: str) -> bool:
    """Whether the value is empty because the person's key was destroyed."""
    return isinstance(value, Erased)
