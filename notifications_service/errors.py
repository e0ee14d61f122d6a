"""Every way the notifications service says no, beside those of `shared.errors`.

NotFound
├── WebhookNotFound       404  it does not exist, or is not yours
├── DeliveryNotFound      404  it does not exist, or its webhook is not yours
├── NotificationNotFound  404  it does not exist, or is not yours
├── MuteNotFound          404  it is not muted
├── MailNotFound          404  there is none that failed
└── UnsubscribeUnknown    404  no link of ours
Conflict
├── TemplateReplaced      409  the words for this kind are replaced already
├── TooManyWebhooks       409  somebody has as many as one may
├── WebhookInactive       409  nothing is sent to a webhook that is turned off
└── TooManyMutes          409  somebody muted as much as one may
Forbidden
├── ForeignInbox          403  another person's inbox, and you are no administrator
└── OriginRefused         403  a page of another site opens a socket
Problem
└── CursorTooOld          410  what followed this cursor is not kept any more

SocketRefused             closes a socket with its code: 4400, 4401, 4403, 1008, 1009, 1013
"""

from shared.errors import Conflict, Forbidden, NotFound, Problem


class NotificationNotFound(NotFound):
    code = "notification_not_found"
    detail = "There is no such notification, or it is not yours."


class MuteNotFound(NotFound):
    code = "mute_not_found"
    detail = "This is not muted."


class MailNotFound(NotFound):
    code = "mail_not_found"
    detail = "There is no such mail that failed."


class UnsubscribeUnknown(NotFound):
    code = "unsubscribe_unknown"
    detail = "This is no link of a mail of ours."


class TemplateReplaced(Conflict):
    code = "template_replaced"
    detail = "The words for this kind are replaced already: change them with PUT or PATCH."


class TooManyMutes(Conflict):
    code = "too_many_mutes"
    detail = "You muted as many tasks and projects as one may. Let some of them speak again first."


class ForeignInbox(Forbidden):
    code = "foreign_inbox"
    detail = "Only administrators read the notifications of others."


class WebhookNotFound(NotFound):
    code = "webhook_not_found"
    detail = "There is no such webhook, or it is not yours."


class DeliveryNotFound(NotFound):
    code = "delivery_not_found"
    detail = "There is no such delivery, or it is not yours."


class TooManyWebhooks(Conflict):
    code = "too_many_webhooks"
    detail = "You have as many webhooks as one may. Remove one of them first."


class WebhookInactive(Conflict):
    code = "webhook_inactive"
    detail = "This webhook is turned off. Turn it on first: PATCH it with `is_active`."


class OriginRefused(Forbidden):
    code = "origin_refused"
    detail = "Pages of this origin may not open sockets here: see ALLOWED_ORIGINS."


class CursorTooOld(Problem):
    status = 410
    code = "cursor_too_old"
    detail = "What followed this cursor is not kept any more. Read your tasks anew, then go on without `after`."


class SocketRefused(Exception):
    """Ends a socket with a close code (RFC 6455; 4000 and above are ours) and a reason for people."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason
