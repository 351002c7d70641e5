-- What a table demands of its rows: foreign keys, checks, and columns that are not null. Foreign keys over periods and what
-- is not enforced (both since Postgres 18) are left out; the catalogs of older servers do not know these columns.
select k.contype::text as kind,
       k.conname as name,
       n.nspname as schema,
       c.relname as table_name,
       array(select a.attname::text
               from unnest(k.conkey) with ordinality as x(attnum, position)
               join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.attnum
              order by x.position) as columns,
       rn.nspname as referenced_schema,
       r.relname as referenced_table,
       coalesce(r.relkind = 'r', false) as referenced_alone,
       array(select a.attname::text
               from unnest(k.confkey) with ordinality as x(attnum, position)
               join pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.attnum
              order by x.position) as referenced_columns,
       array(select format('operator(%I.%s)', pn.nspname, o.oprname)
               from unnest(k.conpfeqop) with ordinality as x(oid, position)
               join pg_operator o on o.oid = x.oid
               join pg_namespace pn on pn.oid = o.oprnamespace
              order by x.position) as equals,
       k.confmatchtype = 'f' as match_full,
       case when k.contype = 'c' then pg_get_expr(k.conbin, k.conrelid) end as expression,
       pg_get_constraintdef(k.oid) as definition,
       k.convalidated as validated
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_class r on r.oid = k.confrelid
  left join pg_namespace rn on rn.oid = r.relnamespace
 where k.contype in ('f', 'c')
   and k.conparentid = 0
   and c.relkind in ('r', 'p')
   and not c.relispartition
   and coalesce(to_jsonb(k) ->> 'conenforced', 'true') = 'true'
   and coalesce(to_jsonb(k) ->> 'conperiod', 'false') = 'false'
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
union all
select 'n', a.attname, n.nspname, c.relname, array[a.attname::text], null, null, false, array[]::text[], array[]::text[], false,
       null, 'NOT NULL', true
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
 where a.attnotnull
   and a.attnum > 0
   and not a.attisdropped
   and c.relkind in ('r', 'p')
   and not c.relispartition
   and c.relpersistence <> 't'
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_(toast|temp)'
 order by 3, 4, 1, 2
