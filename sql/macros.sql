-- Macros that transforms, views and assertions share. Each statement is created as it stands in every connection.

-- Id of a row: as reasonmed_assets.rules.ids.make_id over the same parts (null stands for the empty string).
create macro id_of(parts) as
    substr(sha256(array_to_string(list_transform(parts, lambda part: coalesce(part, '')), chr(31))), 1, 16);

create macro letter_at(place) as chr((64 + place)::integer);

create macro letter_position(letter) as ascii(letter) - 64;

-- A number in [0, 1) from the first eight hex digits of an id.
create macro hash_share(id) as ('0x' || substr(id, 1, 8))::bigint / 4294967296.0;

create macro content_hash(content) as substr(sha256(content), 1, 16);

-- An option's text for telling whether two options say the same: case, spaces and a closing full stop do not count.
create macro option_key(option) as
    regexp_replace(trim(regexp_replace(lower(nfc_normalize(option)), '\s+', ' ', 'g')), '[ .;,]+$', '');

-- Two options with the same text are both right when one of them is the key.
create macro is_answer_match(letter, gold_letter, options) as
    case
        when letter is null then null
        else
            letter = gold_letter
            or coalesce(
                option_key(options[letter_position(letter)]) = option_key(options[letter_position(gold_letter)]), false
            )
    end;

-- By the profile's verdict rule; null while something that the rule needs is missing.
create macro path_is_correct(is_missing, is_error, verdict, is_match) as
    case
        when is_missing then null
        when is_error then false
        when getvariable('rule_verdict_rule') = 'answer' then coalesce(is_match, false)
        when verdict is null then null
        when getvariable('rule_verdict_rule') = 'verifier' then verdict = 'correct'
        else verdict = 'correct' and coalesce(is_match, false)
    end;

-- No judgement and no text yet: the next build asks again, so nothing may follow from it in this one.
create macro is_asked_again(outcome) as
    coalesce(outcome in ('declined', 'transport_error', 'timed_out', 'unauthorised'), false);

-- There is neither a reply nor will there be one without a change: the endpoint failed, or declined the request.
create macro is_no_reply(outcome) as
    coalesce(
        outcome not in ('completed', 'truncated', 'refused', 'malformed', 'empty', 'answerless', 'filtered'), false
    );

-- How a call ended, in words that are the same for all calls that ended so: without ids, counts and long quotations.
create macro reason_of(outcome, detail) as
    concat_ws(
        ': ',
        coalesce(outcome, 'no call'),
        nullif(regexp_extract(detail, '^HTTP \d+'), ''),
        nullif(
            trim(regexp_replace(
                regexp_replace(detail, '^HTTP \d+:?', ''), '[\w-]*\d[\w.-]*', '#', 'g'
            ))[1:80],
            ''
        )
    );

-- A rewritten text after which its slot is not rewritten again: it stands, its reply or its verdict is still to come,
-- or the rewriter holds the key to be wrong.
create macro is_settled(is_accepted, outcome, supports_key, verdict, verifier_outcome) as
    is_accepted
    or is_asked_again(outcome)
    or (verdict is null and is_asked_again(verifier_outcome))
    or supports_key is not distinct from false;

-- Published thresholds (4 and 7 of 9) scaled to n paths; Medium needs a second correct path for its second example.
create macro tier_of(n_error, n_correct, n) as
    case
        when n_error <= 4 * n // 9 then 'easy'
        when n_error <= 7 * n // 9 and n_correct >= getvariable('rule_medium_min_correct') then 'medium'
        else 'difficult'
    end;

-- The chance of k or more bad rows among n of which each is bad with probability p.
create macro binomial_tail(k, n, p) as
    1 - coalesce(
        list_sum(list_transform(
            range(0, least(k, n + 1)::bigint),
            lambda i: case
                when p <= 0 then (i = 0)::int
                when p >= 1 then (i = n)::int
                else exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * ln(p) + (n - i) * ln(1 - p))
            end
        )),
        0
    );

-- True for a number of rows of which a rate says little: fewer than `min_rows_for_rates`, or fewer than twice as many
-- where the rate allows less than two. A minimum of 1 turns this off.
create macro is_few(n, rate) as
    n < getvariable('threshold_min_rows_for_rates')
    or (
        getvariable('threshold_min_rows_for_rates') > 1
        and n < 2 * getvariable('threshold_min_rows_for_rates')
        and round(n * rate, 9) < 2
    );

-- True when n_bad of n rows are more than the rate allows. Of few rows the lower bound of the 95% interval of their
-- share must exceed it (Clopper and Pearson, Biometrika 26, 1934, p. 404: the rate gives n_bad rows a chance below
-- 2.5%). Rounding keeps 0.97 and the like from failing by a hair.
create macro is_above(n_bad, n, rate) as
    if(is_few(n, rate), binomial_tail(n_bad, n, rate) < 0.025, n_bad > round(n * rate, 9));

-- The same for rows that are bad now and then: of few rows, as many as the rate allows at `min_rows_for_rates` pass in
-- any case.
create macro exceeds(n_bad, n, rate) as
    is_above(n_bad, n, rate)
    and (
        not is_few(n, rate)
        or n_bad > ceil(round(getvariable('threshold_min_rows_for_rates') * rate, 9))
    );

-- How many of n verified paths the verifier's audit repeats, and how many errors of each of the three kinds it plants.
create macro audited_rows(n) as
    case
        when getvariable('rule_audit_share') = 0 then 0
        else least(n, greatest(getvariable('rule_audit_rows_min'), ceil(n * getvariable('rule_audit_share'))))
    end::bigint;

create macro planted_rows(n) as ceil(audited_rows(n) / 3)::bigint;

-- Bounds of the 95% score interval of a share k of n (Wilson, J. Am. Stat. Assoc. 22, 1927, p. 209); null for n = 0.
create macro wilson_low(k, n) as
    case
        when n > 0
            then
                (k + 1.959964 ** 2 / 2 - 1.959964 * sqrt(k * (n - k) / n + 1.959964 ** 2 / 4)) / (n + 1.959964 ** 2)
    end;

create macro wilson_high(k, n) as
    case
        when n > 0
            then
                (k + 1.959964 ** 2 / 2 + 1.959964 * sqrt(k * (n - k) / n + 1.959964 ** 2 / 4)) / (n + 1.959964 ** 2)
    end;

-- What a reader sees of a question, in lower case and with the options in any order: equal for exact duplicates.
create macro question_text(context, question, options) as
    regexp_replace(
        array_to_string(
            list_concat(
                [lower(trim(coalesce(context, ''))), lower(trim(question))],
                list_sort(list_transform(options, lambda option_text: lower(trim(option_text))))
            ),
            chr(31)
        ),
        '\s+', ' ', 'g'
    );

-- About how many tokens a text has, where no tokenizer has counted them: four characters each.
create macro token_estimate(content) as ceil(length(content) / 4);

-- Options as prompts and readers show them: "A. text".
create macro lettered(options) as
    list_transform(range(1, len(options) + 1), lambda i: letter_at(i) || '. ' || options[i]);

-- Dollars for tokens at a price per million: what no token and what a free one costs is known without the other.
create macro usd_of(tokens, per_million) as
    case when tokens = 0 or per_million = 0 then 0 else tokens * per_million / 1e6 end;

-- A request that may have been answered, and whose endpoint did not tell what it used.
create macro tells_no_usage(is_declined, prompt_tokens, completion_tokens) as
    not coalesce(is_declined, false) and (prompt_tokens is null or completion_tokens is null);

-- Names of tags that divide an answer: one without its partner is no part of a text to learn from.
create macro answer_tags() as ['think', 'thinking', 'reasoning', 'answer', 'output', 'solution'];

create macro count_of(content, part) as (length(content) - length(replace(content, part, ''))) // length(part);

-- Most texts hold no tag at all: to count each of them takes long.
create macro lone_tags(content) as
    case
        when not regexp_matches(content, '</?(?:' || array_to_string(answer_tags(), '|') || ')>') then []
        else list_filter(
            answer_tags(), lambda tag: count_of(content, '<' || tag || '>') != count_of(content, '</' || tag || '>')
        )
    end;

create macro without_lone_tags(content) as
    case
        when len(lone_tags(content)) = 0 then content
        else regexp_replace(content, '<(/?(?:' || array_to_string(lone_tags(content), '|') || ')>)', '< \1', 'g')
    end;
