//! The site as strangers, people and programs meet it.

mod forms_of_input;
mod guard;
mod repeating;
mod site_pages;
mod world;
