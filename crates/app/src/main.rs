//! The binary `tongban`: configuration, wiring, listener table, commands.

fn main() {}
