//! Pure rules of the case engine.

pub mod avoidance;
pub mod case;
pub mod clocks;
pub mod command;
pub mod course;
pub mod decide;
pub mod documents;
pub mod event;
pub mod lawful;
pub mod tasks;
pub mod voice;
