"""The addresses of this room."""

app_name = "hubs"
urlpatterns: list = []
