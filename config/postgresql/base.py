"""Django's PostgreSQL backend for statements that the server binds and prepares: what those cannot do is avoided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.backends.postgresql import base, features, operations, schema

# The protocol counts them in 16 bits. Django expects the client to bind them, and then there is no limit.
MAX_PARAMETERS: Final = 65_535


class DatabaseFeatures(features.DatabaseFeatures):
    max_query_params = MAX_PARAMETERS


class DatabaseOperations(operations.DatabaseOperations):
    def bulk_batch_size(self, fields: Sequence[Any], objs: Sequence[Any]) -> int:
        return min(len(objs), MAX_PARAMETERS // max(1, len(fields)))


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    # Two commands in one text, which cannot be prepared. Without it the foreign key is added on its own.
    sql_create_column_inline_fk = None  # type: ignore[assignment]  # as other backends have it


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor
