"""The addresses of the door, and of what is a person's own. The door's are open to who is not in yet."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from billing.admin.door.confirm_email import confirm_email_view
from billing.admin.door.enrolling import backup_codes_view, enrol_view
from billing.admin.door.letters import NewPasswordView, forgotten_view, invitation_view
from billing.admin.door.pages import code_view
from billing.admin.people.account import account_view, end_sessions_view
from billing.admin.people.own_email import own_email_view
from billing.admin.who_may import who_may_view


def door_urls(site: AdminSite) -> list[URLPattern]:
    return [
        path("door/code/", code_view, name="code"),
        path("door/phone/", enrol_view, name="enrol"),
        path("door/paper/", backup_codes_view, name="backup_codes"),
        # Unfold's page for signing in shows a link to an address of this name.
        path("door/forgotten/", forgotten_view, name="admin_password_reset"),
        path("door/password/<uidb64>/<token>/", NewPasswordView.as_view(), name="password_reset_confirm"),
        path("door/invitation/<str:token>/", invitation_view, name="accept_invitation"),
        path("door/email/<str:token>/", confirm_email_view, name="confirm_email"),
        path("account/", site.admin_view(account_view), name="account"),
        path("account/email/", site.admin_view(own_email_view), name="own_email"),
        path("account/end-sessions/", site.admin_view(end_sessions_view), name="end_sessions"),
        path("who-may/", site.admin_view(who_may_view), name="who_may"),
    ]
