//! What applying needs beside pages and handlers: the plan of questions, answers as typed, and what there is to say of an
//! item before and while somebody applies. Pure.

pub(crate) mod answers;
pub(crate) mod channel;
pub(crate) mod plan;
pub(crate) mod questions;
pub(crate) mod saying;
