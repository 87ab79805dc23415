"""The addresses of this room."""

from django.urls import path, register_converter

from schools import views


class Urn:
    """Six digits, kept as text."""

    regex = "[0-9]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Urn, "urn")

app_name = "schools"
urlpatterns = [
    path("schools/", views.search, name="search"),
    path("schools/suggest", views.suggest, name="suggest"),
    path("schools/<urn:urn>/", views.detail, name="detail"),
]
