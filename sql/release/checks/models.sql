-- relations: declared_models, rows
-- description: Every model is among those of the record, in a role that fits, and the path's terms are theirs.
with

named as (
    select
        rows.example_id,
        used.model,
        used.revision,
        used.roles
    from rows
    cross join lateral (
        values
        (path_model, path_revision, ['generator', 'refiner', 'regenerator']),
        (parent_model, parent_revision, ['generator', 'refiner', 'regenerator']),
        (base_model, base_revision, ['generator']),
        (verifier_model, verifier_revision, ['verifier']),
        (summary_model, summary_revision, ['summariser'])
    ) as used (model, revision, roles)
    where used.model is not null
),

terms as (
    select
        named.example_id,
        list_sort(list(distinct declared.terms) filter (not list_contains(named.roles, 'verifier'))) as model_terms
    from named
    inner join declared_models as declared on named.model = declared.model and named.revision = declared.revision
    group by named.example_id
)

select
    rows.example_id,
    rows.path_model,
    rows.base_model,
    rows.verifier_model,
    rows.summary_model,
    rows.model_terms
from rows
left join terms on rows.example_id = terms.example_id
where
    rows.model_terms is distinct from terms.model_terms
    or rows.path_model is null
    or rows.summary_model is null
    or rows.example_id in (
        select named.example_id
        from named
        left join declared_models as declared on named.model = declared.model and named.revision = declared.revision
        where not coalesce(list_has_any(declared.roles, named.roles), false)
    )
