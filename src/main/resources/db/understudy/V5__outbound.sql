-- Changes that arrived at the target, on their way to other systems.

-- What of a table goes where. Enqueueing reads it; nothing here says where a destination is: that is a setting.
create table understudy.sync_config (
    mirror            text        not null,
    schema_name       text        not null,
    table_name        text        not null,
    destination       text        not null,
    workflow          text,
    object_type       text,
    enabled           boolean     not null default true,
    on_insert         boolean     not null default true,
    on_update         boolean     not null default true,
    on_delete         boolean     not null default true,
    -- Null: all that are mirrored. Otherwise an update that changes none of them is not enqueued.
    columns           text[],
    -- SQL on the columns of one row, as it is after an insert or update, or before a delete.
    condition         text,
    -- 'record', 'table', or a column: deliveries with the same one arrive in the order of their changes.
    order_by          text        not null default 'record',
    -- Changes after this are enqueued; null until the service has seen the row.
    since_lsn         pg_lsn,
    -- Whether the service goes by the row as it is.
    seen              boolean     not null default false,
    changed_at        timestamptz not null default now(),
    changed_by        text        not null default session_user,
    primary key (mirror, schema_name, table_name, destination),
    check (on_insert or on_update or on_delete)
);

create table understudy.sync_queue (
    id                bigint      generated always as identity primary key,
    mirror            text        not null,
    schema_name       text        not null,
    table_name        text        not null,
    destination       text        not null,
    record_id         text        not null,
    operation         text        not null check (operation in ('insert', 'update', 'delete')),
    payload           jsonb       not null,
    -- Made of the position of the change: the same one at every attempt.
    idempotency_key   text        collate "C" not null unique,
    ordering_key      text        collate "C" not null,
    -- The ordering key its record had before this change, when that is another one: it waits for both, and both wait for it.
    also_after        text        collate "C",
    status            text        not null default 'pending'
                      check (status in ('pending', 'running', 'retrying', 'completed', 'discarded')),
    attempt           int         not null default 0,
    max_attempts      int         not null,
    next_attempt_at   timestamptz not null default now(),
    last_error        text,
    -- The position of the change.
    commit_lsn        pg_lsn      not null,
    ordinal           int         not null,
    -- Who delivers it; while 'running'.
    worker            uuid,
    created_at        timestamptz not null default now(),
    -- When somebody put it back into the queue: it waits since then, and not since it was made.
    requeued_at       timestamptz,
    -- Whether its record is not named any more, since the name was a value of a former masking rule. It is never sent again.
    emptied           boolean     not null default false,
    started_at        timestamptz,
    finished_at       timestamptz,
    -- An index that names the status would be written at every attempt. This changes only when a delivery is given up.
    discarded         boolean     generated always as (status = 'discarded') stored,
    -- Rows are enqueued in sessions in which foreign keys are silent: the statement that does it takes the lock that this
    -- one would take.
    constraint fk_sync_queue_sync_config
        foreign key (mirror, schema_name, table_name, destination) references understudy.sync_config on update cascade,
    check ((finished_at is not null) = (status in ('completed', 'discarded'))),
    check (finished_at is not null or not emptied)
) with (
    -- Room on every page for the row as it is while it is delivered: no index names what changes then, so that no index
    -- is written, and the page is tidied by whoever comes by.
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.2,
    autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 0
);
create index sync_queue_open on understudy.sync_queue (mirror, destination, id) where finished_at is null;
create index sync_queue_discarded on understudy.sync_queue (mirror, destination, id) where discarded;

-- Deliveries as the applying transaction leaves them: those of a batch in one row, without index or jsonb, which cost as much as
-- the mirrored rows do. Another session puts them into sync_queue, in the order of ids, and removes the packet in the same
-- transaction.
create table understudy.sync_packet (
    id                bigint      generated always as identity primary key,
    mirror            text        not null,
    created_at        timestamptz not null default now(),
    -- Rows of sync_config, and how many of the deliveries are of each.
    schema_names      text[]      not null,
    table_names       text[]      not null,
    destinations      text[]      not null,
    counts            int[]       not null,
    -- Source transactions. Null within the one target transaction that writes a large one, until its end is known.
    commit_lsns       text[],
    commit_times      text[],
    -- The deliveries, in the order of their changes; configs and commits are places in the arrays above, from 1 on.
    configs           int[]       not null,
    commits           int[]       not null,
    ordinals          int[]       not null,
    operations        text[]      not null,
    record_ids        text[]      not null,
    ordering_keys     text[]      not null,
    also_after        text[]      not null,
    problems          text[]      not null,
    -- JSON up to where the commit is told.
    payloads          text[]      not null
) with (
    autovacuum_vacuum_threshold = 50,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 0
);
-- The server's older compression takes longer than writing what it saves.
do $$
declare
    compressed boolean := exists (
        select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals));
    name text;
begin
    for name in select attname from pg_attribute
                 where attrelid = 'understudy.sync_packet'::regclass and attndims > 0 and not attisdropped loop
        execute format(
            'alter table understudy.sync_packet alter column %I set %s', name,
            case when compressed then 'compression lz4' else 'storage external' end);
    end loop;
end $$;

-- Processes that deliver. One whose time is over, which each has set by its own lease, is taken to be gone.
create table understudy.sync_worker (
    worker            uuid        primary key,
    mirror            text        not null,
    seen_at           timestamptz not null default now(),
    alive_until       timestamptz not null
) with (fillfactor = 50);

-- Destinations to which nothing is delivered for the time being.
create table understudy.sync_pause (
    mirror            text        not null,
    destination       text        not null,
    paused_at         timestamptz not null default now(),
    paused_by         text        not null default session_user,
    primary key (mirror, destination)
);

-- By what the values in packets and payloads are masked, of each table of which there may be some.
create table understudy.sync_masks (
    mirror            text        not null,
    schema_name       text        not null,
    table_name        text        not null,
    -- As in mirrored_table. Changed in the statement that says in "former" what is not masked by it.
    masks             text        not null,
    -- All columns by which records of the table are or were named.
    key_columns       text[]      not null,
    -- Columns whose values have to be removed; null for none. Nothing is delivered meanwhile.
    former            text[],
    -- Whether nothing comes to packets any more that has those values: what is removed from then on stays removed.
    noted             boolean     not null default true,
    primary key (mirror, schema_name, table_name)
);

-- A digest of the masking settings for which the table above was last brought up to date.
create table understudy.sync_masking (
    mirror            text        primary key,
    fingerprint       text        not null
);

-- Who did what with deliveries. Many are changed in several transactions, of which each has a row.
create table understudy.sync_action (
    id                bigint      generated always as identity primary key,
    mirror            text        not null,
    at                timestamptz not null default now(),
    done_by           text        not null,
    action            text        not null,
    deliveries        bigint      not null
);

-- The positions of the changes that were set aside, with which they are enqueued when they are written.
alter table understudy.set_aside
    add column committed_at timestamptz,
    add column ordinals     int[];
