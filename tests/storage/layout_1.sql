-- Dump of a build file that the first version wrote: the tests' table items with one published partition.
create table items (
    item_id varchar not null,
    source varchar not null,
    text varchar not null,
    note varchar,
    tags varchar[] not null,
    provider_kind varchar,
    row_hash varchar not null
);

create table publishes (
    publish_id varchar not null,
    seq bigint not null,
    table_name varchar not null,
    partition varchar not null,
    run_id varchar not null,
    published_at timestamp not null,
    rows bigint not null,
    rows_inserted bigint not null,
    rows_deleted bigint not null,
    fingerprint varchar not null,
    profile varchar not null,
    statistics varchar not null,
    row_hash varchar not null
);

insert into items values
('1', 'mmlu', 'kept', null, ['a, b', 'c'], null, '49b406b7003ed33471c911044fe4578c'),
('2', 'mmlu', 'it''s', null, ['a, b', 'c'], null, 'f3a4d51751f979549747e0802ff288a4');

insert into publishes values
(
    'items/mmlu/1', 1, 'items', 'mmlu', 'run', '2026-11-26 03:41:15.884428', 2, 2, 0, 'f', 'test', '{"items": 2}',
    'a1358480d2b223513c62ae91acca3004'
);
