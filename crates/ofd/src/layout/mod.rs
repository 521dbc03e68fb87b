//! From text, tables and pictures to placed things on pages.
//!
//! Two ways, freely mixed: [`Placer`] puts things at given places, as certificates want; [`flow`] runs blocks down as
//! many pages as they need, as notices and lists want.

mod code;
mod flow;
mod lines;
mod place;
mod table;

pub use flow::{Block, Sheet, flow};
pub use lines::{Align, Style};
pub use place::{Fit, Placer};
pub use table::{Cell, Row, Table};

use crate::fonts::FontError;

/// Why something cannot be laid out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LayoutError {
    /// A character that no font has, or a broken font.
    #[error(transparent)]
    Font(#[from] FontError),
    /// A row of a table, or a picture, is higher than a page.
    #[error("something {needed:.1} mm high does not fit a page with {room:.1} mm")]
    TooHigh {
        /// Height needed in mm.
        needed: f64,
        /// Room of a whole page in mm.
        room: f64,
    },
    /// Text does not fit its box, even at the smallest size allowed.
    #[error("text of {0} characters does not fit its box")]
    TooLong(usize),
    /// A table's row has more or fewer columns than the table.
    #[error("row {row} of a table fills {filled} of {columns} columns")]
    Columns {
        /// Which row, from 0.
        row: usize,
        /// Columns that its cells fill.
        filled: usize,
        /// Columns of the table.
        columns: usize,
    },
    /// Text too long for a QR code.
    #[error("a code cannot hold {0} bytes")]
    Code(usize),
    /// Bytes that are neither PNG nor JPEG.
    #[error("a picture is neither PNG nor JPEG")]
    Picture,
}
