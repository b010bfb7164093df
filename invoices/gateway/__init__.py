"""The invoice gateway's wire protocol: plain Python, no Django, no settings, no clock for business dates."""
