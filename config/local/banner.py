"""What the reader needs to try the product out."""

from __future__ import annotations

import shlex

ADMIN_NAME = "admin"
ADMIN_EMAIL = "admin@localhost"
# Word for word, as the API's document prints it.
EXAMPLE_BILL = """{
    "customerName": "Razzbery Solutions",
    "customerPhone": "0777839071",
    "customerEmail": "info@razzbery.com",
    "customerNationalId": "9876543210",
    "customerAddress": "123 Main St, Amman, Jordan",
    "serviceType": "Water Bill",
    "dueAmount": 150.50,
    "dueDate": "2025-12-31",
    "description": "Monthly water consumption bill",
    "notes": "Customer prefers email notifications"
}"""


def curl_line(*, base_url: str, username: str, key: str) -> str:
    """Posts the example of the API's document."""
    return shlex.join(
        [
            *("curl", "-sS", "-X", "POST", f"{base_url}/{username}/v1/add/bill"),
            *("-H", f"X-API-Key: {key}", "-H", "Content-Type: application/json"),
            *("-d", " ".join(EXAMPLE_BILL.split())),
        ]
    )


def banner(*, base_url: str, password: str, username: str, key: str) -> str:
    return f"""
The billing back office is running. Ctrl-C stops it.

  Admin     {base_url}/admin/            {ADMIN_NAME} / {password}
  API       {base_url}/docs/             the documentation, to try out
  Inbox     {base_url}/sandbox/inbox/    what the customers' phones show
  API key   {key}    of the merchant {username}
  Letters   var/mail/    e-mail of staff and customers: invitations, new passwords, receipts
  Logs      var/logs/

Post the first bill:

{curl_line(base_url=base_url, username=username, key=key)}
"""
