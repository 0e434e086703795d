"""The database itself refuses to change or remove an audit entry."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_SQLITE = (
    (
        "CREATE TRIGGER store_auditentry_no_update BEFORE UPDATE ON store_auditentry "
        "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"
    ),
    (
        "CREATE TRIGGER store_auditentry_no_delete BEFORE DELETE ON store_auditentry "
        "BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE FUNCTION store_auditentry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit entries are never changed or removed'; END $$"
    ),
    (
        "CREATE TRIGGER store_auditentry_no_change BEFORE UPDATE OR DELETE ON store_auditentry "
        "FOR EACH ROW EXECUTE FUNCTION store_auditentry_refuse()"
    ),
    (
        "CREATE TRIGGER store_auditentry_no_truncate BEFORE TRUNCATE ON store_auditentry "
        "FOR EACH STATEMENT EXECUTE FUNCTION store_auditentry_refuse()"
    ),
)


def _forbid(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    statements = _SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRESQL
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("store", "0001_first")]

    operations = [migrations.RunPython(_forbid, migrations.RunPython.noop)]
