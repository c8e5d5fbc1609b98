-- check: none
-- severity: warn
-- judges: build
-- description: There are enough paths per question for tiers that compare with the published ones.
select
    getvariable('paths_per_question') as paths_per_question,
    5 as wanted
where getvariable('paths_per_question') < 5 and exists (select 1 from staged)
