//! Journeys of people through the pages, in a real Chromium, on the whole platform with the demonstration city in it.

mod everything;
mod looking;
mod town;
