//! Pages for citizens and enterprises, phone first: find an item, read its guide, sign in, check a document.
//!
//! Owns no table. Asks `identity` who somebody is; what is published and which documents there are it asks through the
//! ports [`Shelves`] and [`Documents`].

mod apply;
mod finding;
mod mine;
mod pages;
mod shelf;
mod showing;
mod web;

pub use shelf::{Confirmed, Documents, Shelf, Shelves};
pub use web::{Applying, Checking, Mine, Opened, Portal, apply_routes, check_routes, my_routes, open_routes, routes};
