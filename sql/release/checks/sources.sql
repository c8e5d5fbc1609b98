-- relations: declared_files, declared_sources, rows
-- description: Source, licence and language are as the record says, and the file is one that a build read.
select
    rows.example_id,
    rows.source,
    rows.licence,
    rows.language,
    rows.file
from rows
left join declared_sources as declared on rows.source = declared.name
where
    rows.licence is distinct from declared.licence
    or rows.language is distinct from declared.language
    or (
        (select count(*) from declared_files) > 0
        and rows.file not in (select file from declared_files)
    )
