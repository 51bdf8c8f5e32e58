"""What the demo consists of: a mall's service hall and a bank branch. Content only."""

from __future__ import annotations

from dataclasses import dataclass

from servicehall.kernel.languages import Text


def t(en: str, zh: str) -> Text:
    """A text in both languages."""
    return {"zh-Hans": zh, "en": en}


@dataclass(frozen=True, slots=True)
class DemoStage:
    """A stage; ``skill`` is the short name of a required skill."""

    names: Text
    minutes: float
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class DemoService:
    """A service with its number prefix, icon, stages and the keys of its classes."""

    slug: str
    prefix: str
    names: Text
    hint: Text
    icon: str
    minutes: float
    target: float
    stages: tuple[DemoStage, ...] = ()
    skill: str | None = None
    classes: tuple[str, ...] = ("elderly", "disabled", "vip")


@dataclass(frozen=True, slots=True)
class DemoCounter:
    """A counter: where it is and what it serves, as ``service`` or ``service:position``."""

    label: str
    zone: str
    serves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A member of staff with one role at the site."""

    username: str
    names: Text
    role: str
    language: str = "zh-hans"
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A whole site."""

    organisation: tuple[str, Text]
    region: tuple[str, Text]
    slug: str
    names: Text
    address: Text
    floors: tuple[tuple[int, Text], ...]
    zones: tuple[tuple[int, str, str, Text], ...]
    services: tuple[DemoService, ...]
    counters: tuple[DemoCounter, ...]
    people: tuple[DemoPerson, ...]
    counter_word: Text


SKILLS: tuple[tuple[str, Text], ...] = (
    ("complaints", t("Complaint handling", "投诉处理")),
    ("corporate", t("Corporate banking", "对公业务")),
    ("lending", t("Lending", "信贷业务")),
    ("english", t("English", "英语")),
)

CLASSES: tuple[tuple[str, Text, Text, dict[str, float | bool]], ...] = (
    ("walk-in", t("Standard", "普通"), {}, {"rate": 1.0, "rank": 50, "is_default": True}),
    (
        "elderly",
        t("Senior 65+", "65 岁以上长者"),
        t("For visitors aged 65 or over.", "年满 65 周岁的顾客可选择长者优先。"),
        {"rate": 1.5, "head_start": 10.0, "rank": 20, "is_public": True},
    ),
    (
        "disabled",
        t("Disabled or pregnant", "残障人士或孕妇"),
        t(
            "For visitors with a disability, pregnant women and those with an infant.",
            "残障人士、孕妇及携带婴儿的顾客可选择爱心优先。",
        ),
        {"rate": 2.0, "head_start": 15.0, "rank": 10, "is_public": True},
    ),
    (
        "vip",
        t("VIP member", "贵宾会员"),
        t("Given by staff.", "由工作人员确认后授予。"),
        {"rate": 1.5, "head_start": 8.0, "rank": 30},
    ),
)

MALL = DemoSite(
    organisation=("harmony", t("Harmony Malls", "和悦商业集团")),
    region=("east", t("East China", "华东区")),
    slug="mall",
    names=t("Harmony Plaza Service Hall", "和悦广场客户服务中心"),
    address=t("Level 1, 88 Century Avenue, Shanghai", "上海市世纪大道 88 号 1 层"),
    floors=((-1, t("Level B1", "地下一层")), (0, t("Level 1", "一层"))),
    zones=(
        (0, "service-desk", "consultation", t("Service desk", "综合服务区")),
        (0, "private", "private", t("Private rooms", "贵宾与投诉接待区")),
        (0, "waiting", "waiting", t("Waiting area", "等候区")),
        (0, "self-service", "self_service", t("Self-service", "自助服务区")),
        (-1, "parking-desk", "consultation", t("Parking desk", "停车服务台")),
    ),
    services=(
        DemoService(
            "enquiries",
            "A",
            t("Enquiries", "综合咨询"),
            t("Shops, events, wheelchairs and strollers", "店铺、活动、轮椅与婴儿车租借"),
            "info",
            4,
            10,
        ),
        DemoService(
            "membership",
            "B",
            t("Membership and points", "会员与积分"),
            t("Join, correct points, replace a card", "入会、积分补登、补卡"),
            "id-card",
            6,
            12,
        ),
        DemoService(
            "parking",
            "C",
            t("Parking and invoices", "停车与发票"),
            t("Have your plate number and receipts ready", "请准备车牌号与消费小票"),
            "car",
            3,
            8,
        ),
        DemoService(
            "returns",
            "D",
            t("Returns and repairs", "退换货与维修"),
            t("Bring the goods and the receipt", "请携带商品与购物小票"),
            "package-open",
            9,
            15,
            stages=(
                DemoStage(t("Inspection", "验货登记"), 8),
                DemoStage(t("Refund cashier", "退款收银"), 4),
            ),
        ),
        DemoService(
            "complaints",
            "E",
            t("Complaints and suggestions", "投诉与建议"),
            t("We listen in a private room", "专人在独立接待室接待"),
            "message-square-warning",
            15,
            10,
            skill="complaints",
        ),
        DemoService(
            "lost-and-found",
            "F",
            t("Lost and found", "失物招领"),
            t("Report or collect lost property", "登记或领取遗失物品"),
            "search",
            5,
            10,
        ),
        DemoService(
            "gift-cards",
            "G",
            t("Gift cards", "礼品卡"),
            t("Buy, activate, check the balance", "购卡、激活、查询余额"),
            "gift",
            5,
            12,
        ),
    ),
    counters=(
        DemoCounter("1", "service-desk", ("enquiries", "membership", "lost-and-found", "gift-cards")),
        DemoCounter("2", "service-desk", ("enquiries", "membership", "gift-cards", "parking")),
        DemoCounter("3", "service-desk", ("returns:1", "enquiries")),
        DemoCounter("4", "service-desk", ("returns:2", "gift-cards", "membership")),
        DemoCounter("5", "private", ("complaints",)),
        DemoCounter("6", "private", ("complaints", "membership")),
        DemoCounter("7", "parking-desk", ("parking", "enquiries")),
    ),
    people=(
        DemoPerson("mall-manager", t("Chen Jing", "陈静"), "manager"),
        DemoPerson("mall-supervisor", t("Wang Lei", "王磊"), "supervisor", skills=("complaints",)),
        DemoPerson("mall-agent1", t("Li Na", "李娜"), "agent", skills=("english",)),
        DemoPerson("mall-agent2", t("Zhang Wei", "张伟"), "agent", skills=("complaints", "english")),
        DemoPerson("mall-agent3", t("Liu Yang", "刘洋"), "agent"),
        DemoPerson("mall-agent4", t("Emma Brown", "艾玛"), "agent", "en", skills=("complaints", "english")),
    ),
    counter_word=t("Counter", "窗口"),
)

BANK = DemoSite(
    organisation=("riverside", t("Riverside Bank", "江畔银行")),
    region=("north", t("North China", "华北区")),
    slug="bank",
    names=t("Riverside Bank, Jianguomen Branch", "江畔银行建国门支行"),
    address=t("12 Jianguomen Street, Beijing", "北京市建国门大街 12 号"),
    floors=((0, t("Ground floor", "一层")),),
    zones=(
        (0, "lobby", "self_service", t("Lobby", "大堂")),
        (0, "counters", "consultation", t("Counters", "柜台区")),
        (0, "advisers", "private", t("Advisers", "理财与信贷区")),
        (0, "waiting", "waiting", t("Waiting area", "等候区")),
    ),
    services=(
        DemoService(
            "cash",
            "A",
            t("Cash and transfers", "个人现金业务"),
            t("Bring your ID and bank card", "请携带身份证与银行卡"),
            "banknote",
            6,
            15,
        ),
        DemoService(
            "accounts",
            "B",
            t("Account opening", "开户与签约"),
            t("Documents are checked first", "先预审资料，再到柜台办理"),
            "file-pen-line",
            12,
            15,
            stages=(
                DemoStage(t("Document check", "资料预审"), 4),
                DemoStage(t("Counter", "柜台办理"), 12),
            ),
        ),
        DemoService(
            "cards",
            "C",
            t("Cards and passwords", "银行卡与密码"),
            t("Lost cards, resets, limits", "挂失、重置密码、调整限额"),
            "credit-card",
            8,
            15,
        ),
        DemoService(
            "corporate",
            "D",
            t("Corporate banking", "对公业务"),
            t("Bring the company seal", "请携带公司印鉴"),
            "building-2",
            14,
            20,
            skill="corporate",
            classes=("vip",),
        ),
        DemoService(
            "loans",
            "L",
            t("Loans and mortgages", "贷款与按揭"),
            t("Talk to an adviser", "由信贷顾问接待"),
            "house",
            20,
            15,
            skill="lending",
        ),
        DemoService(
            "vip",
            "V",
            t("Wealth clients", "贵宾理财"),
            t("For wealth clients", "贵宾客户专享"),
            "gem",
            15,
            5,
        ),
    ),
    counters=(
        DemoCounter("1", "counters", ("cash", "cards", "accounts:2")),
        DemoCounter("2", "counters", ("cash", "cards", "accounts:2")),
        DemoCounter("3", "counters", ("corporate", "cash")),
        DemoCounter("4", "lobby", ("accounts:1",)),
        DemoCounter("5", "advisers", ("loans", "vip")),
        DemoCounter("6", "advisers", ("vip", "loans", "cards")),
    ),
    people=(
        DemoPerson("bank-manager", t("Zhao Min", "赵敏"), "manager"),
        DemoPerson("bank-supervisor", t("Sun Hao", "孙浩"), "supervisor", skills=("corporate", "lending")),
        DemoPerson("bank-agent1", t("Zhou Ting", "周婷"), "agent", skills=("corporate",)),
        DemoPerson("bank-agent2", t("Wu Jun", "吴俊"), "agent", skills=("lending", "english")),
        DemoPerson("bank-agent3", t("James Lee", "李杰明"), "agent", "en", skills=("english",)),
    ),
    counter_word=t("Counter", "窗口"),
)

SITES = (MALL, BANK)
ADMIN = DemoPerson("admin", t("Lin Xia", "林夏"), "admin")
