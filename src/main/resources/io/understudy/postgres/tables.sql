-- Every table a person would call one: ordinary, partitioned (as one table) and foreign. Partitions belong to their root.
select n.nspname as schema,
       c.relname as name,
       c.oid::bigint as relation,
       coalesce(pg_relation_filenode(c.oid), 0)::bigint as file,
       c.relkind::text as kind,
       c.relpersistence::text as persistence,
       -- The log carries what each leaf says, and names the root's columns; whoever says too little is what counts.
       case when leaves.leaves = 0 or c.relreplident in ('n', 'i') then c.relreplident::text
            else coalesce(leaves.lacking, case when leaves.full_rows then 'f' else 'd' end) end as replica_identity,
       c.relrowsecurity as row_security,
       case when c.relkind = 'p' then coalesce(leaves.rows, -1) else c.reltuples end::bigint as rows,
       case when c.relkind = 'p' then coalesce(leaves.bytes, 0)
            -- The exact size takes a lock, and is asked for where there is no estimate only.
            when c.relkind = 'r' and c.relpages > 0
            then (c.relpages + coalesce((select t.relpages from pg_class t where t.oid = c.reltoastrelid), 0)::bigint)
                 * current_setting('block_size')::bigint
            when c.relkind = 'r' then coalesce(pg_table_size(c.oid), 0)
            else 0 end::bigint as bytes,
       c.relpages::bigint as pages,
       (select e.extname from pg_depend d join pg_extension e on e.oid = d.refobjid
         where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e' limit 1)::text as extension,
       array(select t.tgname::text from pg_trigger t
              where t.tgrelid = c.oid and t.tgenabled in ('A', 'R') and not t.tgisinternal order by 1) as firing_triggers,
       array(select r.rulename::text from pg_rewrite r
              where r.ev_class = c.oid and r.ev_enabled in ('A', 'R') order by 1) as firing_rules,
       -- Events 2 and 3: update and insert.
       exists (select from pg_rewrite r where r.ev_class = c.oid and r.ev_type in ('2', '3')) as has_rules
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join lateral (
       select sum(greatest(l.reltuples, 0)) as rows, sum(pg_table_size(l.oid)) as bytes, count(*) as leaves,
              min(l.relreplident::text) filter (where l.relreplident in ('n', 'i')) as lacking,
              bool_and(l.relreplident = 'f') as full_rows
         from pg_partition_tree(c.oid) p join pg_class l on l.oid = p.relid
        where p.isleaf and c.relkind = 'p') leaves on true
 where c.relkind in ('r', 'p', 'f')
   and not c.relispartition
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_toast'
 order by 1, 2
