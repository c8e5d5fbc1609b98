BEGIN TRANSACTION;
CREATE TABLE askers (
    asker_id integer primary key,
    warehouse text not null,
    table_name text not null,
    source text not null,
    unique (warehouse, table_name, source)
);
INSERT INTO "askers" VALUES(1,'warehouse','verifications','medqa');
CREATE TABLE attempts (
    call_key blob not null references calls,
    attempt integer not null,
    asker_id integer references askers,
    role text not null,
    provider_kind text not null,
    outcome text not null,
    detail text,
    http_status integer,
    finish_reason text,
    served_model text,
    system_fingerprint text,
    prompt_tokens integer,
    completion_tokens integer,
    reasoning_tokens integer,
    cached_tokens integer,
    cache_write_tokens integer,
    reserved_usd real,
    is_declined integer not null default 0,
    latency_ms real,
    started_at integer not null,
    is_simulated integer not null,
    reply blob,
    response blob,
    primary key (call_key, attempt)
);
INSERT INTO "attempts" VALUES(X'00000000000000000000000000000000',1,1,'verifier','real','timed_out',NULL,500,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,12.5,1795392000000000,0,NULL,NULL);
INSERT INTO "attempts" VALUES(X'00000000000000000000000000000000',2,1,'verifier','real','completed',NULL,200,'stop','served',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,12.5,1795392000000000,0,X'28B52FFD205A8502001245111790B53A24875814AC4810ADFD2CB2BFFF5BBB39D5DD2004CFE80076E348979108CF87B64D5D7336A455A9082379DE078CC52DDF528F1D16BF30BB5F760116EF8FD274EC02020036A52E07730F',NULL);
INSERT INTO "attempts" VALUES(X'00000000000000000000000000000001',1,1,'verifier','real','rejected',NULL,500,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,12.5,1795392000000000,0,NULL,NULL);
INSERT INTO "attempts" VALUES(X'00000000000000000000000000000002',1,1,'verifier','real','completed',NULL,200,'stop','served',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,12.5,1795392000000000,0,X'28B52FFD205A8502001245111790B53A24875814AC4810ADFD2CB2BFFF5BBB39D5DD2004CFE80076E348979108CF87B64D5D7336A455A9082379DE078CC52DDF528F1D16BF30BB5F760116EF8FD274EC02020036A52E07730F',NULL);
CREATE TABLE batch_calls (
    call_key blob not null,
    batch_id blob not null references batches,
    attempt integer,
    primary key (call_key, batch_id)
);
INSERT INTO "batch_calls" VALUES(X'00000000000000000000000000000002',X'ABABABABABABABABABABABABABABABAB',1);
INSERT INTO "batch_calls" VALUES(X'00000000000000000000000000000003',X'ABABABABABABABABABABABABABABABAB',NULL);
CREATE TABLE batches (
    batch_id blob primary key,
    build text not null,
    provider text not null,
    remote_id text
);
INSERT INTO "batches" VALUES(X'ABABABABABABABABABABABABABABABAB','one','local','remote-1');
CREATE TABLE bodies (
    body_hash blob primary key,
    body blob not null
);
INSERT INTO "bodies" VALUES(X'5E4CE7B36BA37B78A5D5F9FD08E6B7B5',X'28B52FFD200F7900007B226D65737361676573223A5B5D7D');
CREATE TABLE calls (
    call_key blob primary key,
    body_hash blob not null references bodies,
    provider text not null,
    model text not null,
    revision text not null,
    sample integer not null,
    attempts integer not null,
    final_attempt integer
);
INSERT INTO "calls" VALUES(X'00000000000000000000000000000000',X'5E4CE7B36BA37B78A5D5F9FD08E6B7B5','local','small','r1',0,2,2);
INSERT INTO "calls" VALUES(X'00000000000000000000000000000001',X'5E4CE7B36BA37B78A5D5F9FD08E6B7B5','local','small','r1',0,1,1);
INSERT INTO "calls" VALUES(X'00000000000000000000000000000002',X'5E4CE7B36BA37B78A5D5F9FD08E6B7B5','local','small','r1',0,1,1);
CREATE TABLE claims (
    call_key blob primary key,
    owner_id text not null,
    build text not null,
    role text not null,
    usd real not null,
    sent_timeout_s real
);
CREATE TABLE dictionaries (
    role text primary key,
    dictionary blob not null
);
CREATE TABLE owners (
    owner_id text primary key,
    host text not null,
    pid integer not null,
    started_ticks integer not null,
    boot_id text not null,
    pid_space text not null,
    heartbeat_at real not null
);
CREATE TABLE provider_kinds (
    provider text not null,
    kind text not null,
    primary key (provider, kind)
);
INSERT INTO "provider_kinds" VALUES('local','real');
CREATE TABLE spending (
    build text not null,
    role text not null,
    usd real not null,
    calls integer not null,
    primary key (build, role)
);
INSERT INTO "spending" VALUES('one','verifier',1.0,2);
CREATE TABLE users (
    provider text not null,
    owner_id text not null,
    primary key (provider, owner_id)
);
CREATE INDEX attempts_by_asker on attempts (asker_id);
COMMIT;
pragma user_version = 4;
