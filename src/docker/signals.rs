//! Who gets which signal while a program runs for us.
//!
//! Ctrl-C on a terminal reaches every program in the foreground, the one we run included: it decides what to do about
//! it, and we wait for its end instead of leaving it alone on the terminal. A second copy from us would be taken for a
//! second Ctrl-C, which makes docker compose kill what it was stopping. Without a terminal nobody but us got the
//! signal, so it is passed on. SIGTERM and SIGHUP are sent to one process: always passed on.

use std::io::IsTerminal;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once};

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static LISTENING: Once = Once::new();

/// Whether a signal came while a program ran for us: what was planned after it is not to be begun.
#[must_use]
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// A program that is running for us. While it exists, signals are the program's.
pub(super) struct Accompanied(Option<Pid>);

/// Takes care of signals for a program that has been started.
pub(super) fn accompany(child: &Child) -> Accompanied {
    LISTENING.call_once(listen);
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    running().extend(pid);
    Accompanied(pid)
}

impl Accompanied {
    /// Asks it to end.
    pub(super) fn terminate(&self) {
        self.0.into_iter().for_each(|pid| send(pid, Signal::TERM));
    }
}

impl Drop for Accompanied {
    fn drop(&mut self) {
        running().retain(|pid| Some(*pid) != self.0);
    }
}

fn running() -> std::sync::MutexGuard<'static, Vec<Pid>> {
    RUNNING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// One that has ended in the meantime needs no signal any more.
fn send(pid: Pid, signal: Signal) {
    let _ = kill_process(pid, signal);
}

fn listen() {
    // Without a listener signals do what they do by default: both of us end.
    let Ok(mut signals) = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]) else { return };
    std::thread::spawn(move || signals.forever().for_each(received));
}

fn received(number: i32) {
    let running = running();
    if running.is_empty() {
        let _ = emulate_default_handler(number);
        return;
    }
    INTERRUPTED.store(true, Ordering::Relaxed);
    let typed = matches!(number, SIGINT | SIGQUIT) && on_a_terminal();
    if let Some(signal) = Signal::from_named_raw(number).filter(|_| !typed) {
        running.iter().for_each(|pid| send(*pid, signal));
    }
}

fn on_a_terminal() -> bool {
    std::io::stdin().is_terminal() || std::io::stdout().is_terminal() || std::io::stderr().is_terminal()
}
