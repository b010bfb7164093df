"""What a merchant's gateway account needs for a call."""

import re
from dataclasses import dataclass, field, fields

from invoices.gateway.cipher import Cipher
from invoices.gateway.errors import CredentialsRefused


@dataclass(frozen=True, kw_only=True)
class GatewayCredentials:
    """
    One account's addresses and keys; nothing secret shows in its repr.

    ``base_url`` is the merchant API ("https://merchantapi.hesabe.com"), ``payment_base_url`` the
    payment gateway. Login name and password are set only for accounts with a bearer login.

    :raises CredentialsRefused: if a value could not be put into a request
    """

    base_url: str
    payment_base_url: str
    merchant_code: str
    access_code: str = field(repr=False)
    secret_key: str = field(repr=False)
    iv_key: str = field(repr=False)
    login_username: str | None = field(default=None, repr=False)
    login_password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in [item.name for item in fields(self) if not item.name.startswith("login_")]:
            if not re.fullmatch(r"[\x21-\x7e]+", getattr(self, name)):
                raise CredentialsRefused(f"The account's {name.replace('_', ' ')} is empty or not plain ASCII.")

    @property
    def has_login(self) -> bool:
        """Whether calls must carry a bearer token."""
        return bool(self.login_username and self.login_password)

    def cipher(self) -> Cipher:
        """The cipher of the account's present keys; raises CipherError if they are malformed."""
        return Cipher(secret_key=self.secret_key, iv_key=self.iv_key)
