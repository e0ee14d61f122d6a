from shared.errors import Conflict, NotFound


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
