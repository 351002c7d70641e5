-- Every partition below a partitioned table, parents first. A path of bounds names the same partition on both sides,
-- whatever it is called there.
with recursive tree as (
       select c.oid as root, c.oid, 0 as depth, array[]::text[] as path, null::oid as parent, array[]::text[] as since
         from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'p'
          and not c.relispartition
          and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
       union all
       select t.root, c.oid, t.depth + 1, t.path || pg_get_expr(c.relpartbound, c.oid) collate "default", t.oid, t.since || i.xmin::text
         from tree t
         join pg_inherits i on i.inhparent = t.oid
         join pg_class c on c.oid = i.inhrelid and c.relispartition)
select rn.nspname as schema, r.relname as table_name, n.nspname as partition_schema, c.relname as partition_name,
       t.oid::bigint as relation, t.path, t.since,
       pn.nspname as parent_schema, p.relname as parent_name,
       case when c.relkind = 'p' then pg_get_partkeydef(t.oid) end as key,
       pg_get_partkeydef(t.root) as root_key
  from tree t
  join pg_class r on r.oid = t.root
  join pg_namespace rn on rn.oid = r.relnamespace
  join pg_class c on c.oid = t.oid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_class p on p.oid = coalesce(t.parent, t.oid)
  join pg_namespace pn on pn.oid = p.relnamespace
 order by 1, 2, t.depth, 3, 4
