//! The portal as people meet it.

mod looking;
mod people;
mod resuming;
mod signing_in;
mod world;
