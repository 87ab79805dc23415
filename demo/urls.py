"""The demo's own pages; they are there with PORTAL_DEMO only."""

from django.urls import path, register_converter

from demo import mail, views


class MailName:
    regex = mail.NAME.pattern.removesuffix(r"\Z")

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(MailName, "mail")

app_name = "demo"
urlpatterns = [
    path("demo/outbox/", views.outbox, name="outbox"),
    path("demo/outbox/<mail:name>/", views.letter, name="letter"),
    path("demo/outbox/<mail:name>/html", views.letter_html, name="letter_html"),
    path("demo/outbox/<mail:name>/attachment/<int:number>", views.attachment, name="attachment"),
    path("demo/people/", views.people, name="people"),
    path("demo/next-day", views.next_day, name="next_day"),
]
