"""One line per room."""

from django.conf import settings
from django.urls import include, path

from accounts.urls import sign_in
from core.support import site

urlpatterns = [
    path("", include("core.ui.urls")),
    path("", include("core.links.urls")),
    path("", include("core.notifications.urls")),
    path("", include("core.documents.urls")),
    path("", include(sign_in)),
    path("", include("accounts.urls")),
    path("", include("reports.urls")),
    path("", include("schools.urls")),
    path("", include("hubs.urls")),
    path("", include("programmes.urls")),
    path("", include("applications.urls")),
    path("admin/", site.urls),
]
if settings.PORTAL_DEMO:
    urlpatterns.append(path("", include("demo.urls")))

# A database that is away inside a middleware never reaches the view's own answer: 503 here, not 500.
handler500 = "core.ui.errors.server_error"
