"""The run's own promise: tests use the database that the run says."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_in_use_is_the_one_asked_for(database_kind: str) -> None:
    assert connection.vendor == database_kind


@pytest.mark.django_db(transaction=True)
def test_emptied_tables_hold_again_what_django_keeps_in_them() -> None:
    from django.apps import apps
    from django.contrib.auth.models import Permission
    from django.contrib.contenttypes.models import ContentType
    from django.core.management import call_command

    def kept() -> tuple[list[Any], list[Any]]:
        call_command("flush", interactive=False, verbosity=0)
        kinds = ContentType.objects.order_by("pk").values_list("pk", "app_label", "model")
        return list(kinds), list(
            Permission.objects.order_by("pk").values_list("pk", "content_type", "codename")
        )

    kinds, permissions = kept()
    models = {(one._meta.app_label, one._meta.model_name) for one in apps.get_models()}
    assert {(label, model) for _pk, label, model in kinds} == models
    assert len(permissions) >= len(models)
    assert kept() == (kinds, permissions)
    made = ContentType.objects.create(app_label="a", model="new")
    assert made.pk > max(pk for pk, _label, _model in kinds)
