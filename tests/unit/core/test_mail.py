"""Mails by a real conversation of SMTP, with a server that can be told how to behave."""

from __future__ import annotations

import socketserver
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.core import mail as outbox

from moviverse.core import mail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings

JOB = UUID("0b5c9a52-7f5e-4a53-9d54-0a0f3f1c8f11")
LETTER = mail.Letter(to="ann@example.com", subject="Grüße", text="Line one\n.\nLine three ü\n")


@dataclass
class MailServer:
    """Takes mails, unless it is told to answer a command otherwise."""

    port: int
    answers: dict[bytes, bytes] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 hello\r\n")
            for line in self.rfile:
                command = line.split(b":")[0].split()[0].upper()
                answer = told.answers.get(
                    command, b"354 go on" if command == b"DATA" else b"250 ok"
                )
                if answer == b"hang up":
                    return
                self.wfile.write(answer + b"\r\n")
                if answer.startswith(b"354"):
                    lines = iter(self.rfile.readline, b".\r\n")
                    told.taken.append(b"".join(lines).decode())
                    self.wfile.write(told.answers.get(b"END", b"250 taken") + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as listener:
        listener.daemon_threads = True
        told = MailServer(port=listener.server_address[1])
        threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", told.port
        settings.EMAIL_FILE_PATH, settings.EMAIL_TIMEOUT = None, 0.5
        yield told
        listener.shutdown()


def test_a_letter_is_the_same_one_however_often_its_job_runs(
    server: MailServer, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://films.example.org/cinema"
    for _ in range(2):
        mail.send(LETTER, job_id=JOB)
    assert len(server.taken) == 2
    for text in server.taken:
        assert f"Message-ID: <{JOB}@films.example.org>" in text
        assert "To: ann@example.com" in text
        assert "Auto-Submitted: auto-generated" in text


@pytest.mark.parametrize("command", [b"MAIL", b"RCPT", b"DATA", b"END"])
@pytest.mark.parametrize(
    ("answer", "raised"), [(b"550 never", mail.MailRefused), (b"451 later", mail.MailNotTaken)]
)
def test_a_refusal_is_for_good_or_for_now(
    server: MailServer, command: bytes, answer: bytes, raised: type[Exception]
) -> None:
    server.answers[command] = answer
    with pytest.raises(raised):
        mail.send(LETTER, job_id=JOB)


def test_a_server_that_hangs_up_may_take_it_later(server: MailServer) -> None:
    server.answers[b"MAIL"] = b"hang up"
    with pytest.raises(mail.MailNotTaken, match="SMTPServerDisconnected"):
        mail.send(LETTER, job_id=JOB)


def test_a_server_that_says_nothing_is_not_waited_for(server: MailServer) -> None:
    server.answers[b"MAIL"] = b"250-more follows"
    with pytest.raises(mail.MailNotTaken):
        mail.send(LETTER, job_id=JOB)


def test_a_server_that_is_not_there_may_be_there_later(
    server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_PORT = 1
    with pytest.raises(mail.MailNotTaken, match="ConnectionRefusedError"):
        mail.send(LETTER, job_id=JOB)
    assert not server.taken


@pytest.mark.parametrize(
    "letter",
    [
        mail.Letter(to="ann@example.com\nBcc: all@example.com", subject="Hello", text=""),
        mail.Letter(to="ann@example.com", subject="Hello\r\nBcc: all@example.com", text=""),
    ],
)
def test_nobody_writes_a_header_of_their_own(letter: mail.Letter) -> None:
    with pytest.raises(mail.MailRefused):
        mail.send(letter, job_id=JOB)
    assert not outbox.outbox


def test_a_mail_as_a_file_is_for_its_owner_alone(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "home" / "mail")
    mail.send(LETTER, job_id=JOB)
    (written,) = (tmp_path / "home" / "mail").iterdir()
    assert "To: ann@example.com" in written.read_text()
    assert written.parent.stat().st_mode & 0o777 == 0o700
