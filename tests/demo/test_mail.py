import smtplib
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from demo import mail
from demo.supervisor import free_port
from tests.production import OURS, ROOT, environment

AT = datetime(2027, 3, 18, 10, 42, tzinfo=UTC)


def letter(subject: str = "Please sign", text: str = "Dear Helen,\n\nSign here:\nhttp://127.0.0.1:8000/l/abc_DEF-1.\n"):
    message = EmailMessage()
    message["From"] = "GLOW Maths Hub <no-reply@hubportal.example>"
    message["To"] = "Helen Carter <h.carter@school.example>"
    message["Subject"] = subject
    message.set_content(text)
    message.add_alternative("<p>Dear Helen</p><script>alert(1)</script>", subtype="html")
    message.add_attachment(b"%PDF-1.7 ...", maintype="application", subtype="pdf", filename="commitment.pdf")
    return message


def test_mails_are_listed_newest_first(demo):
    for minutes in (1, 3, 2):
        mail.keep(letter(f"Number {minutes}").as_bytes(), at=AT + timedelta(minutes=minutes))

    assert [head.subject for head in mail.heads(mail.names())] == ["Number 3", "Number 2", "Number 1"]


def test_an_address_in_a_mail_can_be_clicked_and_its_full_stop_is_not_part_of_it(demo):
    found = mail.read(mail.keep(letter().as_bytes(), at=AT))

    assert [piece.text for piece in found.pieces if piece.is_address] == ["http://127.0.0.1:8000/l/abc_DEF-1"]
    assert "".join(piece.text for piece in found.pieces) == found.text


@pytest.mark.parametrize("name", ["../../portal", "20270318T104200000000-0123456789abcdef/../x", "", "x" * 38])
def test_a_name_that_is_no_mail_opens_nothing(demo, name):
    assert mail.read(name) is None


@pytest.mark.django_db
def test_the_outbox_shows_a_mail_with_its_links_and_runs_nothing_in_it(demo, client):
    name = mail.keep(letter(text="<script>alert(1)</script> http://127.0.0.1:8000/l/abc").as_bytes(), at=AT)

    page = client.get(f"/demo/outbox/{name}/").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<a class="govuk-link" href="http://127.0.0.1:8000/l/abc">http://127.0.0.1:8000/l/abc</a>' in page


@pytest.mark.django_db
def test_the_html_part_is_shown_in_a_box_that_runs_no_script(demo, client):
    name = mail.keep(letter().as_bytes(), at=AT)

    answer = client.get(f"/demo/outbox/{name}/html")

    assert answer.headers["Content-Security-Policy"].startswith("sandbox allow-top-navigation; default-src 'none';")


@pytest.mark.django_db
def test_an_attachment_is_handed_out_as_a_file(demo, client):
    name = mail.keep(letter().as_bytes(), at=AT)

    answer = client.get(f"/demo/outbox/{name}/attachment/1")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="commitment.pdf"'
    assert answer.content == b"%PDF-1.7 ..."
    assert client.get(f"/demo/outbox/{name}/attachment/2").status_code == 404


@pytest.mark.django_db
def test_an_empty_outbox_says_what_will_fill_it(demo, client):
    assert "No mail yet." in client.get("/demo/outbox/").content.decode()


def test_the_catcher_takes_a_mail_over_smtp_and_ends_when_asked(tmp_path):
    port = free_port()
    plain = environment(tmp_path, **dict.fromkeys(OURS))
    env = {**plain, "PORTAL_DEMO": "1", "VAR_DIR": str(tmp_path / "var")}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0", "demo"], cwd=ROOT, env=env, check=True)
    catcher = subprocess.Popen([sys.executable, "manage.py", "catch_mail", f"--port={port}"], cwd=ROOT, env=env)
    try:
        for _ in range(300):
            try:
                with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
                    server.send_message(letter("Over the wire"))
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        kept = list((tmp_path / "var" / "mail").glob("*.eml"))
    finally:
        catcher.terminate()

    assert catcher.wait(10) == 0
    assert len(kept) == 1 and kept[0].name.startswith("20270318T")
    assert b"Subject: Over the wire" in kept[0].read_bytes()
