"""The addresses of this room."""

app_name = "documents"
urlpatterns: list = []
