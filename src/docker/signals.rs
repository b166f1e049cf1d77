//! Who gets which signal while a program runs for us.
//!
//! Ctrl-C on a terminal reaches every program in the foreground, the one we run included: it decides what to do about
//! it, and we wait for its end instead of leaving it alone on the terminal. A second copy from us would be taken for a
//! second Ctrl-C, which makes docker compose kill what it was stopping. Without a terminal nobody but us got the
//! signal, so it is passed on. SIGTERM and SIGHUP are sent to one process: always passed on.
//!
//! Work that must be put right when it is broken off takes care ([`take_care`]): then a signal never ends us. It ends
//! the program that runs for us, no other is begun, and what puts things right ([`Care::mend`]) is not disturbed.

use std::io::IsTerminal;
use std::process::Child;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Mutex, Once};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

static RUNNING: Mutex<Vec<Running>> = Mutex::new(Vec::new());
/// The first signal that came while a program ran for us, or 0.
static INTERRUPTED: AtomicI32 = AtomicI32::new(0);
static CAREFUL: AtomicUsize = AtomicUsize::new(0);
static MENDING: AtomicUsize = AtomicUsize::new(0);
static LISTENING: Once = Once::new();

/// How long a program that does not share our terminal may take to end before it is killed: a client of docker has
/// nothing to tidy up that we do not.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, PartialEq, Eq)]
struct Running {
    pid: Pid,
    apart: bool,
}

/// Whether a signal came while a program ran for us: what was planned after it is not to be begun.
#[must_use]
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed) != 0
}

/// The exit code that shells give to what the signal ended; none where there was no signal.
#[must_use]
pub fn interrupted_by() -> Option<u8> {
    u8::try_from(INTERRUPTED.load(Ordering::Relaxed)).ok().filter(|number| *number != 0).map(|number| 128 + number)
}

/// While it exists, signals do not end us.
#[derive(Debug)]
pub struct Care(());

/// While it exists, signals do not end what runs for us either.
#[derive(Debug)]
pub struct Mending(());

/// Begins work that must be put right when it is broken off.
#[must_use]
pub fn take_care() -> Care {
    LISTENING.call_once(listen);
    CAREFUL.fetch_add(1, Ordering::Relaxed);
    Care(())
}

impl Care {
    /// Begins to put things right.
    #[must_use]
    pub fn mend(&self) -> Mending {
        MENDING.fetch_add(1, Ordering::Relaxed);
        Mending(())
    }
}

impl Mending {
    /// Whether things are being put right.
    #[must_use]
    pub fn is_underway() -> bool {
        MENDING.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Care {
    fn drop(&mut self) {
        CAREFUL.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Mending {
    fn drop(&mut self) {
        MENDING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A program that is running for us. While it exists, signals are the program's.
pub(super) struct Accompanied(Option<Running>);

/// Takes care of signals for a program that has been started.
pub(super) fn accompany(child: &Child, apart: bool) -> Accompanied {
    LISTENING.call_once(listen);
    let running_now = i32::try_from(child.id()).ok().and_then(Pid::from_raw).map(|pid| Running { pid, apart });
    running().extend(running_now);
    Accompanied(running_now)
}

impl Accompanied {
    /// Asks it to end.
    pub(super) fn terminate(&self) {
        self.0.into_iter().for_each(|running| send(running.pid, Signal::TERM));
    }
}

impl Drop for Accompanied {
    fn drop(&mut self) {
        running().retain(|one| Some(*one) != self.0);
    }
}

fn running() -> std::sync::MutexGuard<'static, Vec<Running>> {
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
    if running.is_empty() && CAREFUL.load(Ordering::Relaxed) == 0 {
        let _ = emulate_default_handler(number);
        return;
    }
    let _ = INTERRUPTED.compare_exchange(0, number, Ordering::Relaxed, Ordering::Relaxed);
    if Mending::is_underway() {
        return;
    }
    let typed = matches!(number, SIGINT | SIGQUIT) && on_a_terminal();
    for one in running.iter() {
        if one.apart {
            send(one.pid, Signal::TERM);
            let one = *one;
            std::thread::spawn(move || kill_later(one));
        } else if let Some(signal) = Signal::from_named_raw(number).filter(|_| !typed) {
            send(one.pid, signal);
        }
    }
}

fn kill_later(one: Running) {
    std::thread::sleep(PATIENCE);
    if running().contains(&one) {
        send(one.pid, Signal::KILL);
    }
}

fn on_a_terminal() -> bool {
    std::io::stdin().is_terminal() || std::io::stdout().is_terminal() || std::io::stderr().is_terminal()
}
