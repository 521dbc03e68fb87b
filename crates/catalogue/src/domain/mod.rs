//! Pure rules of the catalogue.

mod assess;
pub(crate) mod expr;
mod item;
pub(crate) mod procedure;
#[cfg(test)]
pub(crate) mod samples;

pub use assess::*;
pub use expr::{Expr, ExprError, Names};
pub use item::*;
pub use procedure::{CompileFault, Place, Procedure, Source, StepGroup};
