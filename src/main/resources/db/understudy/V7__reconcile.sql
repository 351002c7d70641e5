-- What comparing the two sides last found, table by table.

create table understudy.reconciled_table (
    mirror            text        not null,
    schema_name       text        not null,
    table_name        text        not null,
    result            text        not null check (result in ('equal', 'different', 'unchecked')),
    -- Why it could not be checked, or not all of it.
    reason            text,
    -- Where the source's log was when it began; null when nothing was compared.
    as_of             pg_lsn,
    started_at        timestamptz not null,
    finished_at       timestamptz not null default now(),
    source_rows       bigint      not null,
    target_rows       bigint      not null,
    -- Rows that only the source has, that differ, that only the target has, and that understudy.constraints keeps apart.
    missing           bigint      not null,
    differing         bigint      not null,
    extra             bigint      not null,
    kept_apart        bigint      not null,
    -- When it was last found equal: all that the source had committed by then was compared.
    verified_lsn      pg_lsn,
    verified_at       timestamptz,
    primary key (mirror, schema_name, table_name)
) with (fillfactor = 70);

-- The first of the rows that were not equal; without a key their digests.
create table understudy.discrepancy (
    mirror            text        not null,
    schema_name       text        not null,
    table_name        text        not null,
    key               jsonb       not null,
    kind              text        not null check (kind in ('missing', 'different', 'extra', 'kept apart')),
    row_count         bigint      not null,
    found_at          timestamptz not null default now(),
    primary key (mirror, schema_name, table_name, key)
);
