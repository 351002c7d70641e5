-- What people do in production while it is mirrored. Each section is one transaction; the number says how often of a
-- hundred or so it is chosen.

-- # functions: 0
-- An id somewhere among the first n rows of a kind: where _id >= this, the index finds a random row at once.
create function pg_temp.somewhere(n int) returns text language sql volatile as
$$ select (1690000000000 + floor(random() * n * 86413)::bigint)::text $$;
create function pg_temp.pictures(n int) returns jsonb language sql volatile as
$$ select jsonb_agg(md5(random()::text)) from generate_series(1, n) $$;

-- # somebody asks about a listing: 12
select set_config('demo.thread', public.generate_bubble_id(), true);
insert into public.thread (_id, "Listing", "Host User", "Guest User", "Thread Subject")
select current_setting('demo.thread'), l._id, l."Host User", u._id, 'About ' || l."Name"
  from (select _id, "Host User", "Name" from public.listing where _id >= (select pg_temp.somewhere(3000)) order by _id limit 1) l,
       (select _id from public."user" where _id >= (select pg_temp.somewhere(5000)) order by _id limit 1) u
 where u._id <> l."Host User";
insert into public.thread_participant (thread_id, user_id, role)
select _id, unnest(array["Host User", "Guest User"]), unnest(array['host', 'guest'])
  from public.thread where _id = current_setting('demo.thread');
insert into public._message ("Associated Thread/Conversation", "-Originator User", "Message Body")
select _id, "Guest User", 'Question ' || n || ': is it "quiet"?' || chr(10) || repeat('Very \ quiet? ', n)
  from public.thread, generate_series(1, 3) n where _id = current_setting('demo.thread');
insert into public.thread_message (thread_id, message_id, ordinal)
select "Associated Thread/Conversation", _id, row_number() over (order by _id)
  from public._message where "Associated Thread/Conversation" = current_setting('demo.thread');
update public.thread set "~Last Message" = 'Question 3', "Modified Date" = now() where _id = current_setting('demo.thread');

-- # answers in a few threads: 24
create temp table answered on commit drop as
select _id as thread_id, "Host User" as user_id, public.generate_bubble_id() as message_id
  from public.thread where _id >= (select pg_temp.somewhere(8000)) order by _id limit 4;
insert into public._message (_id, "Associated Thread/Conversation", "-Originator User", "Message Body", "Metadata")
select message_id, thread_id, user_id, 'Come on ' || to_char(now(), 'Day') || ' 🙂', '{"read": false}' from answered;
insert into public.thread_message (thread_id, message_id, ordinal) select thread_id, message_id, 100 from answered;
update public.thread set "~Last Message" = 'Come', "Modified Date" = now() where _id in (select thread_id from answered);
update public.thread_participant p set unread = unread + 1 from answered a where p.thread_id = a.thread_id and p.role = 'guest';

-- # prices change, pictures stay: 16
update public.listing
   set nightly_price = round(nightly_price * (0.95 + random()::numeric / 10), 2), "Modified Date" = now()
 where _id in (select _id from public.listing where _id >= (select pg_temp.somewhere(3000)) order by _id limit 8);

-- # new pictures: 3
update public.listing set photos = pg_temp.pictures(150), "Modified Date" = now()
 where _id in (select _id from public.listing where _id >= (select pg_temp.somewhere(3000)) order by _id limit 1);

-- # two new listings, one of them for the queue: 5
insert into public.listing ("Host User", "Name", status, nightly_price, minimum_nights, photos, search, bubble_id)
select u._id, 'New room', 'active', 75.50, n, pg_temp.pictures(60 * n), to_tsvector('simple', 'New room'),
       case n when 1 then 'bubble-new' end
  from (select _id from public."user" where _id >= (select pg_temp.somewhere(5000)) order by _id limit 1) u, generate_series(1, 2) n;

-- # a lease is signed: 6
select set_config('demo.lease', public.generate_bubble_id(), true);
insert into public.bookings_leases (_id, "Listing", "Guest", "Reservation Period", "Total Rent", "Notice Period")
select current_setting('demo.lease'), l._id, l."Host User", daterange(current_date, current_date + 30), 2300.5, '1 mon 2 days'
  from public.listing l where _id >= (select pg_temp.somewhere(3000)) order by _id limit 1;
insert into public.user_lease (user_id, lease_id, role)
select "Guest", _id, 'guest' from public.bookings_leases where _id = current_setting('demo.lease');
update public.bookings_leases set signed_at = now(), "List of Dates" = array[current_date, current_date + 1]
 where _id = current_setting('demo.lease');

-- # favorites come and go: 12
insert into public.user_listing_favorite (user_id, listing_id)
select u._id, l._id
  from (select _id from public."user" where _id >= (select pg_temp.somewhere(5000)) order by _id limit 1) u,
       (select _id from public.listing where _id >= (select pg_temp.somewhere(3000)) order by _id limit 5) l
    on conflict do nothing;
delete from public.user_listing_favorite
 where (user_id, listing_id) in (select user_id, listing_id from public.user_listing_favorite
                                  where user_id >= (select pg_temp.somewhere(5000)) order by user_id, listing_id limit 4);

-- # a favorite moves to another listing (its key changes): 5
update public.user_listing_favorite f set listing_id = l._id
  from (select user_id, listing_id from public.user_listing_favorite
         where user_id >= (select pg_temp.somewhere(5000)) order by user_id, listing_id limit 1) old,
       (select _id from public.listing where _id >= (select pg_temp.somewhere(3000)) order by _id limit 1) l
 where f.user_id = old.user_id and f.listing_id = old.listing_id
   and not exists (select from public.user_listing_favorite o where o.user_id = f.user_id and o.listing_id = l._id);

-- # messages get new ids, which cascades: 4
update public._message set _id = public.generate_bubble_id()
 where _id in (select _id from public._message where _id >= (select pg_temp.somewhere(24000)) order by _id limit 3);

-- # a listing gets a new id and keeps its pictures: 2
update public.listing set _id = public.generate_bubble_id()
 where _id in (select _id from public.listing where _id >= (select pg_temp.somewhere(3000)) order by _id limit 1);

-- # drafts are written and thrown away in one go: 5
insert into public.listing_drafts (user_id, form)
select _id, jsonb_build_object('title', 'In a hurry', 'pictures', pg_temp.pictures(100))
  from public."user" where _id >= (select pg_temp.somewhere(5000)) order by _id limit 3;
update public.listing_drafts set step = 2 + step % 6 where id >= (select max(id) - 2 from public.listing_drafts);
delete from public.listing_drafts where id = (select max(id) from public.listing_drafts);
delete from public.listing_drafts where id in (select id from public.listing_drafts order by id limit 2);

-- # drafts are numbered anew (key changes, form stays): 3
update public.listing_drafts set id = nextval(pg_get_serial_sequence('public.listing_drafts', 'id'))
 where id in (select id from public.listing_drafts order by id limit 3);

-- # people edit their profiles: 6
update public."user"
   set profile = profile || jsonb_build_object('seen', now()), "Preferred Boroughs" = '{Queens,NULL,"a, b"}', "Modified Date" = now()
 where _id in (select _id from public."user" where _id >= (select pg_temp.somewhere(5000)) order by _id limit 5);

-- # the queue's worker: 4
update public.sync_queue set status = 'completed', attempts = attempts + 1
 where id in (select id from public.sync_queue where status = 'pending' order by id limit 3);
delete from public.sync_queue
 where id in (select id from public.sync_queue where status = 'completed' order by id limit 2);

-- # the oldest messages and threads are removed, which cascades: 3
delete from public._message where _id in (select _id from public._message order by _id limit 25);
delete from public.thread where _id in (select _id from public.thread order by _id limit 3);
