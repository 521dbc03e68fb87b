//! What applying needs beside pages and handlers: the way an application comes in and what there is to say of an item
//! before and while somebody applies; the plan of questions and answers as typed are the catalogue's. Pure.

pub(crate) mod channel;
pub(crate) mod saying;

pub(crate) use catalogue::asking::{answers, plan, questions};
