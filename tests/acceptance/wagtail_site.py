"""A Django project with all of Wagtail's applications: settings and manage.py, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

_CONTRIB = "forms redirects settings search_promotions simple_translation table_block typed_table_block"
_WAGTAIL = "embeds sites users snippets documents images search admin locales"
_DJANGO = "admin auth contenttypes sessions messages staticfiles postgres"
_APPLICATIONS = [
    *(f"wagtail.contrib.{name}" for name in _CONTRIB.split()),
    *(f"wagtail.{name}" for name in _WAGTAIL.split()),
    *("wagtail", "modelcluster", "taggit", "django_filters"),
    *(f"django.contrib.{name}" for name in _DJANGO.split()),
]
_SETTINGS = """\
import os

INSTALLED_APPS = {applications}
DATABASES = {{"default": {{
    "ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"], "OPTIONS": {options},
}}}}
SECRET_KEY = "for a test"
ROOT_URLCONF = "urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
WAGTAILSEARCH_BACKENDS = {{"default": {{"BACKEND": "wagtail.search.backends.database"}}}}
WAGTAILADMIN_BASE_URL = "http://localhost"
USE_TZ = True
SILENCED_SYSTEM_CHECKS = ["wagtailadmin.W001", "wagtailadmin.W003"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {{"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]}},
}}]
STATIC_URL = "/static/"
"""
_MANAGE = """\
import os
import sys

from django.core.management import execute_from_command_line

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
"""


def make_site(directory: Path, options: Mapping[str, object]) -> Path:
    """Write the project into `directory`, and return the path of its manage.py.

    Args:
        directory: exists, and is empty.
        options: of Django's database connection; JSON-like, with True and False.
    """
    text = _SETTINGS.format(applications=json.dumps(_APPLICATIONS, indent=4), options=repr(dict(options)))
    (directory / "settings.py").write_text(text)
    (directory / "urls.py").write_text("urlpatterns = []\n")
    (directory / "manage.py").write_text(_MANAGE)
    return directory / "manage.py"
