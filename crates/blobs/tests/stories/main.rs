//! Files come in, are examined, handed out and swept; hostile ones stay outside.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod hostile;
mod keeping;
mod made;
#[cfg(feature = "s3")]
mod s3;
mod storage;
