//! The one-window service system (一窗式服务系统), first part: pages on which clerks, reviewers, approvers and certificate
//! clerks do their work and supervisors look on, over the case engine.
//!
//! Owns no table and no rule: what may be done, and why something may not, is asked of `cases`, whose decider answers.

mod asking;
mod pages;
mod showing;
mod web;

pub use web::{Window, routes, seal_routes};
