-- makes: verifier_audit
-- reads: verifications
-- relations: audited
-- step: calls/audit
-- description: A seeded share of the verified paths, judged again by a call of its own, and as many errors planted
--     into correct paths: the answer swapped, a negation changed, a figure changed.
select
    audited.audit_id,
    audited.kind,
    audited.path_id,
    audited.judged_text,
    content_hash(audited.judged_text) as content_hash,
    audited.text_before,
    audited.text_after,
    verifications.question_id,
    verifications.source,
    verifications.generator,
    verifications.is_answer_match,
    verifications.verdict as first_verdict,
    if(audited.kind = 'repeat', verifications.verdict, 'error') as expected_verdict,
    replies.value ->> 'verdict' as second_verdict,
    replies.value ->> 'reason' as reason,
    replies.* exclude (row_id, value, raw_text, error_kind, is_missing)
from audited
inner join verifications on audited.path_id = verifications.path_id
inner join replies on audited.audit_id = replies.row_id
