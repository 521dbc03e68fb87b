//! Pages for citizens and enterprises, phone first.

mod condition;
mod finding;
mod pages;
mod showing;
