"""The floor of add-bill: the smallest DRF view that reads a JSON body, under the product's own settings and server."""

from __future__ import annotations

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.null_settings"

from django.core.wsgi import get_wsgi_application
from django.urls import path
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class NullView(APIView):
    content_negotiation_class = DefaultContentNegotiation
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]

    def post(self, request: Request) -> Response:
        return Response({"success": True, "data": request.data})


urlpatterns = [path("null", NullView.as_view())]

application = get_wsgi_application()
