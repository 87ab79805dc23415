"""The room of the page itself; it has no models."""

import structlog
from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "core.ui"
    label = "ui"

    def ready(self) -> None:
        # structlog's loggers write through the standard ones, so that one formatter makes every line.
        structlog.configure(
            processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
        )
