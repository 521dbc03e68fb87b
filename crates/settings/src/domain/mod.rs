//! Pure: what can be set, what may stand in it, which version counts on a day.

pub(crate) mod notices;
pub(crate) mod offices;
pub(crate) mod rules;
pub(crate) mod snapshot;
pub(crate) mod version;
