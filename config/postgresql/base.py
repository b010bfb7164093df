"""Django's PostgreSQL backend for statements that the server binds and prepares: what those cannot do is avoided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base, features, operations, schema
from psycopg.errors import _WaitTimeout

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


class ImpatientConnection(psycopg.Connection[Any]):
    """
    Gives up on a server that does not answer, also on a connection that was open before.

    The server ends a long statement itself; `connect_timeout` and the kernel notice one that is gone. One that is alive
    and hangs is noticed by nobody else, and would keep every thread of a web process.
    """

    answer_timeout: float | None = None  # seconds

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.answer_timeout if timeout is None else timeout)
        except _WaitTimeout as hanging:
            # In the middle of an exchange: nothing can be said on this connection any more.
            self.pgconn.finish()
            raise psycopg.OperationalError("the database did not answer in time") from hanging


class DatabaseWrapper(base.DatabaseWrapper):
    """:param OPTIONS: `answer_timeout` in seconds; longer than the server's own `statement_timeout`"""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        parameters.pop("answer_timeout", None)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> ImpatientConnection:
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connection: ImpatientConnection = ImpatientConnection.connect(**conn_params)
        connection.answer_timeout = self.settings_dict["OPTIONS"].get("answer_timeout")
        return connection
