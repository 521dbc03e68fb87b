//! The look of all pages: one frame, one style sheet, components that only place ready-made values.

pub(crate) mod assets;
pub mod code;
pub mod components;
pub(crate) mod design;
pub mod forms;
pub mod frame;
mod problem_page;
pub(crate) mod resume_page;
pub(crate) mod settings_page;

pub(crate) use problem_page::problem_page;
