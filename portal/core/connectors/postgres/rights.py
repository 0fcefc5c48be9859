"""What a role may do beyond reading: said where an administrator tries a system, since a probe needs none of it."""

from psycopg import sql

from portal.core.connectors.base import SystemConfig
from portal.core.connectors.postgres.session import Session

RIGHTS = """
SELECT current_user::text,
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
  (SELECT count(*) FROM pg_class
     WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relowner = current_user::regrole) AS owned,
  (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')
     AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
     AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')) AS written,
  (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM pg_roles WHERE rolname IN ('pg_write_all_data',
     'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
     AND pg_has_role(oid, 'MEMBER')) AS dangerous
"""


def cautions(session: Session, config: SystemConfig) -> list[str]:
    """Sentences, the worst alone where it makes the others true; the role is `probe_role` where there is one."""
    step_down(session, config)
    row = session.execute(RIGHTS).fetchone()
    assert row is not None
    role, superuser, owned, written, dangerous = row
    advice = "Give the probe a role that owns nothing and may only read."
    if superuser:
        return [f"Its role {role} is a superuser, so whoever holds the secret can do anything. {advice}"]
    found = [
        (owned, f"owns {owned} tables or views"),
        (written, f"may write to {written} tables"),
        (dangerous, f"belongs to {dangerous}"),
    ]
    said = [words for true, words in found if true]
    return [f"Its role {role} {', '.join(said)}. {advice}"] if said else []


def step_down(session: Session, config: SystemConfig) -> None:
    """Take the rights of `probe_role` until the end of the transaction."""
    if config.settings.get("probe_role"):
        session.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(config.settings["probe_role"])))
