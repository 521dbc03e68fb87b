//! Pure rules of the catalogue.

mod assess;
mod check;
pub(crate) mod expr;
mod format;
mod item;
pub(crate) mod procedure;
#[cfg(test)]
pub(crate) mod samples;

pub use assess::*;
pub use check::{Checked, Severity, Violation, check};
pub use expr::{Expr, ExprError, Names};
pub use format::{CatalogueFile, MAX_FILE_BYTES};
pub use item::*;
pub use procedure::{CompileFault, Place, Procedure, Source, StepGroup};
