"""The demo as PORTAL_DEMO puts it in: its pages, its bar, a mail folder of the test's own."""

import pytest


@pytest.fixture
def demo(settings, tmp_path):
    settings.ROOT_URLCONF = "tests.demo.urls"
    doors = settings.MIDDLEWARE.index("core.doors.DoorMiddleware")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:doors], "demo.middleware.DemoBar", *settings.MIDDLEWARE[doors:]]
    settings.CLOCK = "demo.clock.now"
    settings.VAR_DIR = tmp_path
    return settings
