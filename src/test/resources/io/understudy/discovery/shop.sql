-- A shop as they are: people, documents, credentials, codes, odd names. Every personal value is made up; those in which
-- "kanarie" stands must never be printed.
create domain mail_text as varchar(120);
create type tier as enum ('free', 'paid');

create table person (
  id bigint generated always as identity primary key,
  first_name text not null,
  nachname text not null,
  email mail_text not null unique,
  phone text,
  geburtsdatum date,
  strasse text,
  plz varchar(10),
  ort text,
  ssn text,
  is_active boolean not null default true,
  tier tier not null default 'free',
  email_verified_at timestamptz,
  created_at timestamptz not null default now(),
  full_name text generated always as (first_name || ' ' || nachname) stored
);
insert into person (first_name, nachname, email, phone, geburtsdatum, strasse, plz, ort, ssn)
select (array['Anna','Peter','Marie','Thomas','Julia','Lukas'])[1 + i % 6], 'Kanarie' || chr(97 + i % 26),
       'kanarie.' || i || '@mail-provider.de', '+49 30 ' || 1000000 + i * 37, date '1950-01-01' + i * 131,
       'Kanarienstraße ' || i, (10000 + i)::text, 'Kanariendorf',
       (100 + i)::text || '-' || lpad((1 + i % 90)::text, 2, '0') || '-' || 1000 + i
  from generate_series(1, 120) i;

create table customer (
  id uuid primary key default gen_random_uuid(),
  person_id bigint references person,
  profile jsonb not null default '{}',
  tags text[],
  contact_addresses text[],
  status text not null default 'active',
  vat_rate numeric,
  notes text,
  kunden_info text
);
comment on column customer.kunden_info is 'Geburtsname der Mutter';
insert into customer (person_id, profile, tags, contact_addresses, status, vat_rate, notes, kunden_info)
select i, jsonb_build_object(
            'contact', jsonb_build_object('email', 'kanarie' || i || '@web-mail.com', 'phone', '+44 20 7946 ' || 1000 + i),
            'newsletter', i % 2 = 0, 'language', (array['de','en'])[1 + i % 2], 'visits', i,
            'byMail', jsonb_build_object('kanarie' || i || '@web-mail.com', true),
            'friends', jsonb_build_array(jsonb_build_object('name', 'Anna Kanarie'), jsonb_build_object('name', 'Peter Kanarie'))),
       array['vip', 'eu'], array['kanarie' || i || '@first.org', 'kanarie@second.org'],
       (array['active','blocked'])[1 + i % 2], 0.19,
       'Called on Monday about the delivery, kanarie wants it next week' || case when i % 10 = 0 then '; mail to kanarie@private.net' else '' end,
       'Kanarie'
  from generate_series(1, 120) i;

create table payment (
  id bigint primary key,
  customer_id uuid not null references customer,
  pan text,
  iban text not null,
  order_number bigint not null unique,
  amount numeric(10,2) not null,
  payer_ip inet,
  callback text
);
insert into payment
select row_number() over (), id,
       (array['4111111111111111','5555555555554444','378282246310005','6011111111111117'])[1 + (row_number() over ()) % 4],
       (array['DE89370400440532013000','GB82WEST12345698765432','FR1420041010050500013M02606'])[1 + (row_number() over ()) % 3],
       400000000000 + row_number() over (), 9.99, '203.0.113.7',
       'https://shop.de/hooks/' || (row_number() over ()) || 'kanarie?token=kanarie' || (row_number() over ())
  from customer;

create table device (
  id int primary key,
  owner_email text not null,
  mac macaddr,
  push_token text,
  "userAgent" text,
  client_ip text,
  lat double precision,
  lon double precision,
  password_hash text not null,
  api_key text unique,
  raw bytea
);
insert into device
select i, 'kanarie.' || i || '@mail-provider.de', '08:00:2b:01:02:03', md5(i::text) || md5((i + 1)::text),
       'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/' || i, '198.51.100.' || i, 52.5, 13.4,
       '$2a$10$' || rpad('kanarie' || i, 53, 'a'), 'sk_live_kanarie' || md5(i::text), '\x00'
  from generate_series(1, 60) i;

create table audit_log (
  id bigint generated always as identity,
  at timestamptz not null default now(),
  actor_id bigint references person,
  action text not null,
  description text,
  details json
);
insert into audit_log (actor_id, action, description, details)
select 1 + i % 100, (array['login','logout','change'])[1 + i % 3], 'short ' || i, json_build_object('ip', '198.51.100.1', 'ok', true)
  from generate_series(1, 6000) i;
analyze audit_log;

create table product (
  sku varchar(20) primary key,
  name text not null,
  description text not null,
  barcode text,
  price numeric(8,2)
);
insert into product
select 'SKU-' || i, 'Chair ' || i, 'A chair made of oak and steel, with four legs, number ' || i, 4000000000000 + i * 13, 10
  from generate_series(1, 100) i;

create table "Order" (
  "Id" int primary key,
  "E.Mail" text,
  "a=b: c#\d" text,
  "naïve ""quoted""" text,
  "sentAt" timestamp
);
insert into "Order" select i, 'kanarie' || i || '@odd.names.org', 'x' || i, 'y' || i, now() from generate_series(1, 30) i;

create table empty_one (id int primary key, anything text, vorname text);
