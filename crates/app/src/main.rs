//! The binary `tongban`.

fn main() -> std::process::ExitCode {
    app::main()
}
