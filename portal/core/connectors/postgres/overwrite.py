"""Overwriting what VACUUM leaves readable in the free space of pages, with row versions that are rolled back."""

from psycopg import sql

from portal.core.connectors import scan
from portal.core.connectors.postgres import files
from portal.core.connectors.postgres.session import Session, scalar

PAGE_ROWS = 300  # more than any page holds
FILL_COLUMNS = 300
MOST_TABLES = 60


def free_space(session: Session, relation: files.Relation, blocks: list[int]) -> bool:
    """Write new versions of the rows on these pages and roll back; False where triggers would have to fire.

    PostgreSQL puts a new version on the row's own page while there is room, from the top of the free space down,
    which is where the freed row lies.
    """
    if not scalar(session, "SELECT has_parameter_privilege('session_replication_role', 'SET')"):
        return False
    column = _updatable(session, relation.oid)
    if column is None:
        return False
    statement = sql.SQL("UPDATE ONLY {table} SET {column} = {column} WHERE ctid = ANY(%s::tid[]) RETURNING ctid::text")
    fill = statement.format(table=sql.SQL(relation.name), column=sql.Identifier(column))
    for block in blocks:
        with session.transaction(force_rollback=True):
            session.execute("SET LOCAL session_replication_role = replica")
            _fill_page(session, fill, block)
    return True


def _fill_page(session: Session, fill: sql.Composed, block: int) -> None:
    """Update the page's rows again and again until new versions find no room on it."""
    rows = [f"({block},{line})" for line in range(1, PAGE_ROWS)]
    for _ in range(PAGE_ROWS):
        if not rows:
            return
        written = session.execute(fill, (rows,)).fetchall()
        rows = [address for (address,) in written if address.startswith(f"({block},")]


def _updatable(session: Session, oid: int) -> str | None:
    """A column that may be set to itself: not generated, and none of an index, so that indexes stay untouched."""
    name = scalar(
        session,
        "SELECT attname FROM pg_attribute a WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' AND attidentity <> 'a'"
        " ORDER BY EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND attnum = ANY(indkey)), attnum LIMIT 1",
        (oid,),
    )
    return None if name is None else str(name)


def blocks(relation: files.Relation, hits: list[scan.Hit]) -> list[int]:
    """The numbers of the pages with hits, each once."""
    return sorted({relation.block(hit.path, hit.offset) for hit in hits})


def fill_statistics(session: Session) -> None:
    """Use up the free space of pg_statistic: analyse temporary tables of wide, then of narrow columns, and roll back.

    Nobody but a superuser may write to the catalog itself; ANALYZE of one's own table may.
    """
    pages = scalar(session, "SELECT pg_relation_size('pg_catalog.pg_statistic') / 8192")
    wide = min(MOST_TABLES, pages * 7 // FILL_COLUMNS + 1)  # seven rows of about 1,100 bytes fill a page
    narrow = min(MOST_TABLES, pages * 8 // FILL_COLUMNS + 1)  # eight of about 150 fill what such a row left
    with session.transaction(force_rollback=True):
        for number, width in enumerate([900] * wide + [1] * narrow):
            name = sql.Identifier("pg_temp", f"custody_fill_{number}")
            columns = sql.SQL(", ").join(
                sql.SQL("repeat('x', {}) AS {}").format(sql.Literal(width), sql.Identifier(f"c{column}"))
                for column in range(FILL_COLUMNS)
            )
            session.execute(
                sql.SQL("CREATE TEMP TABLE {} AS SELECT {} FROM generate_series(1, 3)").format(
                    sql.Identifier(f"custody_fill_{number}"), columns
                )
            )
            session.execute(sql.SQL("ANALYZE {}").format(name))
        _fill_toast(session)


def _fill_toast(session: Session) -> None:
    """The same for its TOAST table, where long samples lie (histograms of embeddings): samples that do not compress.

    A column of ten values of a thousand random characters is a sample of five chunks; a page takes four.
    """
    size = "pg_relation_size((SELECT reltoastrelid FROM pg_class WHERE oid = 'pg_catalog.pg_statistic'::regclass))"
    pages = scalar(session, f"SELECT {size} / 8192")  # type: ignore[arg-type]  # our own text
    columns = sql.SQL(", ").join(
        sql.SQL(
            "(SELECT string_agg(md5(v::text || {seed} || n::text), '') FROM generate_series(1, 31) n) AS {name}"
        ).format(seed=sql.Literal(f"-{column}-"), name=sql.Identifier(f"c{column}"))
        for column in range(FILL_COLUMNS)
    )
    for number in range(min(MOST_TABLES, pages // FILL_COLUMNS + 1)):
        name = sql.Identifier(f"custody_toast_{number}")
        statement = sql.SQL("CREATE TEMP TABLE {} AS SELECT {} FROM generate_series(1, 10) v, generate_series(1, 2)")
        session.execute(statement.format(name, columns))
        session.execute(sql.SQL("ANALYZE pg_temp.{}").format(name))
