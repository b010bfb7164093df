"""What a customer does on the way to the gateway and back, in either language."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.town import PATIENCE

PATIENCE_MS = PATIENCE * 1000
WORDS = {
    "en": {"pay": "Pay", "thanks": "Thank you.", "back": "Back to the payment page", "paid": "Paid"},
    "ar": {"pay": "ادفع", "thanks": "شكرًا لك", "back": "العودة إلى صفحة الدفع", "paid": "مدفوعة"},
}


def press_pay(page: Any) -> None:
    """From our page to the gateway's."""
    page.locator("button[value=pay]").click()
    page.wait_for_url("**/sandbox/pay/**")


def answer_gateway(page: Any, choice: str = "pay") -> None:
    """From the gateway's page to where we check: the address that the gateway leads to keeps nothing of its data."""
    page.locator(f"button[value={choice}]").click()
    page.wait_for_url("**/gateway/checking/**")
    assert "data=" not in page.url


def wait_for(page: Any, text: str) -> None:
    """By the page's own script, or by its meta refresh."""
    expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)


def cannot_pay(page: Any) -> None:
    expect(page.locator("button[value=pay]")).to_have_count(0)
