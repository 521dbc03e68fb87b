//! The portal as people meet it.

mod looking;
mod signing_in;
mod world;
