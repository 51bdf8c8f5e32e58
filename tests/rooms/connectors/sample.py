"""A hall whose organisation calls the sample back office, which runs in a thread of the test."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from servicehall.kernel.rights import SYSTEM
from servicehall.processes.sample_backoffice.modes import Modes, changed
from servicehall.processes.sample_backoffice.office import DOCUMENT, Office
from servicehall.processes.sample_backoffice.server import BackOffice
from servicehall.rooms.connectors import actions
from servicehall.rooms.connectors.models import Call, Connector
from tests.hall import Hall

SECRET = "sample-secret-of-the-tests"


class Sample:
    """The sample back office, running."""

    def __init__(self) -> None:
        self.server = BackOffice("127.0.0.1", 0, Office(), SECRET)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def behave(self, **how: Any) -> None:
        self.server.behaviour.become(changed(Modes(), how))

    def asked(self, operation: str) -> int:
        return self.server.asked[operation]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.server.office.close()


@dataclass
class Line:
    """A connector of a hall's organisation that leads to the sample."""

    sample: Sample
    connector: Connector
    hall: Hall

    @property
    def site_id(self) -> UUID:
        return self.hall.id

    def call(self, operation: str, key: str | None = None, /, *, deadline: float = 5.0, **inputs: Any) -> Any:
        """What comes out."""
        return self.answer(operation, key, deadline=deadline, **inputs).value

    def answer(
        self, operation: str, key: str | None = None, /, *, deadline: float = 5.0, **inputs: Any
    ) -> actions.Answer:
        row, site = self.connector, self.site_id
        return actions.call(row, operation, inputs, key=key, deadline=deadline, site_id=site)

    def last(self) -> Call:
        """The record of the last call."""
        return Call.objects.order_by("-at", "-pk")[0]


def fields(url: str, **other: Any) -> dict[str, Any]:
    """A connector to the sample."""
    return {
        "slug": "back-office",
        "names": {"en": "Back office", "zh-Hans": "业务系统"},
        "address": url,
        "allowed_hosts": "127.0.0.1",
        "definition": DOCUMENT,
        "secret_use": "bearer",
        "secret_name": "back-office",
        "whole_seconds": 2.0,
        "connect_seconds": 1.0,
        **other,
    }


def connect(sample: Sample, hall: Hall, *, by: Any = SYSTEM, **other: Any) -> Line:
    """Add the connector to the organisation of the hall."""
    made = actions.add_connector(
        organisation_id=hall.site.region.organisation_id, by=by, **fields(sample.url, **other)
    )
    return Line(sample, made, hall)
