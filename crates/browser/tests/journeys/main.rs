//! Journeys of people through the pages, in a real Chromium, on the whole platform with the demonstration city in it.

mod applying;
mod everything;
mod filling;
mod looking;
mod town;
