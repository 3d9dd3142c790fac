//! A progress bar, for people who wait: only on a terminal, and only once a scan has taken a while.

use std::io::IsTerminal;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::engine::Progress;

const PATIENCE: Duration = Duration::from_secs(1);
const REDRAW: Duration = Duration::from_millis(100);

/// Runs `work`, with a bar on standard error while it takes long.
pub(super) fn with_bar<T>(work: impl FnOnce(&Progress) -> T) -> T {
    let progress = Progress::default();
    if !std::io::stderr().is_terminal() {
        return work(&progress);
    }
    std::thread::scope(|scope| {
        // Dropping the sender, however `work` ends, ends the drawing.
        let (working, finished) = channel::<()>();
        let shown = &progress;
        scope.spawn(move || {
            if finished.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let style = ProgressStyle::with_template("{spinner} {pos}/{len} files {wide_bar} {elapsed}").unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = ProgressBar::new(0).with_style(style);
            while finished.recv_timeout(REDRAW) == Err(RecvTimeoutError::Timeout) {
                bar.set_length(shown.total.load(Ordering::Relaxed));
                bar.set_position(shown.done.load(Ordering::Relaxed));
                bar.tick();
            }
            bar.finish_and_clear();
        });
        let result = work(&progress);
        drop(working);
        result
    })
}
