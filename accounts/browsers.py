"""Naming a browser in words, for its owner to know it again."""

from __future__ import annotations

# The first mark that is found names it: others carry the marks of those they descend from.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "a Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("Linux", "Linux"),
)


def in_words(user_agent: str) -> str:
    """The browser and machine that a User-Agent header names, such as "Firefox on Windows"; an unknown one says so."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    machine = next((name for mark, name in MACHINES if mark in user_agent), "")
    if browser and machine:
        return f"{browser} on {machine}"
    return browser or (f"A browser on {machine}" if machine else "An unknown browser")
