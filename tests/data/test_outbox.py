import subprocess
import sys


def test_mails_are_listed_without_loading_what_takes_seconds() -> None:
    slow = "prefect,pandas,babel,jinja2,aiosmtplib,icalendar"
    look = f"import sys, data.outbox; print(*(name for name in {slow!r}.split(',') if name in sys.modules))"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []
