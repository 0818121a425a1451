"""The embedded installation's mailbox in the browser: what was sent, as its readers see it. Loopback only."""

import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.templating import Jinja2Templates
from icalendar import Calendar
from starlette.middleware.trustedhost import TrustedHostMiddleware

from data.settings import Settings
from rules.refusal import Refusal
from tasks.mail.sink import KeptMail, kept_mails, open_sink

PAGES = Jinja2Templates(directory=Path(__file__).parent.parent / "templates" / "pages")
OWN_PAGES = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
MAIL_HTML = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'"
"""A mail's HTML shows its colours and does nothing: no script, no form, no fetch, no origin."""

Key = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{20}$")]


def mailbox_app(folder: Path) -> FastAPI:
    app = FastAPI(title="plejeflow mailbox", docs_url=None, redoc_url=None, openapi_url=None)
    # a page from elsewhere that resolves its own name to this machine doesn't get to read the mails
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])

    @app.middleware("http")
    async def confined(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await go_on(request)
        response.headers.setdefault("Content-Security-Policy", OWN_PAGES)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    def mail(key: str) -> KeptMail:
        found = next((mail for mail in kept_mails(folder) if mail.key == key), None)
        if found is None:
            raise HTTPException(404, "there is no such mail; the list shows those that are kept")
        return found

    @app.get("/", response_class=HTMLResponse)
    def listing(request: Request) -> Response:
        mails = [(mail, mail.read()) for mail in kept_mails(folder)]
        return PAGES.TemplateResponse(request, "mailbox.html", {"mails": mails})

    @app.get("/mails/{key}", response_class=HTMLResponse)
    def one(request: Request, key: Key) -> Response:
        kept = mail(key)
        message = kept.read()
        context = {
            "mail": kept,
            "message": message,
            "text": _content(kept, "plain"),
            "has_html": bool(_content(kept, "html")),
            "calendar": _content(kept, "calendar"),
            "events": _events(_content(kept, "calendar")),
        }
        return PAGES.TemplateResponse(request, "mailbox_mail.html", context)

    @app.get("/mails/{key}/html", response_class=HTMLResponse)
    def html(key: Key) -> Response:
        headers = {"Content-Security-Policy": MAIL_HTML}
        return HTMLResponse(_content(mail(key), "html"), headers=headers)

    @app.get("/mails/{key}/calendar")
    def calendar(key: Key) -> Response:
        return _download(_content(mail(key), "calendar").encode(), f"{key}.ics")

    @app.get("/mails/{key}/eml")
    def eml(key: Key) -> Response:
        return _download(mail(key).path.read_bytes(), f"{key}.eml")

    return app


def _download(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(content, media_type="application/octet-stream", headers=headers)


def _content(mail: KeptMail, kind: str) -> str:
    """Text of the first such part, empty where there is none."""
    for part in mail.read().walk():
        if part.get_content_type() == f"text/{kind}":
            payload = part.get_payload(decode=True)
            return payload.decode(errors="replace") if isinstance(payload, bytes) else ""
    return ""


def _events(calendar: str) -> list[dict[str, object]]:
    try:
        return [
            {"title": str(event.get("SUMMARY", "")), "starts": event.start, "status": str(event.get("STATUS", ""))}
            for event in (Calendar.from_ical(calendar).events if calendar else [])
        ]
    except ValueError:  # a mail from elsewhere may hold anything
        return []


async def serve_mailbox(settings: Settings) -> None:
    """The mail server and its pages, until SIGTERM or SIGINT. Raises Refusal where a port is taken."""
    folder = settings.var / "mailbox"
    try:
        listening = socket.create_server(("127.0.0.1", settings.mailbox_port))
    except OSError:
        raise Refusal(
            f"PLEJEFLOW_MAILBOX_PORT: {settings.mailbox_port} is taken; stop what listens there, or choose another port"
        ) from None
    with listening:
        sink = await open_sink(settings, folder)
        async with sink:
            config = uvicorn.Config(mailbox_app(folder), log_level="warning", lifespan="off")
            await uvicorn.Server(config).serve(sockets=[listening])
