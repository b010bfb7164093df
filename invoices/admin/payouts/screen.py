"""The gateway's statements: what each adds up to, and what was found about its lines."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import above, day, instant, isolated, label, latin, link, money
from billing.admin.lists.filters import MerchantFilter, present_filter, recent_filter
from billing.admin.lists.searching import Search
from billing.admin.roles import Right, rights_of
from billing.admin.screens.documents import DocumentAdmin, Fact, Page
from billing.models import User
from invoices.admin.payouts.actions import CompareAgain, WithdrawStatement
from invoices.admin.payouts.sections import findings_of, notices_of, report_buttons
from invoices.models import GatewayStatement, GatewayStatementLine
from invoices.reports.payouts import fee_rate

Finding = GatewayStatementLine.Finding
_TO_LOOK_AT: Final = (
    Finding.UNKNOWN,
    Finding.AMOUNT_DIFFERS,
    Finding.DOUBLED,
    Finding.NET_DIFFERS,
    Finding.OTHER_ACCOUNT,
)


class GatewayStatementAdmin(DocumentAdmin):
    see_right = Right.SEE_REPORTS
    search = Search(names=("name",))
    search_help_text = _("Name of the file")
    page_actions = (CompareAgain(), WithdrawStatement())
    list_before_template = "admin/office/import_statement.html"
    list_display = (
        "name_shown",
        "days",
        "lines_shown",
        "amount_shown",
        "fee_shown",
        "net_shown",
        "to_look_at",
        "imported",
        "merchant_shown",
    )
    list_select_related = ("merchant", "imported_by", "job")
    list_filter = (
        MerchantFilter,
        present_filter("withdrawn_at", "withdrawn", _("withdrawn")),
        recent_filter("imported_at", _("imported")),
    )
    ordering = ("-id",)
    fields: ClassVar[Any] = ("imported", "job_shown", "withdrawn", "merchant_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GatewayStatement]:
        rows: QuerySet[GatewayStatement] = super().get_queryset(request)
        lines = GatewayStatementLine.objects.filter(statement=OuterRef("pk"), finding__in=_TO_LOOK_AT)
        found = lines.order_by().values("statement").annotate(found=Count("pk")).values("found")
        return rows.annotate(problems=Coalesce(Subquery(found, output_field=IntegerField()), 0))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may = [Right.IMPORT, Right.RECONCILE]
        url = reverse("admin:billing_importfile_add") + "?kind=GATEWAY_STATEMENT"
        extra = {"import_url": url if all(rights_of(request).allow(right) for right in may) else ""}
        return super().changelist_view(request, (extra_context or {}) | extra)

    def page(self, request: HttpRequest, row: GatewayStatement) -> Page:
        rate = fee_rate(row.amount, row.fee)
        facts = [
            Fact(title=_("Net"), value=self.net_shown(row), is_loud=True),
            Fact(title=_("Gross"), value=self.amount_shown(row)),
            Fact(title=_("Fees"), value=self.fee_shown(row)),
            *([Fact(title=_("Fee rate"), value=latin(f"{rate}%"))] if rate is not None else []),
            Fact(title=_("Lines"), value=number_format(row.line_count)),
            Fact(title=_("Days paid"), value=self.days(row)),
        ]
        return Page(facts=facts, notices=list(notices_of(row)), sections=[findings_of(row)], currency=row.currency)

    def _buttons(self, request: HttpRequest, row: GatewayStatement) -> list[dict[str, Any]]:
        return [*report_buttons(row), *super()._buttons(request, row)]

    @display(description=_("file"), ordering="id")
    def name_shown(self, obj: GatewayStatement) -> SafeString:
        if obj.withdrawn_at is not None:
            return above(isolated(obj.name), _("Withdrawn"))
        return isolated(obj.name)

    @display(description=_("days paid"))
    def days(self, obj: GatewayStatement) -> SafeString:
        return format_html('<span class="office-days">{} – {}</span>', day(obj.first_day), day(obj.last_day))

    @display(description=_("lines"))
    def lines_shown(self, obj: GatewayStatement) -> str:
        return number_format(obj.line_count)

    @display(description=_("gross"))
    def amount_shown(self, obj: GatewayStatement) -> SafeString:
        return money(obj.amount, obj.currency)

    @display(description=_("fees"))
    def fee_shown(self, obj: GatewayStatement) -> SafeString:
        return money(obj.fee, obj.currency)

    @display(description=_("net"))
    def net_shown(self, obj: GatewayStatement) -> SafeString:
        return money(obj.net, obj.currency)

    @display(description=_("to look at"))
    def to_look_at(self, obj: Any) -> SafeString:
        found = getattr(obj, "problems", 0)
        return label(number_format(found), "warning") if found else label(_("None"), "success")

    @display(description=_("imported"), ordering="id")
    def imported(self, obj: GatewayStatement) -> SafeString:
        return above(instant(obj.imported_at), _called(obj.imported_by))

    @display(description=_("job"))
    def job_shown(self, obj: GatewayStatement) -> SafeString:
        return link(obj.job, isolated(obj.job.title))

    @display(description=_("withdrawn"))
    def withdrawn(self, obj: GatewayStatement) -> SafeString:
        return above(instant(obj.withdrawn_at), _called(obj.withdrawn_by)) if obj.withdrawn_by else isolated("")


def _called(user: User | None) -> SafeString:
    return isolated(user and user.display_name)


admin.site.register(GatewayStatement, GatewayStatementAdmin)
