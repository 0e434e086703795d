"""Central's rows, as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Rows and their migrations."""

    name = "central.store"
    label = "store"
    verbose_name = "Twinreel"
