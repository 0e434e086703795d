"""Django's settings, from central's own: secure by default, nothing fetched from elsewhere."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from central.config import Config, from_environment

TWINREEL: Config = from_environment(os.environ)
DATA_DIR: Path = TWINREEL.folder
_HTTPS = TWINREEL.url.startswith("https://")


def _secret_key() -> str:
    """The key in the data folder; before the first run one that lasts for this process."""
    try:
        return (DATA_DIR / "keys" / "sessions.key").read_text(encoding="ascii").strip()
    except OSError:
        return secrets.token_urlsafe(48)


def _database(config: Config) -> dict[str, Any]:
    if config.database == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "central.db",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,  # seconds
                "transaction_mode": "IMMEDIATE",
                # Without FULL, a power cut takes back what was acknowledged.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(config.database)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


DEBUG = False
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = sorted({"localhost", "127.0.0.1", "[::1]", urlsplit(TWINREEL.url).hostname or ""})
CSRF_TRUSTED_ORIGINS = [TWINREEL.url]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "central.store",
    "central.web",
]
MIDDLEWARE = [
    "central.web.headers.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "central.web.urls"
ASGI_APPLICATION = "central.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": _database(TWINREEL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "store.Person"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

SESSION_COOKIE_AGE = 12 * 3600  # seconds: a working day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = _HTTPS
SECURE_SSL_REDIRECT = False  # the proxy in front does this; central itself speaks plain HTTP to it
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 365 * 86_400 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # other names of the domain are not ours to decide about
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING_CONFIG = None  # __main__ sets up logging
