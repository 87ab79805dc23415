"""The addresses of this room. `sign_in` stands outside its namespace: the library knows its pages by bare names."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("you", views.you, name="you"),
    path("you/name", views.name, name="name"),
    path("you/sessions/<uuid:sign_in_id>/end", views.end_session, name="end_session"),
    path("you/sessions/end-others", views.end_other_sessions, name="end_other_sessions"),
]
sign_in = [
    path("sign-in", views.sign_in, name="account_login"),
    path("sign-in", views.sign_in, name="account_request_login_code"),  # the library's second name for the one door
    path("sign-in/code", views.confirm_code, name="account_confirm_login_code"),
    path("sign-in/closed", views.closed, name="account_inactive"),
    path("sign-out", views.sign_out, name="account_logout"),
]
