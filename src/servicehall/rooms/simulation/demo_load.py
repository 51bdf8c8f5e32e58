"""The demo's load rules: one that proposes, one that is there to be switched on."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.diversion import actions


def add_load_rules(site_id: UUID) -> None:
    """A counter is asked for when people wait very long; those who wait are told when somebody switches that on."""
    actions.add_rule(
        site_id=site_id,
        fields=actions.RuleFields(
            names={"zh-Hans": "等候过长", "en": "Waits are too long"},
            measure="longest",
            threshold=45,
            over_at=20,
            hold_minutes=5,
            calm_minutes=10,
            action="open-counter",
        ),
        by=SYSTEM,
    )
    notice = actions.add_rule(
        site_id=site_id,
        fields=actions.RuleFields(
            names={"zh-Hans": "告知等候者", "en": "Tell those who wait"},
            measure="waiting",
            threshold=40,
            over_at=25,
            action="notice",
            mode="automatic",
            notice={
                "zh-Hans": "目前等候人数较多，感谢您的耐心等待。",
                "en": "Many people are waiting now. Thank you for your patience.",
            },
        ),
        by=SYSTEM,
    )
    actions.switch_rule(notice.pk, site_id=site_id, is_active=False, by=SYSTEM)
