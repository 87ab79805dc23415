"""What the demo itself remembers: its day, and who may be played in it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

FIRST_DAY = date(2027, 3, 18)


class DemoClock(models.Model):
    """The day that the demo stands at; one row. `loaded_at` says that the demo data is in whole."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    today = models.DateField(default=FIRST_DAY)
    loaded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="demo_has_one_clock")]


class DemoPerson(models.Model):
    """An invented person, listed on the people page and at the start of `make demo`; `load_demo` writes them."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    plays = models.CharField(max_length=200, help_text="Who this person is, in a few words: lead of the GLOW hub")
    worth_seeing = models.CharField(max_length=300, default="", help_text="What this person finds after signing in")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
