-- Our own tables at the target. One target can serve several mirrors: every table is keyed by the mirror's name.

-- A database is written to only when somebody said that it is a target, and of which source.
create table understudy.adoption (
    mirror            text primary key,
    source_system     text        not null,
    source_database   text        not null,
    source_place      text        not null,
    adopted_at        timestamptz not null default now(),
    adopted_by        text        not null default current_user
);

-- How far the target is. Moves in the same transaction as the rows, never alone.
create table understudy.checkpoint (
    mirror            text primary key,
    phase             text        not null check (phase in ('copying', 'streaming')),
    consistent_point  pg_lsn      not null,
    applied_lsn       pg_lsn      not null,
    applied_commit_at timestamptz,
    transactions      bigint      not null default 0,
    changes           bigint      not null default 0,
    -- Taken anew by every start: a writer with an older epoch has been replaced and must not commit.
    epoch             bigint      not null default 0,
    moved_at          timestamptz not null default now()
) with (fillfactor = 50);

-- The snapshot, table by table.
create table understudy.snapshot_table (
    mirror            text        not null,
    schema_name       text        not null,
    table_name        text        not null,
    layer             int         not null,
    state             text        not null check (state in ('waiting', 'copying', 'copied')),
    rows_estimated    bigint      not null,
    bytes_estimated   bigint      not null,
    rows_copied       bigint      not null default 0,
    bytes_copied      bigint      not null default 0,
    started_at        timestamptz,
    finished_at       timestamptz,
    primary key (mirror, schema_name, table_name)
) with (fillfactor = 70);

-- What the service says of itself once a second, for `understudy status` in another process.
create table understudy.service (
    mirror            text primary key,
    said_at           timestamptz not null,
    status            jsonb       not null
) with (fillfactor = 50);
