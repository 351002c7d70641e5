-- The rental marketplace of field note A: names as strange as people make them, keys of every kind, a generated column, a
-- cycle of foreign keys, and a queue that a trigger fills.

set local search_path = public;

create type listing_status as enum ('draft', 'active', 'paused', 'rented');

create function generate_bubble_id() returns text language sql volatile as
$$ select floor(extract(epoch from clock_timestamp()) * 1000)::bigint::text
       || 'x' || lpad(floor(random() * 1e15)::bigint::text, 15, '0') $$;

create table "user" (
    _id                   text primary key default public.generate_bubble_id(),
    email                 text not null unique,
    "Name - First"        text not null,
    "Name - Last"         text,
    "is Host"             boolean not null default false,
    "Preferred Boroughs"  text[] not null default '{}',
    profile               jsonb not null default '{}',
    invited_by            text references "user" on delete set null,
    bubble_id             text,
    "Created Date"        timestamptz not null default now(),
    "Modified Date"       timestamptz not null default now()
);

create table listing (
    _id                   text primary key default public.generate_bubble_id(),
    "Host User"           text not null references "user",
    "Name"                text not null,
    status                listing_status not null default 'draft',
    "Location - Borough"  text,
    nightly_price         numeric(10, 2) not null,
    minimum_nights        integer not null default 1,
    "Cleaning Fee"        numeric(10, 2) not null default 0,
    "Total Price"         numeric(14, 2) generated always as (nightly_price * minimum_nights + "Cleaning Fee") stored,
    "Days Available"      integer[],
    "Features - Amenities" text[],
    photos                jsonb,
    search                tsvector,
    featured_thread       text,
    previous_listing      text references listing on update cascade on delete set null,
    bubble_id             text,
    "Created Date"        timestamptz not null default now(),
    "Modified Date"       timestamptz not null default now()
);

create table thread (
    _id                   text primary key default public.generate_bubble_id(),
    "Listing"             text constraint "Listing_fkey" references listing on update cascade on delete cascade,
    "Host User"           text not null references "user",
    "Guest User"          text not null references "user",
    "Thread Subject"      text,
    "~Last Message"       text,
    closed                boolean not null default false,
    "Created Date"        timestamptz not null default now(),
    "Modified Date"       timestamptz not null default now()
);
create index on thread ("Listing");

-- The cycle: a listing shows one of its threads, a thread is about a listing.
alter table listing add constraint listing_featured_thread_fkey
    foreign key (featured_thread) references thread on delete set null;
create index on listing (featured_thread);
create index on listing (previous_listing);

create table _message (
    _id                   text primary key default public.generate_bubble_id(),
    "Associated Thread/Conversation" text not null
                          constraint fk_message_thread references thread on delete cascade,
    "-Originator User"    text not null references "user",
    "Message Body"        text,
    "Metadata"            jsonb,
    "Created Date"        timestamptz not null default now()
);
create index on _message ("Associated Thread/Conversation");

create table thread_message (
    id                    bigint generated always as identity primary key,
    thread_id             text not null constraint fk_thread_message_thread references thread on delete cascade,
    message_id            text not null
                          constraint fk_thread_message_message references _message on update cascade on delete cascade,
    ordinal               integer not null
);
create index on thread_message (thread_id);
create index on thread_message (message_id);

create table thread_participant (
    thread_id             text constraint fk_thread_participant_thread references thread on delete cascade,
    user_id               text constraint fk_thread_participant_user references "user",
    role                  text not null check (role in ('host', 'guest')),
    unread                integer not null default 0,
    last_read_at          timestamptz,
    primary key (thread_id, user_id)
);

create table bookings_leases (
    _id                   text primary key default public.generate_bubble_id(),
    "Listing"             text not null
                          constraint fk_bookings_leases_listing references listing on update cascade on delete cascade,
    "Guest"               text not null constraint fk_bookings_leases_user references "user",
    "Reservation Period"  daterange not null,
    "List of Dates"       date[],
    "Total Rent"          numeric not null,
    "Notice Period"       interval,
    signed_at             timestamptz,
    "Created Date"        timestamptz not null default now()
);
create index on bookings_leases ("Listing");

create table user_lease (
    id                    bigint generated by default as identity primary key,
    user_id               text not null constraint fk_user_lease_user references "user",
    lease_id              text not null constraint fk_user_lease_lease references bookings_leases on delete cascade,
    role                  text not null
);
create index on user_lease (lease_id);

create table user_listing_favorite (
    user_id               text constraint fk_user_listing_favorite_user references "user",
    listing_id            text constraint fk_user_listing_favorite_listing
                          references listing on update cascade on delete cascade,
    "Created Date"        timestamptz not null default now(),
    primary key (user_id, listing_id)
);
create index on user_listing_favorite (listing_id);

create table listing_drafts (
    id                    bigint generated by default as identity primary key,
    user_id               text not null constraint user_id_fkey references "user",
    step                  smallint not null default 1,
    form                  jsonb not null,
    "Updated At"          timestamp not null default localtimestamp
);

create table sync_config (
    id                    bigint generated always as identity primary key,
    supabase_table        text not null unique,
    bubble_workflow       text not null,
    bubble_object_type    text not null,
    enabled               boolean not null default true,
    sync_on_insert        boolean not null default true,
    sync_on_update        boolean not null default false,
    sync_on_delete        boolean not null default false
);

create table sync_queue (
    id                    bigint generated always as identity primary key,
    table_name            text not null constraint fk_sync_queue_sync_config references sync_config (supabase_table),
    record_id             text not null,
    operation             text not null,
    payload               jsonb,
    status                text not null default 'pending',
    idempotency_key       text not null unique,
    attempts              integer not null default 0,
    created_at            timestamptz not null default now()
);
