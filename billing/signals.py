"""
What billing announces to the layers above it, after commit. The only door upwards.

Whoever listens shortens a wait; nothing may depend on hearing it, because a process can die before it is sent.
"""

from django.dispatch import Signal

bill_created = Signal()  # kwargs: bill_id
installments_due = Signal()  # kwargs: subscription_id
job_started = Signal()  # kwargs: none
payable_changed = Signal()  # kwargs: none; some bill or installment is no longer owed, or owed otherwise
