"""Django settings, read from the environment; every one has a default that works.

Nothing here is needed for the default run. See docs/operations.md for the list.
"""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from servicehall.environment import (
    database,
    flag,
    items,
    mail_server,
    number,
    origins,
    pairs,
    refuse_second_mail_server,
    secret,
    signing_secret,
    single_sign_on,
    texts,
)
from servicehall.kernel import log_lines

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent.parent
SERVICEHALL_DATA = Path(os.environ.get("SERVICEHALL_DATA") or ROOT / "var").resolve()


SECRET_KEY = signing_secret(SERVICEHALL_DATA)

# Personal data: the cipher (sm4-gcm or aes-256-gcm) and where the root keys come from, see docs/operations.md.
PROTECTION_SUITE = os.environ.get("SERVICEHALL_CIPHER", "sm4-gcm").strip().lower()
if PROTECTION_SUITE not in {"sm4-gcm", "aes-256-gcm"}:
    raise ValueError(f"SERVICEHALL_CIPHER is sm4-gcm or aes-256-gcm, not {PROTECTION_SUITE!r}")
PROTECTION_ROOT_KEY = os.environ.get("SERVICEHALL_ROOT_KEY", "")
PROTECTION_ROOT_KEY_COMMAND = os.environ.get("SERVICEHALL_ROOT_KEY_COMMAND", "")
PROTECTION_ROOT_KEY_FILE = os.environ.get("SERVICEHALL_ROOT_KEY_FILE") or str(SERVICEHALL_DATA / "root.keys")
# Who was erased, by id: backups older than an erasure need it when they are restored, so it is kept outside of the
# database, best on another disk.
ERASED_LIST = os.environ.get("SERVICEHALL_ERASED_LIST") or str(SERVICEHALL_DATA / "erased.list")
# Card readers at the desks: site/name=tcp://host:port, several with commas between them.
ID_READERS = [
    (*where.strip().split("/", 1), address.strip())
    for where, _, address in (one.partition("=") for one in items("SERVICEHALL_ID_READERS"))
    if "/" in where
]
# A class that compares faces (see rooms/customers/faces.py), its model and the model's SHA-256. None by default.
FACE_VERIFIER = os.environ.get("SERVICEHALL_FACE_VERIFIER", "")
FACE_MODEL = os.environ.get("SERVICEHALL_FACE_MODEL", "")
FACE_MODEL_SHA256 = os.environ.get("SERVICEHALL_FACE_MODEL_SHA256", "")
DEBUG = flag("SERVICEHALL_DEBUG")
# The gallery of components, for who works on the pages: a hall has no use for it.
GALLERY = flag("SERVICEHALL_GALLERY")

# Whom to tell about a weakness: addresses as RFC 9116 wants them (mailto:…, https:…), and the rules for it.
SECURITY_CONTACT = items("SERVICEHALL_SECURITY_CONTACT")
SECURITY_POLICY = os.environ.get("SERVICEHALL_SECURITY_POLICY", "").strip()
if any(
    not one.startswith(("mailto:", "https://", "tel:")) or not one.isprintable() for one in SECURITY_CONTACT
):
    raise ValueError("SERVICEHALL_SECURITY_CONTACT: write mailto:…, https://… or tel:…, separated by commas")

# Served over TLS, by ourselves (a certificate is named) or by a proxy (SERVICEHALL_HTTPS): whoever comes
# without it is sent to https or refused, and cookies and browsers are told to use nothing else.
TLS_CERT = os.environ.get("SERVICEHALL_TLS_CERT", "")
HTTPS = bool(TLS_CERT) or flag("SERVICEHALL_HTTPS")
# Whose word about a request's origin counts: addresses and networks of proxies. Everybody else's
# X-Forwarded-… is dropped. SERVICEHALL_BEHIND_PROXY alone means one on this machine.
TRUSTED_PROXIES = [
    ip_network(one)
    for one in items("SERVICEHALL_PROXY") or ["127.0.0.0/8", "::1"] * flag("SERVICEHALL_BEHIND_PROXY")
]
ALLOWED_HOSTS = os.environ.get("SERVICEHALL_HOSTS", "*").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("SERVICEHALL_ORIGINS", "").split(",") if o]

# Origins whose pages may use the API from a browser: https://shop.example, "null" (pages opened as files) or "*".
API_ORIGINS = origins("SERVICEHALL_API_ORIGINS")

# The port of the live program and, behind a proxy, the address that browsers reach it at.
LIVE_PORT = int(os.environ.get("SERVICEHALL_LIVE_PORT", "8001"))
LIVE_URL = os.environ.get("SERVICEHALL_LIVE_URL", "")
LIVE_MAX_STREAMS = int(os.environ.get("SERVICEHALL_LIVE_MAX_STREAMS", "9000"))
LIVE_RELAY_STREAMS = int(os.environ.get("SERVICEHALL_LIVE_RELAY_STREAMS", "24"))
# What customers' phones use in QR codes; empty: the address of the request, in messages where `run` says it listens.
PUBLIC_URL = os.environ.get("SERVICEHALL_PUBLIC_URL", "")
RUN_URL = os.environ.get("SERVICEHALL_RUN_URL", "")
TICKETS_OF_ONE_ADDRESS = int(os.environ.get("SERVICEHALL_TICKETS_OF_ONE_ADDRESS", "100"))  # in ten minutes

# The evidence: the key that signs it (empty: a file of the data folder), its name (empty: made of the key), and
# who else signs that it only grows: "URL vkey", separated by commas.
EVIDENCE_KEY = os.environ.get("SERVICEHALL_EVIDENCE_KEY", "")
EVIDENCE_ORIGIN = os.environ.get("SERVICEHALL_EVIDENCE_ORIGIN", "")
WITNESSES = os.environ.get("SERVICEHALL_WITNESSES", "")
# Reads an uploaded file from its input; exit status 0: clean, 1: a virus, else: no answer. Empty: nothing is scanned.
SCAN_COMMAND = os.environ.get("SERVICEHALL_SCAN_COMMAND", "")
VOICE_COMMAND = os.environ.get("SERVICEHALL_VOICE_COMMAND", "")

# Networks that webhooks may go to although they are not public, such as 10.1.0.0/16 (there also without TLS).
WEBHOOK_NETWORKS = items("SERVICEHALL_WEBHOOK_NETWORKS")

# Other systems that are called (rooms/connectors): networks that are meant although they are not public, folders of
# SQLite files that may be read, plug-ins as name=package.module.Class, and where the files of secrets are.
CONNECTOR_NETWORKS = items("SERVICEHALL_CONNECTOR_NETWORKS")
CONNECTOR_FOLDERS = items("SERVICEHALL_CONNECTOR_FOLDERS")
CONNECTOR_PLUGINS = pairs("SERVICEHALL_CONNECTOR_PLUGINS")
CONNECTOR_SECRETS = os.environ.get("SERVICEHALL_CONNECTOR_SECRETS") or str(
    SERVICEHALL_DATA / "connector-secrets"
)

# The mail server, for customers and staff; without one messages stay in the mailbox of the operations pages.
refuse_second_mail_server()
SMTP_URL = secret("SERVICEHALL_SMTP")
SMTP_PER_SECOND = float(os.environ.get("SERVICEHALL_SMTP_PER_SECOND", "20"))
SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
# Text messages to customers: the provider (aliyun or twilio; empty: they stay in the mailbox), its account and
# password, who they are from (a signature, number or service), Aliyun's templates, and how many a second.
SMS_PROVIDER = os.environ.get("SERVICEHALL_SMS", "").strip().lower()
if SMS_PROVIDER not in {"", "aliyun", "twilio"}:
    raise ValueError(f"SERVICEHALL_SMS is aliyun or twilio, not {SMS_PROVIDER!r}")
SMS_URL = os.environ.get("SERVICEHALL_SMS_URL", "")
SMS_KEY, SMS_SECRET = os.environ.get("SERVICEHALL_SMS_KEY", ""), secret("SERVICEHALL_SMS_SECRET")
SMS_FROM, SMS_TEMPLATE = texts("SERVICEHALL_SMS", "FROM", "TEMPLATE")
SMS_TEMPLATES = pairs("SERVICEHALL_SMS_TEMPLATES")
SMS_PER_SECOND, SMS_PATIENCE = float(os.environ.get("SERVICEHALL_SMS_PER_SECOND", "10")), 10.0
# Text messages a day: of one organisation, and to one number.
SMS_A_DAY = number("SERVICEHALL_SMS_A_DAY", 2000)
SMS_TO_ONE_A_DAY = number("SERVICEHALL_SMS_TO_ONE_A_DAY", 10)
# WeChat template messages (app id empty: they stay in the mailbox), and how many reminders a day go to one address.
WECHAT_APP_ID, WECHAT_URL, WECHAT_OPEN_URL = texts("SERVICEHALL_WECHAT", "APP_ID", "URL", "OPEN_URL")
WECHAT_APP_SECRET, WECHAT_PER_SECOND = secret("SERVICEHALL_WECHAT_APP_SECRET"), 10.0
WECHAT_TEMPLATES = pairs("SERVICEHALL_WECHAT_TEMPLATES")
OPTIONAL_TO_ONE_A_DAY = number("SERVICEHALL_OPTIONAL_TO_ONE_A_DAY", 6)
# Payments: where the keys of the accounts with providers lie (a folder each), and the providers' addresses, which
# only a simulator changes. Seconds for one request, minutes until a QR code is no use any more.
PAYMENT_KEYS = Path(os.environ.get("SERVICEHALL_PAYMENT_KEYS", "") or SERVICEHALL_DATA / "payment-keys")
WECHAT_PAY_URL = os.environ.get("SERVICEHALL_WECHAT_PAY_URL", "https://api.mch.weixin.qq.com")
ALIPAY_URL = os.environ.get("SERVICEHALL_ALIPAY_URL", "https://openapi.alipay.com/gateway.do")
PAYMENT_PATIENCE = 10.0
PAYMENT_MINUTES = int(os.environ.get("SERVICEHALL_PAYMENT_MINUTES", "15"))
# Threads of a worker that hand messages over; 0: in the worker's own.
MESSAGE_THREADS = int(os.environ.get("SERVICEHALL_MESSAGE_THREADS", "4"))

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",  # its pages are read with the addresses: other programs show none
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "servicehall.channels.entry",
    "servicehall.kernel",
    "servicehall.rooms.hall",
    "servicehall.rooms.people",
    "servicehall.rooms.trust",
    "servicehall.rooms.messages",
    "servicehall.rooms.customers",
    "servicehall.rooms.alerts",
    "servicehall.rooms.webhooks",
    "servicehall.rooms.payments",
    "servicehall.rooms.connectors",
    "servicehall.rooms.services",
    "servicehall.rooms.queueing",
    "servicehall.rooms.booking",
    "servicehall.rooms.feedback",
    "servicehall.rooms.diversion",
    "servicehall.rooms.simulation",
    "servicehall.channels.look",
    "servicehall.channels.kiosk",
    "servicehall.channels.board",
    "servicehall.channels.desk",
    "servicehall.channels.ops",
    "servicehall.channels.portal",
    "servicehall.channels.api",
    "servicehall.channels.evidence",
    "servicehall.channels.live",
    # Last, so that our texts, templates and translations come before its own.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "servicehall.channels.headers.SecurityHeaders",
    "servicehall.channels.transport.Encrypted",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "servicehall.channels.uploads.Uploads",
    "django.middleware.csrf.CsrfViewMiddleware",
    "servicehall.channels.sessions.TimedAuthentication",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "servicehall.channels.refusals.Refusals",
    "servicehall.channels.step_up.StepUps",
]

ROOT_URLCONF = "servicehall.urls"
WSGI_APPLICATION = "servicehall.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "servicehall.channels.page_context.page",
            ]
        },
    }
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), SERVICEHALL_DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Staff"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/desk"
LOGOUT_REDIRECT_URL = "/sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "servicehall.rooms.people.passwords.FewCharacters"},
    {"NAME": "servicehall.rooms.people.passwords.WordsOfTheHouse"},
    {"NAME": "servicehall.rooms.people.passwords.Breached"},
]
# Where known breached passwords are asked for by the first five digits of their SHA-1 (the k-anonymity
# form of Have I Been Pwned, such as https://api.pwnedpasswords.com/range); empty: nobody is asked.
BREACH_URL = os.environ.get("SERVICEHALL_BREACH_URL", "")

# Addresses that the lock-out's address rules leave alone: the machine itself (and a proxy on it), kiosks.
LOCKOUT_EXEMPT = ["127.0.0.0/8", "::1", *items("SERVICEHALL_LOCKOUT_EXEMPT")]
# Who needs a second factor to get further than the page where one is added: agent, supervisor, manager, admin.
SECOND_FACTOR_ROLES = items("SERVICEHALL_SECOND_FACTOR_ROLES")
# The host name that passkeys are bound to; empty: the host of the request.
PASSKEY_HOST = os.environ.get("SERVICEHALL_PASSKEY_HOST", "")
# Minutes without an act after which a session ends, by the highest role; agents stay for the shift.
IDLE_MINUTES = {
    role: int(os.environ.get(f"SERVICEHALL_IDLE_{role.upper()}", minutes))
    for role, minutes in {
        "": "30",
        "agent": "720",
        "supervisor": "720",
        "manager": "30",
        "admin": "30",
    }.items()
}

# The library that signs in (allauth) is steered here; its own pages, limits and mails are not used.
ACCOUNT_ADAPTER = "servicehall.channels.entry.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_TIMEOUT = 15 * 60
MFA_ADAPTER = "servicehall.channels.entry.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Servicehall"
MFA_RECOVERY_CODE_DIGITS = 10
SOCIALACCOUNT_ADAPTER = "servicehall.channels.entry.adapters.Identities"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": single_sign_on()}
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
# Texts of libraries that our Chinese says otherwise: these come before everybody's own.
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "servicehall_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = SERVICEHALL_DATA / "static"
_PACKAGES = ROOT / "node_modules"
STATICFILES_DIRS = [
    (prefix, str(_PACKAGES / folder))
    for prefix, folder in {
        "vendor/htmx": "htmx.org/dist",
        "vendor/echarts": "echarts/dist",
        "vendor/fonts/atkinson": "@fontsource-variable/atkinson-hyperlegible-next/files",
        "vendor/pinyin": "../build/pinyin",  # made of two packages at setup: scripts/lexicon.mjs
        "vendor/editor": "../build/editor",  # CodeMirror's modules, laid out at setup: scripts/editor.mjs
    }.items()
    if (_PACKAGES / folder).is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "servicehall.channels.look.served.ServedFiles"
        if (STATIC_ROOT / "staticfiles.json").exists() and not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATICFILES_FINDERS = [
    "servicehall.channels.ops.theme_files.ThemeFiles",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()
MEDIA_ROOT = SERVICEHALL_DATA / "media"

SESSION_COOKIE_NAME = "servicehall_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Under HTTPS every cookie is Secure and carries a prefix that browsers check: channels/transport.py.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# A session ends twelve hours after the sign-in, whatever happens in it.
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = "servicehall_csrf"
CSRF_FAILURE_VIEW = "servicehall.channels.refusals.csrf_failed"

# The same server, as Django's own sending of notices to staff takes it.
_MAIL = mail_server(SMTP_URL)
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL.at_once, _MAIL.starttls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = _MAIL.sender

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_HANDLERS = ["servicehall.channels.uploading.Bounded"]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

LOGGING = log_lines.django_setup(os.environ.get("SERVICEHALL_LOG", "WARNING").upper())
log_lines.know_environment()
log_lines.know([SECRET_KEY, str(DATABASES["default"].get("PASSWORD", "")), _MAIL.password])

UNFOLD = {
    "SITE_TITLE": "Servicehall",
    "SITE_HEADER": "Servicehall",
    "SITE_SYMBOL": "storefront",
    "SITE_URL": "/ops",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "servicehall.channels.ops.back_office.icon"}
    ],
    "STYLES": [
        "servicehall.channels.ops.back_office.colours",
        "servicehall.channels.ops.back_office.stylesheet",
    ],
    "SCRIPTS": [
        "servicehall.channels.ops.back_office.alpine",
        "servicehall.channels.ops.back_office.script",
    ],
    "COLORS": "servicehall.channels.ops.back_office.no_inline_colours",
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"navigation": "servicehall.channels.ops.back_office.sidebar"},
    "DASHBOARD_CALLBACK": "servicehall.channels.ops.back_office.first_page",
}
