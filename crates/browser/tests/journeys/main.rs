//! Journeys of people through the pages, in a real Chromium, on the whole platform with the demonstration city in it.

mod applying;
mod everything;
mod eye;
mod filling;
mod flows;
mod keyboard;
mod looking;
mod printing;
mod town;
mod typing;
mod visits;
