-- A sequence that was called tells its value by a function. One that was not is asked by a query of its own: it may have been
-- restarted with another value than the one in the catalog. What this role may not read is left out.
select c.oid as id,
       x.schema,
       x.name,
       l.value,
       l.called,
       s.seqincrement > 0 as ascending,
       s.seqmin as lowest,
       s.seqmax as highest,
       c.relfilenode::bigint as storage
  from unnest($1::text[], $2::text[]) as x(schema, name)
  join pg_namespace n on n.nspname = x.schema
  join pg_class c on c.relnamespace = n.oid and c.relname = x.name and c.relkind = 'S'
  join pg_sequence s on s.seqrelid = c.oid
  cross join lateral (
       select case when has_sequence_privilege(c.oid, 'usage,select') then pg_sequence_last_value(c.oid) end as value
       offset 0) given
  cross join lateral (
       select case when given.value is null and has_sequence_privilege(c.oid, 'select') and has_schema_privilege(n.oid, 'usage')
                   then query_to_xml(format('select last_value, is_called from %I.%I', n.nspname, c.relname),
                                     false, false, '')::text end as text
       offset 0) state
  cross join lateral (
       select coalesce(given.value, substring(state.text from '<last_value>(-?[0-9]+)<')::bigint, s.seqstart) as value,
              given.value is not null or coalesce(state.text ~ '<is_called>true<', false) as called) l
 -- In this order: asked of a table of the same name in another schema, the function fails.
 where case when c.relkind = 'S' then has_sequence_privilege(c.oid, 'usage,select') end
