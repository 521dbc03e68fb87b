//! The case engine (统一业务受理): one life cycle for every item, from application to filing.
//!
//! Owns the tables `case_*`. A case is what its history says: append-only entries, chained by SM3 and numbered, where the
//! number is the optimistic lock. [`domain`] decides without touching anything; [`Cases`] loads, decides and writes the
//! entries, the read models and the facts for others in one transaction. Nothing here knows who listens to those facts.

pub mod domain;
mod error;
mod service;
mod store;
mod web;

pub use error::CaseError;
pub(crate) use service::CaseList;
pub use service::{
    Application, Assessed, CaseLook, CaseSight, Cases, ChainFault, Check, ConfirmedDocument, DRAFT_DAYS,
    DeclaredRelation, Draft, DraftProgress, FileFacts, KeptDraft, MyCase, MyCases, MyCounts, NewRelation, NoProgress,
    OpenDecision, OpenFilter, OpenKey, Opening, Openings, Parts, PlacesLeft, Progress, QueueScope, ReplayReport,
    RunningCase, Sight, SubjectKey, TakenIn, UnseenTalk,
};
pub use service::{
    CaseSearch, DESK_ROLES, DeskCount, DeskFilter, DeskKey, DeskPlace, DeskScope, DeskTask, FoundCase, GivenVerdict,
    Outlook, Verdict,
};
pub use store::{KeptDocument, SCHEMA};
pub use web::{TakenPart, draft_paper, routes, take_part};
