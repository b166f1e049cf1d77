//! The `lapstrake` program: collects arguments and environment, runs, and ends with the exit code.

use std::process::ExitCode;

use lapstrake::app::Context;
use lapstrake::cli;
use lapstrake::commands;
use lapstrake::docker::System;
use lapstrake::environment::ProcessEnvironment;
use lapstrake::settings::Settings;
use lapstrake::terminal::Printer;

fn main() -> ExitCode {
    if cli::answer(std::env::args_os()) {
        return ExitCode::SUCCESS;
    }
    let settings = match Settings::from_arguments(std::env::args_os()) {
        Ok(settings) => settings,
        Err(message) => {
            // Help that nobody reads to its end is no failure.
            let _ = message.print();
            return ExitCode::from(u8::try_from(message.exit_code()).unwrap_or(1));
        }
    };
    let printer = Printer::new(settings.colour, settings.quiet);
    let process = ProcessEnvironment::of_this_process();
    commands::run(&Context { settings: &settings, printer: &printer, runner: &System, process: &process }).into()
}
