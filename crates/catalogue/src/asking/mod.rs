//! Forms of an item on pages: which questions stand together, answers as typed and as kept, and the controls. Pure; the
//! applicant's pages and the counter's ask through it alike.

pub mod answers;
pub mod condition;
pub mod controls;
pub mod delivery;
pub mod plan;
pub mod questions;
pub mod words;
