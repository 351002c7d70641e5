-- The rows of production: the same ones every time, because every choice is a hash of the row's number.

-- # functions
-- An id as Bubble makes them, of the i-th row of one kind: 1 user, 2 listing, 3 thread, 4 message, 5 lease.
create function pg_temp.id(kind int, i bigint) returns text language sql immutable as
$$ select (1690000000000 + i * 86413)::text
       || 'x' || lpad(((hashint8extended(i, kind) & 9223372036854775807) % 1000000000000000)::text, 15, '0') $$;
-- One of 1 to n.
create function pg_temp.pick(i bigint, salt int, n int) returns int language sql immutable as
$$ select (1 + (hashint8extended(i, salt) & 9223372036854775807) % n)::int $$;
create function pg_temp.moment(i bigint) returns timestamptz language sql immutable as
$$ select timestamptz '2024-03-01 08:00:00.123456+00' + i * interval '17 minutes 3.000007 seconds' $$;
-- About 40 bytes a picture that do not compress: fifty of them and more are stored out of line (TOAST).
create function pg_temp.pictures(i bigint, n int) returns jsonb language sql immutable as
$$ select jsonb_agg(md5(i || '/' || k)) from generate_series(1, n) k $$;

-- # sync_config
insert into public.sync_config (supabase_table, bubble_workflow, bubble_object_type)
values ('user', 'sync_user', 'user'), ('listing', 'sync_listing_from_supabase', 'listing'),
       ('thread', 'sync_thread', 'thread'), ('_message', 'sync_message', '_message'),
       ('bookings_leases', 'sync_lease', 'bookings_leases');

-- # user
insert into public."user" (_id, email, "Name - First", "Name - Last", "is Host", "Preferred Boroughs", profile,
                           invited_by, bubble_id, "Created Date", "Modified Date")
select pg_temp.id(1, i),
       'guest' || i || '@example.com',
       (array['Ada', 'Björn', 'Chloé', 'Дмитрий', 'Emre', '富士子', 'Grace', 'Nuria 🌞'])[pg_temp.pick(i, 1, 8)],
       (array['O''Neill', 'van der Berg', 'García "Paco"', 'Smith\Jones', 'Li', null])[pg_temp.pick(i, 2, 6)],
       i % 4 = 0,
       (array['{Brooklyn}', '{}', '{Queens,"The Bronx"}', '{"Staten Island",NULL}'])[pg_temp.pick(i, 3, 4)]::text[],
       jsonb_build_object('about', repeat('likes quiet streets, ', pg_temp.pick(i, 4, 6)), 'score', i % 100 / 10.0),
       case when i > 10 and i % 5 = 0 then pg_temp.id(1, i / 5) end,
       case when i % 7 <> 0 then 'bubble-' || i end,
       pg_temp.moment(i), pg_temp.moment(i + 40)
  from generate_series(1, 5000) i;

-- # listing
insert into public.listing (_id, "Host User", "Name", status, "Location - Borough", nightly_price, minimum_nights,
                            "Cleaning Fee", "Days Available", "Features - Amenities", photos, search, previous_listing,
                            bubble_id, "Created Date", "Modified Date")
select pg_temp.id(2, i),
       pg_temp.id(1, 4 * pg_temp.pick(i, 11, 1250)),
       name,
       (array['draft', 'active', 'active', 'active', 'paused', 'rented'])[pg_temp.pick(i, 12, 6)]::public.listing_status,
       (array['Manhattan', 'Brooklyn', 'Queens', 'The Bronx', null])[pg_temp.pick(i, 13, 5)],
       40 + pg_temp.pick(i, 14, 40000) / 100.0,
       pg_temp.pick(i, 15, 30),
       pg_temp.pick(i, 16, 150),
       array(select d from generate_series(0, 6) d where pg_temp.pick(i + d, 17, 3) > 1),
       (array['{wifi,washer}', '{"view, far","\"quiet\""}', '{heating,NULL}', null])[pg_temp.pick(i, 18, 4)]::text[],
       pg_temp.pictures(i, case when i % 8 = 0 then 90 + (i % 200)::int else 3 end),
       to_tsvector('simple', name),
       case when i % 50 = 0 then pg_temp.id(2, i - 1) end,
       case when i % 16 <> 0 then 'bubble-' || i end,
       pg_temp.moment(i * 2), pg_temp.moment(i * 2 + 300)
  from generate_series(1, 3000) i,
       lateral (select (array['Sunny loft', 'Quiet room', 'Garden flat', 'Studio'])[pg_temp.pick(i, 19, 4)] || ' no. ' || i) n(name);

-- # thread
insert into public.thread (_id, "Listing", "Host User", "Guest User", "Thread Subject", closed, "Created Date", "Modified Date")
select pg_temp.id(3, i), l._id, l."Host User", pg_temp.id(1, pg_temp.pick(i, 21, 5000)),
       case when i % 3 <> 0 then 'About ' || l."Name" end,
       i % 9 = 0, pg_temp.moment(i), pg_temp.moment(i + 77)
  from generate_series(1, 8000) i
  join public.listing l on l._id = pg_temp.id(2, 1 + (i - 1) % 3000);

update public.listing set featured_thread = pg_temp.id(3, i)
  from generate_series(3, 3000, 3) i where _id = pg_temp.id(2, i);

-- # thread_participant
insert into public.thread_participant (thread_id, user_id, role, unread, last_read_at)
select _id, "Host User", 'host', 0, "Modified Date" from public.thread
 union all
select _id, "Guest User", 'guest', length(_id) % 3, null from public.thread where "Guest User" <> "Host User";

-- # _message
insert into public._message (_id, "Associated Thread/Conversation", "-Originator User", "Message Body", "Metadata", "Created Date")
select pg_temp.id(4, i), t._id, case when i % 2 = 0 then t."Host User" else t."Guest User" end,
       (array['Is it free from Monday?' || chr(10) || 'We are two.', 'Yes.' || chr(9) || 'Come and see it.', '\N', '',
              null, 'It''s the house with "42" on the door \ back yard', '好的，谢谢 🙏', '__debezium_unavailable_value',
              repeat('The heating works, the neighbours sing. ', pg_temp.pick(i, 31, 8))])[pg_temp.pick(i, 32, 9)],
       case when i % 4 = 0 then jsonb_build_object('read', i % 8 = 0, 'price', 100.50, 'nothing', null) end,
       pg_temp.moment(i)
  from generate_series(1, 24000) i
  join public.thread t on t._id = pg_temp.id(3, 1 + (i - 1) % 8000);

-- # thread_message
insert into public.thread_message (thread_id, message_id, ordinal)
select "Associated Thread/Conversation", _id,
       row_number() over (partition by "Associated Thread/Conversation" order by _id)
  from public._message order by _id;

-- # bookings_leases
insert into public.bookings_leases (_id, "Listing", "Guest", "Reservation Period", "List of Dates", "Total Rent",
                                    "Notice Period", signed_at, "Created Date")
select pg_temp.id(5, i), pg_temp.id(2, pg_temp.pick(i, 41, 3000)), pg_temp.id(1, pg_temp.pick(i, 42, 5000)),
       daterange(date '2024-06-01' + i::int, case when i % 40 <> 0 then date '2024-06-08' + i::int end),
       array(select date '2024-06-01' + i::int + d from generate_series(0, 6) d),
       case when i % 500 = 0 then 'NaN'::numeric else pg_temp.pick(i, 43, 900000) / 1000.0 end,
       case when i % 3 <> 0 then make_interval(months => (i % 4)::int, days => (i % 20)::int, secs => 0.25) end,
       case when i % 100 = 0 then 'infinity' when i % 6 <> 0 then pg_temp.moment(i * 3) end,
       pg_temp.moment(i * 3)
  from generate_series(1, 2500) i;

-- # user_lease
insert into public.user_lease (user_id, lease_id, role)
select "Guest", _id, 'guest' from public.bookings_leases
 union all
select l."Host User", b._id, 'host' from public.bookings_leases b join public.listing l on l._id = b."Listing";

-- # user_listing_favorite
insert into public.user_listing_favorite (user_id, listing_id, "Created Date")
select pg_temp.id(1, pg_temp.pick(i, 51, 5000)), pg_temp.id(2, pg_temp.pick(i, 52, 3000)), pg_temp.moment(i)
  from generate_series(1, 7000) i
    on conflict do nothing;

-- # listing_drafts
insert into public.listing_drafts (user_id, step, form, "Updated At")
select pg_temp.id(1, pg_temp.pick(i, 61, 5000)), pg_temp.pick(i, 62, 7),
       jsonb_build_object('title', 'Draft ' || i, 'pictures', pg_temp.pictures(i, case when i % 3 = 0 then 120 else 2 end)),
       timestamp '2024-05-05 12:00' + i * interval '1 hour'
  from generate_series(1, 600) i;

-- # sync_queue
-- Its rows came by the trigger on listing; the worker has done a part of them.
update public.sync_queue set status = 'completed', attempts = 1 where id % 3 = 0;
