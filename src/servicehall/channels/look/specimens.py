"""What the gallery shows: a believable afternoon in a mall's service hall, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from servicehall.kernel import clock
from servicehall.kernel.languages import say

_WORDS = {
    "site": ("Riverside Mall Service Hall", "滨江广场服务大厅"),
    "saved": ("Counter 3 is open.", "3 号窗口已开放。"),
    "refused": ("Counter 3 is paused: end the pause first.", "3 号窗口处于暂停状态，请先恢复服务。"),
    "cards": ("Membership cards", "会员卡办理"),
    "returns": ("Returns and exchanges", "退换货"),
    "invoices": ("Invoices", "发票开具"),
    "parking": ("Parking and gifts", "停车与礼品兑换"),
    "advice": ("Shopping advice", "导购咨询"),
    "counter3": ("Counter 3", "3 号窗口"),
    "counter5": ("Counter 5", "5 号窗口"),
    "chen": ("Chen Xiaoyu", "陈晓雨"),
    "wang": ("Wang Lei", "王磊"),
    "zhou": ("Zhou Min", "周敏"),
    "call_next": ("Call next", "呼叫下一位"),
    "recall": ("Recall", "重呼"),
    "no_show": ("No-show", "过号"),
    "finish": ("Finish", "办理完成"),
    "take": ("Take a ticket", "取号"),
    "leave": ("Leave the queue", "放弃排队"),
    "more": ("More", "更多"),
    "sending": ("Sending", "正在提交"),
    "closed": ("Closed today", "今日暂停服务"),
    "search": ("Number or service", "号码或业务"),
    "service": ("Service", "业务"),
    "number": ("Number", "号码"),
    "state": ("State", "状态"),
    "waited": ("Waited", "已等候"),
    "priority": ("Priority", "优先类别"),
    "apply": ("Apply", "筛选"),
    "reset": ("Reset", "重置"),
    "total": ("Total", "合计"),
    "which": ("Which service do you need?", "请选择您要办理的业务"),
    "touch": ("Touch a service to take a ticket", "轻触业务即可取号"),
    "who": ("Who is the ticket for?", "请选择优先类别"),
    "cancel_title": ("Leave the queue?", "确定放弃排队吗？"),
    "cancel_text": (
        "Number A017 is given up. To come back you take a new one at the end of the queue.",
        "号码 A017 将作废。如需再次办理，请重新取号排队。",
    ),
    "postpone": ("Let others go first", "让后面的人先办"),
    "people": ("people", "位"),
    "note": ("Please have your ID card ready.", "请提前准备好身份证。"),
    "near": ("Your turn is near", "即将轮到您"),
    "near_text": ("Please come back to the waiting area.", "请回到等候区。"),
    "empty": ("Nobody is waiting", "暂无等候客户"),
    "empty_text": ("New tickets appear here by themselves.", "有人取号后会自动显示在这里。"),
    "building": ("Making the day's report", "正在生成当日报表"),
    "calls": ("Now calling", "正在呼叫"),
    "next": ("Waiting", "等候中"),
    "go": ("Please go to", "请前往"),
    "sign_in": ("Sign in", "登录"),
    "user": ("Staff name", "工号"),
    "password": ("Password", "密码"),
    "components": ("Components", "组件"),
    "phone": ("Phone", "手机"),
    "kiosk": ("Kiosk", "取号机"),
    "board": ("Board", "叫号屏"),
    "staff": ("Desk", "工作台"),
    "plain": ("Sign-in", "登录页"),
    "sample": ("The queue is fair when everyone can see it.", "看得见的排队，才是公平的排队。"),
    "body": (
        "You can wait anywhere in the mall. We tell you when your turn is near, so there is no need to watch the screen.",
        "您可以在商场内自由等候。快轮到您时，我们会及时提醒，无需一直盯着屏幕。",
    ),
    "my_tickets": ("My ticket", "我的排队票"),
    "at_counter": ("At the counter", "当前客户"),
    "queue": ("Queue", "等候队列"),
    "today": ("Today", "今日概况"),
    "zone": ("Zone A · Members and returns", "A 区 · 会员与退换货"),
    "back": ("Back", "返回"),
    "print": ("Print", "打印"),
    "ready": ("Done", "完成"),
    "voice": ("Voice call: A017, please go to counter 3", "语音播报：请 A017 号到 3 号窗口"),
}

_HEADINGS = {
    "looks": ("One look, four ways", "一套界面，四种显示"),
    "type": ("Type and figures", "文字与数字"),
    "colours": ("Colours", "色彩"),
    "buttons": ("Buttons", "按钮"),
    "fields": ("Forms and errors", "表单与错误提示"),
    "choices": ("Choices", "选项"),
    "services": ("Services", "业务入口"),
    "tickets": ("Tickets", "排队票"),
    "states": ("States", "状态"),
    "counters": ("Counters", "服务窗口"),
    "stats": ("Figures", "数据指标"),
    "charts": ("Charts", "图表"),
    "table": ("Table", "表格"),
    "steps": ("Steps, tabs, switches", "步骤、标签页与开关"),
    "notices": ("Notices", "通知与提示"),
    "dialogs": ("Dialogs, toasts, keys", "对话框、轻提示与快捷键"),
    "timeline": ("Timeline", "办理过程"),
    "keypad": ("Keypad", "数字键盘"),
    "waiting": ("Waiting and nothing there", "加载与空状态"),
}


def words(key: str) -> str:
    """One of the gallery's own words in the reader's language."""
    english, chinese = _WORDS[key]
    return _t(english, chinese)


def _t(english: str, chinese: str) -> str:
    return say({"en": english, "zh-Hans": chinese})


def _form() -> forms.Form:
    """A form that was sent with mistakes."""

    class Registration(forms.Form):
        name = forms.CharField(label=_t("Your name", "姓名"))
        phone = forms.CharField(
            label=_t("Mobile number", "手机号码"),
            help_text=_t("We call it only if your turn is missed.", "仅在过号时联系您。"),
        )
        note = forms.CharField(
            label=_t("Note", "备注"), widget=forms.Textarea(attrs={"rows": 3}), required=False
        )
        agreed = forms.BooleanField(label=_t("I agree to the rules of the hall", "我已阅读并同意大厅须知"))

    return Registration({"name": _t("Li Na", "李娜"), "phone": "138"})


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
            "other": say({"en": _WORDS[key][0], "zh-Hans": _WORDS[key][1]}, _t("zh-Hans", "en")),
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
            "priority": _t(*priority) if priority else "",
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
            "label": _t(f"Counter {number}", f"{number} 号窗口"),
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
                {"name": _t("Arrived", "取号"), "values": arrived, "tone": "brand"},
                {
                    "name": _t("Served", "办结"),
                    "values": [12, 29, 45, 48, 31, 37, 50, 44, 21],
                    "tone": "call",
                },
            ],
            "unit": _t("people", "人"),
            "heading": _t("Hour", "时段"),
        },
        "wait": {
            "labels": hours,
            "series": [{"name": _t("Median wait", "等候中位数"), "values": [3, 6, 11, 14, 8, 7, 12, 9, 4]}],
            "unit": _t("min", "分钟"),
            "heading": _t("Hour", "时段"),
            "target": 10,
            "target_label": _t("Target 10 min", "目标 10 分钟"),
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
            _t("Two people go first.", "排在两位客户之后。"),
            chen,
        ),
        (2, "check", "good", ("Finished", "办理完成"), "", words("wang")),
    )
    return [
        {
            "at": now - timedelta(minutes=minutes),
            "icon": icon,
            "tone": tone,
            "title": _t(*title),
            "text": text,
            "who": who,
        }
        for minutes, icon, tone, title, text, who in rows
    ]


def _choices() -> list[dict[str, Any]]:
    return [
        {
            "value": "none",
            "label": _t("No priority", "普通"),
            "hint": _t("In the order of arrival", "按取号顺序办理"),
            "icon": "user",
        },
        {
            "value": "elderly",
            "label": _t("Aged 60 or over", "60 岁及以上长者"),
            "hint": _t("Please have your ID card ready", "请准备好身份证"),
            "icon": "heart-handshake",
        },
        {
            "value": "disabled",
            "label": _t("Disabled or pregnant", "残障人士、孕妇"),
            "hint": _t("Our staff will help you", "工作人员将为您提供协助"),
            "icon": "accessibility",
        },
        {
            "value": "vip",
            "label": _t("Gold member", "金卡会员"),
            "hint": _t("Closed for today", "今日暂停服务"),
            "icon": "gem",
            "disabled": True,
        },
    ]


def _stats() -> list[dict[str, Any]]:
    return [
        {
            "label": _t("Waiting now", "正在等候"),
            "figure": "27",
            "unit": _t("people", "人"),
            "trend": "up",
            "trend_text": _t("6 more than usual", "比平时多 6 人"),
        },
        {
            "label": _t("Longest wait", "最长等候"),
            "figure": "24:10",
            "tone": "bad",
            "target": _t("Limit 20 min", "上限 20 分钟"),
        },
        {
            "label": _t("Service level", "服务水平"),
            "figure": "83",
            "unit": "%",
            "tone": "good",
            "target": _t("Target 80 % in 10 min", "目标：10 分钟内 80%"),
        },
        {
            "label": _t("Left the queue", "中途离开"),
            "figure": "4.2",
            "unit": "%",
            "tone": "warn",
            "target": _t("Limit 5 %", "上限 5%"),
        },
        {"label": _t("Served today", "今日办结"), "figure": "318", "unit": _t("people", "人")},
    ]


def content() -> dict[str, Any]:
    """The context of the gallery and of its specimen pages."""
    now = clock.now()
    return {
        "site_name": words("site"),
        "staff_name": words("chen"),
        "w": {key: words(key) for key in _WORDS},
        "headings": {key: _t(*pair) for key, pair in _HEADINGS.items()},
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
        "steps": [_t("Service", "选择业务"), _t("Priority", "优先类别"), _t("Ticket", "取号")],
        "tabs": [
            {"href": "#tabs", "label": _t("Waiting", "等候中"), "count": 27, "current": True},
            {"href": "#tabs", "label": _t("On hold", "已挂起"), "count": 3},
            {"href": "#tabs", "label": _t("Finished", "已办结"), "count": 318},
        ],
        "spans": [("hour", _t("Hour", "小时")), ("day", _t("Day", "日")), ("week", _t("Week", "周"))],
        "options": [("", _t("All services", "全部业务")), *((s["prefix"], s["name"]) for s in _services())],
        "mistakes": [
            ("phone", _t("Write the whole mobile number, 11 figures", "请填写完整的 11 位手机号码"))
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
        "minute_word": _t("min", "分钟"),
        "counter_states": ["free", "calling", "serving", "paused", "closed"],
    }
