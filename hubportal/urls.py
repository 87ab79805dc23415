"""One line per room."""

from django.urls import include, path

urlpatterns = [
    path("", include("core.ui.urls")),
    path("", include("core.links.urls")),
    path("", include("core.notifications.urls")),
    path("", include("core.documents.urls")),
    path("", include("accounts.urls")),
    path("", include("reports.urls")),
    path("", include("schools.urls")),
    path("", include("hubs.urls")),
    path("", include("programmes.urls")),
    path("", include("applications.urls")),
]
