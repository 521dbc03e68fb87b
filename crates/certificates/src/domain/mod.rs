//! Pure rules: what a certificate is, how long it is valid, which one a new one replaces, its numbers.

pub(crate) mod certificate;
pub(crate) mod change;
pub(crate) mod codes;
pub(crate) mod file;
pub(crate) mod report;
pub(crate) mod usage;
pub(crate) mod validity;
