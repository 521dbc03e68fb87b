//! Rules of identity, without tables, clocks or network.

pub(crate) mod account;
pub(crate) mod attempts;
pub(crate) mod code;
pub(crate) mod consent;
pub(crate) mod document;
pub(crate) mod mandate;
pub(crate) mod password;
pub(crate) mod session;
pub(crate) mod staff;
pub(crate) mod subject;
