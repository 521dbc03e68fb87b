//! Code lists: divisions, departments, themes, certificate types.
