"""What staff do in the office, by its pages, in either language: no step knows a word of either."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from billing.models import Bill, Job, Role, User
from invoices.models import Invoice
from tests.browser.paying import PATIENCE_MS
from tests.browser.town import PATIENCE, Town
from tests.infrastructure.waiting import wait_until
from tests.invoices.sandbox_account import SandboxedMerchant
from tests.staff import PASSWORD, make_staff


def employ(shop: SandboxedMerchant, role: Role, username: str) -> User:
    """Somebody with a password, and a phone that shows one-time codes."""
    person = make_staff(shop.merchant, role, username=username)
    person.set_password(PASSWORD)
    person.save()
    TOTPDevice.objects.create(user=person, name="phone", confirmed=True)
    return person


def sign_in(page: Any, town: Town, person: User) -> None:
    page.goto(f"{town.web.base_url}/admin/")
    page.locator("#id_username").fill(person.username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#login-form button[type=submit]").click()
    page.wait_for_url("**/admin/door/code/**")
    code = page.locator("#id_code")
    code.fill(f"{totp(TOTPDevice.objects.get(user=person).bin_key):06d}")
    code.press("Enter")
    page.wait_for_url(f"{town.web.base_url}/admin/")


def search(page: Any, spoken: str) -> Any:
    """In the box that finds everything; its results."""
    page.keyboard.press("Control+k")
    box = page.locator("#search-input-command")
    expect(box).to_be_visible()
    box.press_sequentially(spoken)
    results = page.locator("#command-results a")
    expect(results.first).to_be_visible(timeout=PATIENCE_MS)
    return results


def do(page: Any, town: Town, row: Any, act: str, **filled: str) -> None:
    """Press an act's button on the page of a row, fill in what it asks, and confirm."""
    page.goto(f"{town.web.base_url}/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/")
    address = page.locator(f"a[href*='/do/{act}/']").first.get_attribute("href")
    page.goto(town.web.base_url + address)
    confirm(page, **filled)


def confirm(page: Any, **filled: str) -> None:
    _fill(page, filled)
    asked_at = page.url
    page.locator(".office-confirm button[type=submit]").click()
    page.wait_for_url(lambda address: address != asked_at)


def _fill(page: Any, filled: Mapping[str, str]) -> None:
    for name, value in filled.items():
        field = page.locator(f".office-confirm [name={name}]")
        is_choice = field.evaluate("one => one.tagName === 'SELECT'")
        field.select_option(value) if is_choice else field.fill(value)


def add_bill(page: Any, town: Town, spoken: str, *, picture: Any, name: str, **filled: str) -> Bill:
    """Find the customer while typing, enter what is owed, look at it, and land on its page."""
    page.goto(f"{town.web.base_url}/admin/billing/bill/add/")
    page.locator("[name=find]").press_sequentially(spoken)
    found = page.locator("[name=customer]:not([value=''])")
    expect(found).to_have_count(1, timeout=PATIENCE_MS)
    found.check()
    expect(page.locator("[name=customer_name]")).to_be_hidden()
    page.locator("[name=due_date]").fill((timezone.now().date() + timedelta(days=7)).isoformat())
    picture(page, f"{name}-new-bill")
    _fill(page, filled)
    page.locator(".office-confirm-buttons button[type=submit]").click()
    expect(page.locator(".office-facts")).to_be_visible()
    picture(page, f"{name}-new-bill-check")
    page.locator("button[name=confirmed]").click()
    page.wait_for_url("**/admin/billing/bill/*/change/")
    return Bill.objects.get(pk=int(page.url.rstrip("/").split("/")[-2]))


def select_without_clipboard(page: Any) -> str:
    """What the first copy button leaves selected where the browser keeps its clipboard to itself."""
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("document.execCommand = () => false")
    page.locator(".office-copy-button").first.click()
    expect(page.locator(".office-copy-told").first).not_to_be_empty()
    return str(page.evaluate("String(getSelection())"))


def import_file(page: Any, town: Town, path: Path, *, picture: Any, name: str) -> Job:
    """Upload, accept the guessed columns, leave the bad rows out, import, and wait for the end."""
    page.goto(f"{town.web.base_url}/admin/billing/importfile/add/")
    page.locator("select[name=kind]").select_option("BILL")
    page.locator("input[type=file]").set_input_files(str(path))
    page.locator(".office-confirm button[type=submit]").click()
    page.locator(".office-import button[type=submit]").click()
    page.wait_for_url("**/check/")
    picture(page, f"{name}-import-check")
    page.locator("input[name=only_good]").check()
    page.locator(".office-confirm button[type=submit]").click()
    return wait_for_job(page)


def do_for_all(page: Any, town: Town, act: str, query: str, **filled: str) -> Job:
    """Everything the list of bills shows under this filter."""
    page.goto(f"{town.web.base_url}/admin/billing/bill/{query}")
    page.locator(".office-whole-list summary").click()
    page.locator(f".office-whole-list a[href*='/all/{act}/']").click()
    confirm(page, **filled)
    return wait_for_job(page)


def wait_for_job(page: Any) -> Job:
    page.wait_for_url("**/admin/billing/job/*/change/**")
    pk = int(page.url.rstrip("/").split("/")[-2])

    def is_done() -> bool:
        return Job.objects.get(pk=pk).status == Job.Status.DONE

    wait_until(is_done, PATIENCE, interval=0.2, reason="the job is done")
    page.reload()
    return Job.objects.get(pk=pk)


def wait_for_channel(bill: Bill, channel: str) -> Invoice:
    """The bill's last invoice, sent by this channel."""

    def found() -> Invoice | None:
        sent = Invoice.objects.filter(bill_id=bill.pk, delivery=Invoice.Delivery.SENT, channel=channel)
        return sent.order_by("-pk").first()

    invoice = wait_until(found, PATIENCE, interval=0.2, reason=f"it goes out by {channel}")
    assert invoice is not None
    return invoice
