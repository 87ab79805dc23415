"""The portal's addresses, and those of the bare pages."""

from django.urls import include, path

from bench import bare

urlpatterns = [
    path(
        "bench/",
        include(
            (
                [
                    path("page/", bare.page, name="page"),
                    path("list/<uuid:round_id>/", bare.listing, name="list"),
                    path("form/<uuid:eoi_id>/", bare.form, name="form"),
                ],
                "bench",
            )
        ),
    ),
    path("", include("hubportal.urls")),
]
