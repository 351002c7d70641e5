-- Rows of production that staging forbids, and what was taken of them.

create table understudy.quarantine (
    mirror            text        not null,
    schema_name       text        not null,
    table_name        text        not null,
    constraint_name   text        not null,
    -- 'quarantined': the row is not in its table; 'emptied': it is, without the values that are here.
    action            text        not null check (action in ('quarantined', 'emptied')),
    -- Values are text, as Postgres writes them: so they come back exactly.
    key               jsonb       not null,
    row_values        jsonb       not null,
    -- Of a foreign key: the values it refers to, in its order.
    refers_to         jsonb,
    reason            text        not null,
    -- The target's position before the transaction that took it.
    after_lsn         pg_lsn,
    taken_at          timestamptz not null default now(),
    taken_in          xid8        not null default pg_current_xact_id(),
    -- Put back by the open transaction.
    back              boolean     not null default false,
    primary key (mirror, schema_name, table_name, key, constraint_name, action)
);
create index on understudy.quarantine (mirror, schema_name, table_name, constraint_name, refers_to);
create index on understudy.quarantine (mirror, schema_name, table_name, taken_in);

-- The rules that every row of their table has passed; from then on only the rows that change are looked at.
create table understudy.rule_in_force (
    mirror            text        not null,
    signature         text        not null,
    since             timestamptz not null default now(),
    primary key (mirror, signature)
);
