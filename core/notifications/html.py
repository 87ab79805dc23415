"""A mail's HTML part, made from its text: a blank line parts paragraphs, "- " begins a list's item, and a line that
ends in a colon above a lone address makes a button, with the address written out below it. Why the mail came stands
apart from the name that signs it."""

from __future__ import annotations

import re

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

P = "margin:0 0 16px;font-size:16px;line-height:1.5;color:#16213a"
UL = "margin:0 0 16px;padding:0 0 0 24px;font-size:16px;line-height:1.5;color:#16213a"
BUTTON = (
    "display:inline-block;padding:12px 20px;border-radius:4px;background:#0a6b3d;color:#ffffff;"
    "font-size:18px;font-weight:bold;text-decoration:none"
)
SMALL = "margin:0 0 16px;font-size:14px;line-height:1.5;color:#4a5568;word-break:break-all"
CODE = "margin:0 0 16px;font-size:32px;line-height:1.3;font-weight:bold;letter-spacing:4px;color:#16213a"
ADDRESS = re.compile(r"https?://\S+")
PARTED = re.compile(r"\n{2,}|\n(?=You get this )")


def blocks(text: str) -> SafeString:
    """The text's paragraphs as HTML; every character of the text is escaped."""
    return format_html_join("\n", "{}", ((_block(part.split("\n")),) for part in PARTED.split(text.strip("\n"))))


def page(*, subject: str, text: str, sender: str, site_url: str) -> str:
    """The whole HTML part: the blocks in the frame of every mail."""
    context = {"subject": subject, "body": blocks(text), "sender": sender, "site_url": site_url}
    return render_to_string("layouts/email.html", context)


def _block(lines: list[str]) -> SafeString:
    if len(lines) == 2 and lines[0].endswith(":") and ADDRESS.fullmatch(lines[1]):
        button = format_html('<p style="{}"><a href="{}" style="{}">{}</a></p>', P, lines[1], BUTTON, lines[0][:-1])
        return format_html('{}\n<p style="{}">Or open this address: {}</p>', button, SMALL, _link(lines[1]))
    if len(lines) == 1 and ADDRESS.fullmatch(lines[0]):
        return format_html('<p style="{}">{}</p>', P, _link(lines[0]))
    if len(lines) == 1 and re.fullmatch(r"[0-9]{6}", lines[0]):
        return format_html('<p style="{}">{}</p>', CODE, lines[0])
    if all(line.startswith("- ") for line in lines):
        return format_html(
            '<ul style="{}">{}</ul>', UL, format_html_join("", "<li>{}</li>", ((line[2:],) for line in lines))
        )
    if len(lines) > 1 and all(line.startswith("- ") for line in lines[1:]):
        return format_html("{}\n{}", _block(lines[:1]), _block(lines[1:]))
    return format_html(
        '<p style="{}">{}{}</p>', P, format_html_join("", "{}<br>\n", ((line,) for line in lines[:-1])), lines[-1]
    )


def _link(address: str) -> SafeString:
    return format_html('<a href="{}" style="color:#1a5fb4">{}</a>', address, address)
