"""The attacks that are tried, what each meets, and the tests that try it: the table of docs/evidence/promises.md.

After a change: `REASONMED_WRITE_SNAPSHOT=1 pytest tests/faults/test_promises.py` writes it there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """A kind of attack.

    Attributes:
        on: what is attacked.
        what: what is tried.
        meets: how it is refused.
        tests: those that try it, as `file::function` below tests/.
    """

    on: str
    what: str
    meets: str
    tests: tuple[str, ...]


_GUARD = "orchestration/ui/test_guard.py::"
_LAUNCHING = "config/test_launching.py::"
_QUERYING = "storage/test_querying.py::"
_EXPORT = "release/test_export_files.py::"
_DISARMING = "llm/prompts/test_disarming.py::"

ATTACKS = (
    Attack(
        "UI: Host",
        "a name that was pointed at this machine, two names, none",
        "status 403",
        (f"{_GUARD}test_a_name_that_was_pointed_at_this_machine_is_refused",),
    ),
    Attack(
        "UI: Origin, content type, method, websocket",
        "a page of another site, port or scheme, a frame, a form, a mutation by query string; each with the cookie",
        "status 403; nothing reaches Dagster",
        (f"{_GUARD}test_an_attack_is_refused_even_with_the_cookie",),
    ),
    Attack(
        "UI: token",
        "no token, a wrong one, part of it, that of another start; over HTTP and the websocket",
        "status 403",
        (f"{_GUARD}test_without_the_token_nothing_is_answered", f"{_GUARD}test_the_link_of_another_start_is_refused"),
    ),
    Attack(
        "UI: frames",
        "the UI in a frame of another page",
        "headers by which a browser shows none",
        (f"{_GUARD}test_no_page_of_another_site_frames_or_reads_the_ui",),
    ),
    Attack(
        "UI: a real browser",
        "a page of another site starts a run while the user has the UI open",
        "blocked; no run, no call",
        ("end_to_end/test_ui.py::test_a_page_of_another_site_starts_no_run_in_the_browser_of_the_user",),
    ),
    Attack(
        "UI: pages",
        "other files of the warehouse or the machine under /pages/, by dots, links, encoded or long names",
        "status 404",
        ("orchestration/ui/test_pages.py::test_nothing_else_is_shown",),
    ),
    Attack(
        "UI: pages",
        "a page writes, runs a script or sends a form",
        "status 405; a policy that allows none of it",
        (
            "orchestration/ui/test_pages.py::test_they_are_read_only_and_the_rest_is_dagster_s",
            "orchestration/ui/test_pages.py::test_pages_are_shown_by_their_type_and_can_do_nothing",
        ),
    ),
    Attack(
        "launch configuration",
        "another address, key, model, price, source, a higher budget, in every spelling of the key",
        "an error that names what may not be set",
        (
            f"{_LAUNCHING}test_what_a_run_may_not_set_is_refused_by_name",
            "orchestration/test_launchpad.py::test_a_run_may_not_send_its_calls_elsewhere",
        ),
    ),
    Attack(
        "launch configuration",
        "another profile, warehouse, ledger or data directory; other configuration of Dagster that opens files",
        "an error before anything is opened; there is no other configuration",
        (
            f"{_LAUNCHING}test_the_places_of_a_run_are_those_of_its_code_location",
            f"{_LAUNCHING}test_another_profile_is_refused_before_it_is_read",
            "orchestration/test_launchpad.py::test_no_other_part_of_a_run_names_a_place",
        ),
    ),
    Attack(
        "`sql`",
        "writing to the warehouse, the ledger or Dagster's storage: attach, copy, export, functions, settings, links",
        "an error; no file changes",
        (f"{_QUERYING}test_an_attack_is_refused_and_changes_no_file",),
    ),
    Attack(
        "`sql`: races",
        "a link in the path of `copy` that is swapped between check and write",
        "nothing in the warehouse changes",
        (f"{_QUERYING}test_a_link_that_is_swapped_after_the_check_leads_nowhere",),
    ),
    Attack(
        "`sql --locked`",
        "touching any other file",
        "an error",
        (f"{_QUERYING}test_a_locked_query_touches_no_other_file",),
    ),
    Attack(
        "`sql`: variables",
        "SQL in the name of a variable",
        "it is a name",
        ("storage/contract_reading.py::test_a_variable_name_cannot_carry_sql",),
    ),
    Attack(
        "export, release, `browse`",
        "a folder with files of the user, with and without --force; the warehouse itself; a page in place of a file",
        "an error; the files stay",
        (
            f"{_EXPORT}test_a_file_of_the_user_is_not_overwritten",
            f"{_EXPORT}test_a_file_of_the_user_by_the_manifest_s_name_is_not_replaced",
            f"{_EXPORT}test_a_file_that_comes_while_an_export_is_written_is_kept",
            f"{_EXPORT}test_nothing_is_exported_or_released_into_the_warehouse",
            "pages/test_browse.py::test_only_a_page_of_its_own_is_replaced",
        ),
    ),
    Attack(
        "export, `quality`, review sheets",
        "a link that leads elsewhere, a page of the user",
        "an error; nothing is written through it or over it",
        (
            f"{_EXPORT}test_a_link_that_leads_nowhere_is_not_written_through",
            f"{_EXPORT}test_what_is_no_folder_is_not_written_into",
            "end_to_end/test_quality_pages.py::test_no_page_of_the_user_is_replaced_or_written_through_a_link",
            "pages/test_review_sheets.py::test_a_sheet_is_not_written_through_a_link",
        ),
    ),
    Attack(
        "paths",
        "dots, slashes and wildcards in names that become folders",
        "an error",
        ("storage/contract_reading.py::test_names_cannot_lead_out_of_the_folder",),
    ),
    Attack(
        "paths",
        "a source that declares files outside its data directory",
        "an error",
        ("sources/test_declaration.py::test_a_source_declares_no_file_outside_its_data_directory",),
    ),
    Attack(
        "paths",
        "a folder, pipe, device or dangling link in the place of a file of settings",
        "an error; it is never opened",
        ("config/test_toml.py::test_what_is_no_file_is_never_opened",),
    ),
    Attack(
        "prompts: tags",
        "a text of data closes or opens a block of the prompt, in every spelling",
        "the tag loses its brackets",
        (f"{_DISARMING}test_a_tag_loses_its_brackets_in_every_spelling",),
    ),
    Attack(
        "prompts: control tokens",
        "a special token of a model's tokenizer, whole, in other spellings, within another, in any text",
        "it is broken up",
        (
            f"{_DISARMING}test_a_control_token_is_broken_up",
            f"{_DISARMING}test_a_control_token_is_broken_up_in_other_spellings",
            f"{_DISARMING}test_tokens_within_others_are_broken_up_too",
            f"{_DISARMING}test_a_disarmed_text_holds_no_token_and_stays_as_it_is",
            f"{_DISARMING}test_every_special_token_of_the_embedded_model_is_broken_up",
        ),
    ),
    Attack(
        "prompts: fields",
        "both in every field of every role",
        "no field brings one into a prompt",
        (f"{_DISARMING}test_no_field_brings_a_tag_or_a_token_into_a_prompt",),
    ),
    Attack(
        "prompts: time",
        "texts on which a pattern might take quadratic time",
        "time in proportion to the length",
        (f"{_DISARMING}test_the_time_is_in_proportion_to_the_length",),
    ),
    Attack(
        "terminal",
        "markup, escape sequences, bidirectional marks in questions, replies, paths and descriptions",
        "printed as text",
        (
            "cli/test_terminal.py::test_what_is_printed_has_an_encoding_and_no_control_character",
            "cli/test_terminal.py::test_every_way_to_print_shows_a_hostile_text_as_it_is",
            "cli/test_sql.py::test_texts_are_data_and_control_no_terminal",
        ),
    ),
    Attack(
        "report, review form, Data Docs, page of questions",
        "HTML in questions, replies and names",
        "shown as text",
        (
            "pages/test_quality_report.py::test_what_texts_hold_is_text",
            "pages/test_review_sheets.py::test_what_stands_in_a_text_is_no_markup",
            "pages/test_data_docs.py::test_the_name_of_a_profile_is_no_markup",
            "pages/test_browse.py::test_texts_are_data",
        ),
    ),
    Attack(
        "review sheet",
        "a text that a spreadsheet reads as a formula",
        "escaped, and read back as it was",
        (
            "people/test_review_files.py::test_a_cell_is_no_formula_and_comes_back",
            "people/test_review_files.py::test_no_cell_is_a_formula_whatever_separates_the_cells",
        ),
    ),
    Attack(
        "servers of a build",
        "a page of another site, by Origin or a name that was pointed at this machine",
        "status 403",
        (
            "servers/test_origins.py::test_a_page_of_another_site_gets_nothing_from_a_server_of_a_build",
            "servers/test_origins.py::test_no_text_but_a_page_of_the_host_itself_is_an_origin",
            "servers/test_origins.py::test_no_text_but_a_name_of_this_machine_is_a_host",
        ),
    ),
    Attack(
        "keys: files",
        "an endpoint repeats the key in headers, replies and errors of all kinds, quoted and in base64",
        "it is in no file, table, ledger or output",
        (
            "llm/transports/test_secrets.py::test_the_key_is_nowhere",
            "config/test_credentials.py::test_text_json_and_addresses",
            "config/test_credentials.py::test_within_anything_in_base64",
            "config/test_credentials.py::test_a_short_key_is_taken_out_where_it_stands_alone",
        ),
    ),
    Attack(
        "keys: other processes",
        "reading the environment of every process under the UI, and of the servers of a build",
        "they have no key",
        (
            "end_to_end/test_ui.py::test_a_person_materialises_a_table_and_backfills_a_source",
            "servers/test_process.py::test_a_server_of_a_build_has_no_key",
        ),
    ),
    Attack(
        "keys: the wire",
        "a key over plain http to another host; an address that holds a password",
        "an error when the profile loads, unless declared",
        (
            "config/test_requests.py::test_a_key_goes_over_http_to_this_machine_only_unless_declared",
            "config/test_requests.py::test_an_address_is_kept_whole_or_refused",
        ),
    ),
    Attack(
        "keys: the wire",
        "an endpoint, or what `doctor` asks, redirects to another host",
        "not followed; the new address is named without the key",
        (
            "llm/transports/test_connection.py::test_the_doctor_names_what_is_wrong_and_never_the_key",
            "llm/engine/test_declined.py::test_an_address_that_has_moved_stops_at_once_and_the_new_one_is_named",
            "llm/transports/test_connection.py::test_a_redirect_of_a_batch_is_not_followed",
            "llm/transports/batches/test_batch_client.py::test_a_redirect_names_the_new_address_and_is_not_followed",
        ),
    ),
)
