//! Files come in, are examined, handed out and swept; hostile ones stay outside.

mod hostile;
mod keeping;
mod made;
mod storage;
