//! Pure rules: which kinds of file are taken, what a file's name may be, what its content really is.

pub(crate) mod inspect;
pub(crate) mod name;

mod kinds;

pub use inspect::inspect;
pub use kinds::{MediaType, Origin, Refusal, State};
pub use name::declared;
