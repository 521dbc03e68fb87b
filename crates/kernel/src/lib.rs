//! The words everything else is written in: typed ids, who acts, time, kinds of failure, identifiers with their check
//! characters, masking, and the city's working-day calendar.
//!
//! Pure: nothing here reads a file, a network or (outside [`Clock`]) the system clock.

mod act;
mod failure;
mod ids;
mod time;

pub mod calendar;
pub mod identifiers;
pub mod masking;

pub use act::{Act, Actor, Channel, ParseWordError, Role, SubjectKind};
pub use failure::{Failure, Fault, Kind};
pub use ids::{AccountId, FileId, ParseIdError, SubjectId, next_id, use_node};
pub use jiff::{Timestamp, civil::Date};
pub use time::{Clock, city_date, city_midnight, day_of, rfc3339, show_date, show_time};

/// Used by [`typed_id!`] alone.
#[doc(hidden)]
pub mod ids_private {
    pub use crate::ids::{read_id, write_id};
}
