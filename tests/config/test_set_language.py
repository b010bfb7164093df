"""The office switches its language by Django's own form; customers' pages never meet its cookie."""

from __future__ import annotations

from django.test import Client


def test_the_office_keeps_its_language_in_a_cookie(client: Client) -> None:
    answer = client.post("/i18n/setlang/", {"language": "ar", "next": "/admin/"})

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert answer.cookies["django_language"].value == "ar"


def test_it_leads_nowhere_else(client: Client) -> None:
    answer = client.post("/i18n/setlang/", {"language": "ar", "next": "//evil.test/"})

    assert answer["Location"] == "/"
