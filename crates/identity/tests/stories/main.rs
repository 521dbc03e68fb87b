//! Stories of identity, on both databases.

mod api;
mod mandates;
mod registering;
mod secrets;
mod sessions;
mod signing_in;
mod staff;
mod world;
