//! The site as strangers, people and programs meet it.

mod forms_of_input;
mod guard;
mod kit_pages;
mod markup;
mod repeating;
mod resuming;
mod site_pages;
mod world;
