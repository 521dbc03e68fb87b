//! The only place that knows the tables of the case engine.

mod desk;
mod drafts;
mod history;
mod law;
mod lists;
mod open;
mod projection;
mod relations;
mod statements;
mod voice;

pub(crate) use desk::{
    QueueFilter, SearchFilter, VerdictRow, desk_counts, desk_queue, drop_verdict, keep_verdict, search, search_all,
    search_items, verdicts_of,
};
pub(crate) use drafts::{
    DraftRow, change_draft, draft, drafts, drop_draft, drop_stale_draft, keep_draft, new_draft, stale_drafts,
};
pub(crate) use history::{
    Head, all_cases, append, case_of_document, case_of_number, chain, changed_at, entries, head_after, load,
    open_number, running_cases, verify,
};
pub(crate) use law::{ahead, bad_entries, keep_credit, leave_line, stand_in_line, take_place, taken};
pub use lists::KeptDocument;
pub(crate) use lists::{
    CaseRow, Filter, NewDocument, PersonCaseRow, TaskRow, cases_for_staff, cases_of_file, cases_of_subject, document,
    documents, keep_document, keep_file, tasks_of, waking,
};
pub(crate) use open::{
    OpenRow, OpenWanted, complete_open, open_decisions, opened_since, publish, unopened, withdraw_open,
};
pub(crate) use projection::{Projection, project, projection_differs, rewrite_desk};
pub(crate) use relations::{RelationRow, drop_relation, keep_relation, relations_of};
use statements::STATEMENTS;
pub(crate) use voice::{
    drop_supplement, forget_misses, keep_supplement, kept_supplement, miss, misses, my_cases, my_counts,
    seen_by_applicant, seen_by_office, unread_of, unseen_by_office,
};

use db::{Home, Migration, Schema};

/// The tables of the case engine.
pub const SCHEMA: Schema = Schema {
    slice: "cases",
    migrations: &[
        Migration { number: 1, name: "cases", sql: include_str!("../../migrations/0001_cases.sql") },
        Migration { number: 2, name: "lists", sql: include_str!("../../migrations/0002_lists.sql") },
        Migration { number: 3, name: "voices", sql: include_str!("../../migrations/0003_voices.sql") },
        Migration { number: 4, name: "desk", sql: include_str!("../../migrations/0004_desk.sql") },
        Migration { number: 5, name: "orders", sql: include_str!("../../migrations/0005_orders.sql") },
        Migration { number: 6, name: "law", sql: include_str!("../../migrations/0006_law.sql") },
        Migration { number: 7, name: "open", sql: include_str!("../../migrations/0007_open.sql") },
    ],
    homes: &[
        ("case_record", Home::Key("case_id")),
        ("case_event", Home::Key("case_id")),
        ("case_number", Home::Key("number")),
        ("case_person", Home::Key("subject_id")),
        ("case_worklist", Home::Key("department")),
        ("case_document", Home::Key("case_id")),
        ("case_document_code", Home::Key("document_id")),
        ("case_file", Home::Key("file_id")),
        ("case_draft", Home::Key("subject_id")),
        ("case_supplement_draft", Home::Key("case_id")),
        ("case_progress_miss", Home::Key("who")),
        ("case_search", Home::Key("department")),
        ("case_verdict", Home::Key("case_id")),
        ("case_relation", Home::Key("account_id")),
        ("case_credit", Home::Key("subject_id")),
        ("case_line", Home::Key("item")),
        ("case_quota", Home::Key("item")),
        ("case_open_decision", Home::Key("case_id")),
    ],
    statements: STATEMENTS,
};
