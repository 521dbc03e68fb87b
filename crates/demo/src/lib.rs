//! The demonstration city: staff, synthetic people, certificates, and the walk through every item.

pub mod answers;
pub mod city;
