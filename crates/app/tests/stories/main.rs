//! Stories of the whole platform, on whichever engine is under test.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod acting;
mod administrators;
mod apply_hostile;
mod apply_pages;
mod apply_walk;
mod applying;
mod at_once;
mod browser;
mod city_settings;
mod commands;
mod counter;
mod desk;
mod hostile;
mod kept;
mod law;
mod limits;
mod lists;
mod looks;
mod measuring;
mod my_pages;
mod open;
mod other_people;
mod rare;
mod rights;
mod schema;
mod sealed;
mod talking;
mod town;
mod turn_of_year;
