"""Mail over HTTP: the links in mails, and how sending goes."""

from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse, Response

from notifications_service.dependencies import SettingsDep
from notifications_service.email import service
from notifications_service.email.schemas import DeliveryStats, MailFilter, MailRead
from notifications_service.email.unsubscribe import ALL
from shared.dependencies import AdminUser, Id, SessionDep
from shared.pagination import Page, page_response
from shared.responses import json_response
from shared.routing import Route

router = APIRouter(prefix="/api/notifications", tags=["notifications"], route_class=Route)

Token = Annotated[str, Path(max_length=200)]
PUBLIC = {"x-public": True, "x-unversioned": True}
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}, "description": "A page for people"}}


@router.get(
    "/unsubscribe/{token}",
    response_class=HTMLResponse,
    responses=ANSWER,
    summary="Ask whether mails of a kind shall end",
    openapi_extra=PUBLIC,
)
async def show_unsubscribe(settings: SettingsDep, token: Token) -> Response:
    """The page behind the link in every mail. It changes nothing: mail programs look at links by themselves."""
    subscription = service.read_subscription(settings, token)
    button = '<form method="post"><button type="submit">No more of these</button></form>'
    return _page(f"<p>Do you want no more {_named(subscription.kind)} from Taskwire?</p>{button}")


@router.post(
    "/unsubscribe/{token}",
    response_class=HTMLResponse,
    responses=ANSWER,
    summary="End mails of a kind",
    openapi_extra={**PUBLIC, "x-idempotency": "by-nature"},
)
async def unsubscribe(session: SessionDep, settings: SettingsDep, token: Token) -> Response:
    """One click (RFC 8058), without signing in: the link in a mail is enough. Your preferences bring them back."""
    subscription = await service.unsubscribe(session, settings, token)
    return _page(f"<p>You get no more {_named(subscription.kind)} from Taskwire.</p>")


@router.get("/stats", response_model=DeliveryStats, summary="How sending goes")
async def get_delivery_stats(principal: AdminUser, session: SessionDep) -> Response:
    """For administrators: mails by state, rows of inboxes, and dead letters of this service."""
    return json_response(await service.get_delivery_stats(session))


@router.get("/deliveries", response_model=Page[MailRead], summary="List the mails")
async def list_mails(
    request: Request, principal: AdminUser, session: SessionDep, query: Annotated[MailFilter, Query()]
) -> Response:
    """For administrators: to whom about what and how it went, newest first; kept for `LOG_RETENTION_DAYS`."""
    return page_response(request, *await service.list_mails(session, query))


@router.post(
    "/deliveries/{mail_id}/retry", status_code=202, response_model=MailRead, summary="Send a failed mail once more"
)
async def retry_mail(principal: AdminUser, session: SessionDep, mail_id: Id) -> Response:
    """For administrators: one that failed for good is tried anew. An address that refused a mail stays left alone until
    its owner has another."""
    return json_response(await service.retry_mail(session, mail_id), status=202)


def _named(kind: str) -> str:
    return "e-mail" if kind == ALL else f"e-mail of the kind “{escape(kind.replace('_', ' '))}”"


def _page(body: str) -> Response:
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>Taskwire</title>{body}</html>"
    return HTMLResponse(page, headers=PAGE_HEADERS)
