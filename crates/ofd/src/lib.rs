//! Documents of record: OFD packages (GB/T 33190—2016) with embedded fonts, and PDFs of the same pages.
//!
//! One layout ([`layout`]) makes a [`Document`]; [`write_ofd`] and [`write_pdf`] write it. The crate owns no table, reads
//! no clock and no file; what it is given, it returns as bytes.

mod finding;
mod fonts;
pub mod layout;
mod model;
mod pdf;
mod read;
pub mod seal;
mod validate;
mod write;

pub use finding::{Code, Finding, Layer, Weight};
pub use fonts::{Drawn, Face, FontError, Fonts};
pub use model::{Attachment, Colour, Document, Image, Info, Item, Page, Path, Picture, Run, Step};
pub use pdf::write_pdf;
pub use read::{Limits, Piece, ReadAttachment, ReadPage, Reading, SignatureKind, SignatureRecord, Stamp, read};
pub use validate::{Report, SignatureReport, State, check_seal, validate};
pub use write::{Package, WriteError, write_ofd};
