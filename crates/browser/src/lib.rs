//! A real Chromium for tests: the driver as a child process, a browser of one size, with or without script, and what the
//! journeys do with it: go, read, fill in, press, upload, take a picture, look for barriers.
//!
//! Owns nothing and is never shipped. Needs Debian's `chromium` and `chromium-driver`; a missing browser is a failed
//! test, never a skipped one.

mod barriers;
mod driver;
mod html;
mod person;

pub use barriers::{AXE, Barrier};
pub use driver::{Driver, DriverError};
pub use html::{VNU, invalid};
pub use person::{Person, Screen};
pub use thirtyfour::Key;
