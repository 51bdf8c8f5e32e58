"""The gallery's own words in both languages, and nothing else."""

from __future__ import annotations

from servicehall.kernel.languages import say

WORDS = {
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
    "your_ticket": ("Here is your ticket", "取号成功"),
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

HEADINGS = {
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
    english, chinese = WORDS[key]
    return told(english, chinese)


def told(english: str, chinese: str) -> str:
    """One of two texts, by the reader's language."""
    return say({"en": english, "zh-Hans": chinese})
