-- What people do with deliveries.

-- An index that names the status would be written at every attempt. This changes only when a delivery is given up.
alter table understudy.sync_queue
    add column discarded boolean generated always as (status = 'discarded') stored;
create index sync_queue_discarded on understudy.sync_queue (mirror, destination, id) where discarded;

-- When somebody put it back into the queue: it waits since then, and not since it was made.
alter table understudy.sync_queue add column requeued_at timestamptz;

-- Who did what. Many deliveries are changed in several transactions, of which each has a row.
create table understudy.sync_action (
    id                bigint      generated always as identity primary key,
    mirror            text        not null,
    at                timestamptz not null default now(),
    done_by           text        not null,
    action            text        not null,
    deliveries        bigint      not null
);
