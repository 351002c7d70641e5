-- What an earlier import left in staging: a few old rows, and a sync_config without 'listing'.

set local search_path = public;

insert into sync_config (supabase_table, bubble_workflow, bubble_object_type)
values ('user', 'sync_user', 'user'), ('thread', 'sync_thread', 'thread'), ('_message', 'sync_message', '_message'),
       ('bookings_leases', 'sync_lease', 'bookings_leases');

insert into sync_queue (table_name, record_id, operation, idempotency_key)
values ('user', 'old-user-1', 'INSERT', 'user:old-user-1:insert');

insert into "user" (_id, email, "Name - First")
select 'old-user-' || i, 'old' || i || '@example.com', 'Old' from generate_series(1, 4) i;

insert into listing (_id, "Host User", "Name", nightly_price)
select 'old-listing-' || i, 'old-user-' || i, 'A listing of last year', 90 from generate_series(1, 3) i;

insert into thread (_id, "Listing", "Host User", "Guest User")
values ('old-thread-1', 'old-listing-1', 'old-user-1', 'old-user-2');

update listing set featured_thread = 'old-thread-1' where _id = 'old-listing-1';

insert into _message (_id, "Associated Thread/Conversation", "-Originator User", "Message Body")
values ('old-message-1', 'old-thread-1', 'old-user-2', 'Is it still free?');
