//! Pure rules: what a seal is and what may follow in its life; what a use of it is and what is unusual about one.

pub(crate) mod report;
pub(crate) mod seal;
pub(crate) mod usage;
