"""Forms about people."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing.access.members import LastOwner, require_another_owner
from billing.admin.merchant_names import name_choices
from billing.admin.page_actions import explain
from billing.admin.roles import Right, merchants_where
from billing.models import Membership, Merchant, Role, User


class ChangePersonForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"

    def clean(self) -> Any:
        """Whoever cannot sign in is nobody's owner."""
        values = super().clean()
        if not all(values.get(name, True) for name in ("is_active", "is_staff")):
            mine = self.instance.memberships.filter(role=Role.OWNER).values_list("merchant_id", flat=True)
            try:
                require_another_owner(person=self.instance, merchant_ids=list(mine))
            except LastOwner as refusal:
                self.add_error("is_active" if not values.get("is_active", True) else "is_staff", explain(refusal))
        return values


class PasswordForm(AdminPasswordChangeForm):
    """Django also offers to take the password away: whoever is not to sign in is switched off instead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)


class NewPersonForm(UserCreationForm):
    """
    A new person together with the merchant they work for.

    Without one nobody but the platform would see them, so owners have to name it.
    """

    request: ClassVar[HttpRequest]

    first_name = forms.CharField(
        label=_("First name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget
    )
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget)
    email = forms.EmailField(label=_("E-mail"), required=False, widget=UnfoldAdminEmailInputWidget)
    merchant = forms.ModelChoiceField(
        label=_("Merchant"), queryset=Merchant.objects.none(), widget=UnfoldAdminSelectWidget
    )
    role = forms.ChoiceField(label=_("Role"), choices=[], widget=UnfoldAdminSelectWidget)

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")

    @classmethod
    def for_request(cls, request: HttpRequest) -> type[NewPersonForm]:
        return type(cls.__name__, (cls,), {"request": request})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["merchant"].queryset = merchants_where(self.request, Right.MANAGE_STAFF)
        name_choices(self.fields["merchant"])
        is_platform = bool(self.request.user.is_superuser)
        self.fields["merchant"].required = self.fields["role"].required = not is_platform
        self.fields["role"].choices = [("", "—"), *Role.choices]

    def clean(self) -> Any:
        values = super().clean()
        if bool(values.get("merchant")) != bool(values.get("role")):
            self.add_error("role", _("Name both the merchant and the role, or neither."))
        return values

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        self.instance.is_staff = True
        person: User = super().save(commit=commit)
        return person

    def make_membership(self, person: User) -> Membership | None:
        """Where a merchant was named."""
        merchant, role = self.cleaned_data.get("merchant"), self.cleaned_data.get("role")
        return Membership.objects.create(merchant=merchant, user=person, role=role) if merchant and role else None
