"""Booting a Faust worker whose own consumer stays off."""

from faust.app.base import BootStrategy


class Boot(BootStrategy):
    """Starts agents and our services only: no Faust consumer (it has nothing to subscribe to), no Faust web pages."""

    enable_kafka = False
    enable_web = False
