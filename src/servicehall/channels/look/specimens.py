"""What the gallery shows: a believable afternoon in a mall's service hall, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from servicehall.channels.look.specimen_words import HEADINGS, WORDS, told, words
from servicehall.kernel import clock
from servicehall.kernel.languages import say


def _form() -> forms.Form:
    """A form that was sent with mistakes."""

    class Registration(forms.Form):
        name = forms.CharField(label=told("Your name", "姓名"))
        phone = forms.CharField(
            label=told("Mobile number", "手机号码"),
            help_text=told("We call it only if your turn is missed.", "仅在过号时联系您。"),
        )
        note = forms.CharField(
            label=told("Note", "备注"), widget=forms.Textarea(attrs={"rows": 3}), required=False
        )
        agreed = forms.BooleanField(label=told("I agree to the rules of the hall", "我已阅读并同意大厅须知"))

    return Registration({"name": told("Li Na", "李娜"), "phone": "138"})


def _services() -> list[dict[str, Any]]:
    rows = (
        ("A", "cards", "id-card", 6, 300, 720),
        ("B", "returns", "package-open", 11, 900, 1500),
        ("C", "invoices", "receipt-text", 0, 0, 60),
        ("D", "parking", "gift", 3, 240, 480),
    )
    return [
        {
            "prefix": prefix,
            "name": words(key),
            "icon": icon,
            "ahead": ahead,
            "low": low,
            "high": high,
            "other": say({"en": WORDS[key][0], "zh-Hans": WORDS[key][1]}, told("zh-Hans", "en")),
        }
        for prefix, key, icon, ahead, low, high in rows
    ]


def _queue() -> list[dict[str, Any]]:
    now = clock.now()
    rows = (
        ("A017", "cards", "called", 14, ("Elderly", "长者优先")),
        ("A018", "cards", "waiting", 12, None),
        ("B032", "returns", "serving", 23, None),
        ("B033", "returns", "waiting", 19, None),
        ("C004", "invoices", "held", 9, None),
        ("D011", "parking", "no_show", 31, ("Disabled", "无障碍优先")),
    )
    return [
        {
            "number": number,
            "service": words(key),
            "state": state,
            "since": now - timedelta(minutes=minutes, seconds=int(number[1:])),
            "waited": minutes * 60,
            "priority": told(*priority) if priority else "",
        }
        for number, key, state, minutes, priority in rows
    ]


def _counters() -> list[dict[str, Any]]:
    now = clock.now()
    rows = (
        ("1", "serving", "chen", "B032", "returns", 7),
        ("2", "calling", "wang", "A017", "cards", 1),
        ("3", "free", "zhou", "", "", 0),
        ("4", "paused", "chen", "", "", 12),
        ("5", "closed", "", "", "", 0),
    )
    return [
        {
            "label": told(f"Counter {number}", f"{number} 号窗口"),
            "state": state,
            "staff": words(staff) if staff else "",
            "ticket": ticket,
            "service": words(key) if key else "",
            "since": now - timedelta(minutes=minutes) if minutes else None,
        }
        for number, state, staff, ticket, key, minutes in rows
    ]


def _charts() -> dict[str, Any]:
    hours = [f"{hour}:00" for hour in range(9, 18)]
    arrived = [14, 32, 51, 47, 28, 39, 55, 42, 18]
    return {
        "by_hour": {
            "labels": hours,
            "series": [
                {"name": told("Arrived", "取号"), "values": arrived, "tone": "brand"},
                {
                    "name": told("Served", "办结"),
                    "values": [12, 29, 45, 48, 31, 37, 50, 44, 21],
                    "tone": "call",
                },
            ],
            "unit": told("people", "人"),
            "heading": told("Hour", "时段"),
        },
        "wait": {
            "labels": hours,
            "series": [{"name": told("Median wait", "等候中位数"), "values": [3, 6, 11, 14, 8, 7, 12, 9, 4]}],
            "unit": told("min", "分钟"),
            "heading": told("Hour", "时段"),
            "target": 10,
            "target_label": told("Target 10 min", "目标 10 分钟"),
        },
    }


def _happened() -> list[dict[str, Any]]:
    now = clock.now()
    chen = words("chen")
    rows = (
        (41, "ticket", "brand", ("Ticket taken at the kiosk", "在取号机取号"), "", ""),
        (19, "bell-ring", "call", ("Called to counter 3", "呼叫至 3 号窗口"), "", chen),
        (18, "user-x", "bad", ("Did not come", "未到，过号"), "", chen),
        (
            12,
            "rotate-ccw",
            "neutral",
            ("Back into the queue", "重新排队"),
            told("Two people go first.", "排在两位客户之后。"),
            chen,
        ),
        (2, "check", "good", ("Finished", "办理完成"), "", words("wang")),
    )
    return [
        {
            "at": now - timedelta(minutes=minutes),
            "icon": icon,
            "tone": tone,
            "title": told(*title),
            "text": text,
            "who": who,
        }
        for minutes, icon, tone, title, text, who in rows
    ]


def _choices() -> list[dict[str, Any]]:
    return [
        {
            "value": "none",
            "label": told("No priority", "普通"),
            "hint": told("In the order of arrival", "按取号顺序办理"),
            "icon": "user",
        },
        {
            "value": "elderly",
            "label": told("Aged 60 or over", "60 岁及以上长者"),
            "hint": told("Please have your ID card ready", "请准备好身份证"),
            "icon": "heart-handshake",
        },
        {
            "value": "disabled",
            "label": told("Disabled or pregnant", "残障人士、孕妇"),
            "hint": told("Our staff will help you", "工作人员将为您提供协助"),
            "icon": "accessibility",
        },
        {
            "value": "vip",
            "label": told("Gold member", "金卡会员"),
            "hint": told("Closed for today", "今日暂停服务"),
            "icon": "gem",
            "disabled": True,
        },
    ]


def _stats() -> list[dict[str, Any]]:
    return [
        {
            "label": told("Waiting now", "正在等候"),
            "figure": "27",
            "unit": told("people", "人"),
            "trend": "up",
            "trend_text": told("6 more than usual", "比平时多 6 人"),
        },
        {
            "label": told("Longest wait", "最长等候"),
            "figure": "24:10",
            "tone": "bad",
            "target": told("Limit 20 min", "上限 20 分钟"),
        },
        {
            "label": told("Service level", "服务水平"),
            "figure": "83",
            "unit": "%",
            "tone": "good",
            "target": told("Target 80 % in 10 min", "目标：10 分钟内 80%"),
        },
        {
            "label": told("Left the queue", "中途离开"),
            "figure": "4.2",
            "unit": "%",
            "tone": "warn",
            "target": told("Limit 5 %", "上限 5%"),
        },
        {"label": told("Served today", "今日办结"), "figure": "318", "unit": told("people", "人")},
    ]


def content() -> dict[str, Any]:
    """The context of the gallery and of its specimen pages."""
    now = clock.now()
    return {
        "site_name": words("site"),
        "staff_name": words("chen"),
        "w": {key: words(key) for key in WORDS},
        "headings": {key: told(*pair) for key, pair in HEADINGS.items()},
        "services": _services(),
        "queue": _queue(),
        "counters": _counters(),
        "charts": _charts(),
        "happened": _happened(),
        "choices": _choices(),
        "stats": _stats(),
        "form": _form(),
        "now": now,
        "soon": now + timedelta(seconds=45),
        "called_since": now - timedelta(seconds=65),
        "steps": [told("Service", "选择业务"), told("Priority", "优先类别"), told("Ticket", "取号")],
        "tabs": [
            {"href": "#tabs", "label": told("Waiting", "等候中"), "count": 27, "current": True},
            {"href": "#tabs", "label": told("On hold", "已挂起"), "count": 3},
            {"href": "#tabs", "label": told("Finished", "已办结"), "count": 318},
        ],
        "spans": [("hour", told("Hour", "小时")), ("day", told("Day", "日")), ("week", told("Week", "周"))],
        "options": [("", told("All services", "全部业务")), *((s["prefix"], s["name"]) for s in _services())],
        "mistakes": [
            ("phone", told("Write the whole mobile number, 11 figures", "请填写完整的 11 位手机号码"))
        ],
        "qr": "https://hall.example/t/7QK4M2XW",
        "states": [
            "waiting",
            "called",
            "serving",
            "held",
            "done",
            "no_show",
            "cancelled",
            "merged",
            "expired",
        ],
        "end_states": ["done", "no_show", "cancelled"],
        "looks": [("light", False), ("dark", False), ("light", True), ("dark", True)],
        "tones": ["brand", "call", "good", "warn", "bad", "info", "held", "ink", "ground"],
        "chosen": ["elderly", "disabled"],
        "minute_word": told("min", "分钟"),
        "counter_states": ["free", "calling", "serving", "paused", "closed"],
    }
