"""What owners do to a webhook and to what is sent to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import WebhookDelivery, WebhookEndpoint
from billing.webhooks.endpoints import WebhookGone, pause_endpoint, remove_endpoint, resume_endpoint
from billing.webhooks.requests import WebhookNotListening, send_again, send_test_event


class SendTest(PageAction):
    name = "send-test"
    title = _("Send a test event")
    right = Right.MANAGE_WEBHOOKS
    icon = "network_check"
    variant = ActionVariant.PRIMARY
    confirm = _("Send it now")

    def is_offered(self, row: WebhookEndpoint) -> bool:
        return is_listening(row)

    def consequences(self, row: WebhookEndpoint) -> Sequence[Text]:
        return [
            _('Your system is sent a signed event of the type "webhook.test", within seconds and once.'),
            _("What it answered is in the list of deliveries on this page."),
        ]

    def run(self, row: WebhookEndpoint, *, values: Mapping[str, Any], doer: Doer) -> str:
        send_test_event(merchant_id=row.merchant_id, endpoint_id=row.pk, now=doer.now)
        return gettext_now("The test event is on its way. Load this page again in a few seconds.")


class RenewSecret(PageAction):
    """Answered by `WebhookEndpointAdmin.before_run`, with the page that shows the secret."""

    name = "renew-secret"
    title = _("New secret")
    right = Right.MANAGE_WEBHOOKS
    icon = "key"
    confirm = _("Make a new secret")

    def is_offered(self, row: WebhookEndpoint) -> bool:
        return row.removed_at is None

    def consequences(self, row: WebhookEndpoint) -> Sequence[Text]:
        return [
            _("The new secret is shown once, on the next page."),
            _("For 24 hours everything is signed with both secrets; then only with the new one."),
            _("After a leak do this twice: the second time the leaked secret no longer signs."),
        ]


class Pause(PageAction):
    name = "pause"
    title = _("Pause")
    right = Right.MANAGE_WEBHOOKS
    icon = "pause"
    confirm = _("Pause this webhook")

    def is_offered(self, row: WebhookEndpoint) -> bool:
        return is_listening(row)

    def consequences(self, row: WebhookEndpoint) -> Sequence[Text]:
        return [_("Your system is told nothing for now. What happens meanwhile is sent when you resume.")]

    def run(self, row: WebhookEndpoint, *, values: Mapping[str, Any], doer: Doer) -> str:
        pause_endpoint(merchant_id=row.merchant_id, endpoint_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("The webhook is paused.")


class Resume(PageAction):
    name = "resume"
    title = _("Resume")
    right = Right.MANAGE_WEBHOOKS
    icon = "play_arrow"
    variant = ActionVariant.PRIMARY
    confirm = _("Resume this webhook")

    def is_offered(self, row: WebhookEndpoint) -> bool:
        return row.removed_at is None and not is_listening(row)

    def consequences(self, row: WebhookEndpoint) -> Sequence[Text]:
        sentences: list[Text] = [_("Your system is told again, beginning with what waited.")]
        if row.disabled_at is not None:
            sentences.append(_("What happened while it was switched off was not kept for it."))
        return sentences

    def run(self, row: WebhookEndpoint, *, values: Mapping[str, Any], doer: Doer) -> str:
        resume_endpoint(merchant_id=row.merchant_id, endpoint_id=row.pk, actor=doer.actor)
        return gettext_now("The webhook is resumed.")


class Remove(PageAction):
    name = "remove"
    title = _("Remove")
    right = Right.MANAGE_WEBHOOKS
    icon = "delete"
    variant = ActionVariant.DANGER
    confirm = _("Remove this webhook")
    is_rare = True

    def is_offered(self, row: WebhookEndpoint) -> bool:
        return row.removed_at is None

    def consequences(self, row: WebhookEndpoint) -> Sequence[Text]:
        return [
            _("Your system is told nothing any more, and what waits for it is given up."),
            _("Its secret is forgotten. Adding the address again makes another one."),
        ]

    def run(self, row: WebhookEndpoint, *, values: Mapping[str, Any], doer: Doer) -> str:
        remove_endpoint(merchant_id=row.merchant_id, endpoint_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("The webhook is removed.")


class SendDeliveryAgain(PageAction):
    name = "send-again"
    title = _("Send again")
    right = Right.MANAGE_WEBHOOKS
    icon = "replay"
    variant = ActionVariant.PRIMARY
    confirm = _("Send it again")
    in_bulk = True

    def is_offered(self, row: WebhookDelivery) -> bool:
        return is_listening(row.endpoint)

    def why_not(self, row: WebhookDelivery) -> Text:
        is_gone = row.endpoint.removed_at is not None
        return gettext_now(WebhookGone.message if is_gone else WebhookNotListening.message)

    def consequences(self, row: WebhookDelivery) -> Sequence[Text]:
        return [_("The same content goes out under the same id: a system that had it passes over it.")]

    def run(self, row: WebhookDelivery, *, values: Mapping[str, Any], doer: Doer) -> str:
        send_again(merchant_id=row.merchant_id, delivery_id=row.pk, now=doer.now)
        return gettext_now("It is sent again within seconds.")


def is_listening(endpoint: WebhookEndpoint) -> bool:
    return endpoint.removed_at is None and endpoint.paused_at is None and endpoint.disabled_at is None
