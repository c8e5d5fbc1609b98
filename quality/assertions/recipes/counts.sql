-- check: none
-- severity: block
-- judges: build
-- description: The versions are numbered from 1 without gaps: none is lost.
select
    count(*) as n_versions,
    min(version) as first_version,
    max(version) as last_version
from staged
having min(version) != 1 or max(version) != count(*)
