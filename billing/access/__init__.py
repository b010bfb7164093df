"""Getting in and staying in: passwords, second factors, sessions, invitations. Who may do what is `admin/roles.py`."""
