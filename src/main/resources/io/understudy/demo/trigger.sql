-- What made the real import fail: every copied listing without a bubble_id queues itself, and staging's sync_config does not
-- know listings.

create function public.trigger_listing_sync_queue() returns trigger language plpgsql as
$$
begin
    if new.bubble_id is null then
        insert into public.sync_queue (table_name, record_id, operation, payload, status, idempotency_key)
        values ('listing', new._id, 'INSERT', jsonb_build_object('_id', new._id, 'Name', new."Name"), 'pending',
                'listing:' || new._id || ':insert');
    end if;
    return new;
end
$$;

create trigger listing_bubble_sync_trigger after insert on public.listing
    for each row execute function public.trigger_listing_sync_queue();
