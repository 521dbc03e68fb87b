//! The case engine (统一业务受理): life cycle, clocks, tasks, notices, ratings.

pub mod domain;
