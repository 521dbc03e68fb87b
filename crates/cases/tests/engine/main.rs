//! The decider of the case engine under law's table and under random hands, without a database.

mod clocks;
mod course;
mod random;
mod stage;
