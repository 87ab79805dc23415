"""The portal's addresses with those of the demo, as PORTAL_DEMO puts them together."""

from django.urls import include, path

from hubportal.urls import urlpatterns as portal

urlpatterns = [*portal, path("", include("demo.urls"))]
