//! The `askfirst` program.

fn main() -> std::process::ExitCode {
    askfirst::cli::main()
}
