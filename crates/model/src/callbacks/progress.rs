//! Keras's progress line (`keras.callbacks.ProgbarLogger`, `keras.utils.Progbar`).

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use cornu_tensor::Scalar;

use super::{Callback, Training};
use crate::{Logs, ModelError};

/// How much a training tells on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbose {
    /// A bar on a terminal, a line an epoch elsewhere (Keras's `"auto"`).
    #[default]
    Auto,
    /// Nothing (Keras's 0).
    Silent,
    /// A bar that moves (Keras's 1).
    Bar,
    /// A line an epoch (Keras's 2).
    Line,
}

impl Verbose {
    /// What `Auto` means here.
    pub(crate) fn resolved(self) -> Self {
        match self {
            Self::Auto if std::io::stdout().is_terminal() => Self::Bar,
            Self::Auto => Self::Line,
            chosen => chosen,
        }
    }
}

/// The width of the bar.
const WIDTH: usize = 20;
/// The bar is drawn at most this often.
const INTERVAL: Duration = Duration::from_millis(50);

/// Prints the progress of each epoch. A terminal that cannot be written to is no reason to stop training.
#[derive(Debug)]
pub(crate) struct Progress {
    verbose: Verbose,
    steps: usize,
    seen: usize,
    started: Instant,
    after_first: Option<Instant>,
    drawn: Option<Instant>,
    width: usize,
}

impl Progress {
    pub(crate) fn new(verbose: Verbose) -> Self {
        let verbose = verbose.resolved();
        Self { verbose, steps: 0, seen: 0, started: Instant::now(), after_first: None, drawn: None, width: 0 }
    }

    /// Begins a row of steps; 0 where nobody knows how many.
    pub(crate) fn begin(&mut self, steps: usize) {
        (self.steps, self.started, self.after_first, self.drawn, self.width) = (steps, Instant::now(), None, None, 0);
    }

    /// Tells what the steps so far have given.
    pub(crate) fn tell(&mut self, current: usize, logs: &Logs, done: bool) {
        let now = Instant::now();
        if current == 1 {
            self.after_first = Some(now);
        }
        match self.verbose {
            Verbose::Bar if done || self.drawn.is_none_or(|drawn| now - drawn >= INTERVAL) => {
                let text = self.bar(current, now, logs, done);
                self.drawn = Some(now);
                print(&text);
            }
            Verbose::Line if done => {
                print(&format!("{}\n", line(current, self.steps, self.elapsed(current, now), logs)))
            }
            _ => {}
        }
    }

    /// Tells that the row has ended, after so many steps.
    pub(crate) fn end(&mut self, steps: usize, logs: &Logs) {
        if self.steps == 0 {
            self.steps = steps;
        }
        self.tell(self.steps, logs, true);
    }

    /// Time since the beginning, and time a step. The first step, which allocates, is left out where there are others.
    fn elapsed(&self, current: usize, now: Instant) -> (Duration, Duration) {
        let total = now - self.started;
        let each = match self.after_first {
            Some(first) if current > 1 => (now - first) / u32::try_from(current - 1).unwrap_or(u32::MAX),
            _ => total / u32::try_from(current.max(1)).unwrap_or(u32::MAX),
        };
        (total, each)
    }

    /// The bar, drawn over the one before.
    fn bar(&mut self, current: usize, now: Instant, logs: &Logs, done: bool) -> String {
        let (total, each) = self.elapsed(current, now);
        let filled = (WIDTH * current).checked_div(self.steps).unwrap_or(0);
        let rest = self.steps.saturating_sub(current);
        let left = if done { seconds(total) } else { clock(each.as_secs_f64() * rest as f64) };
        let (count, each) = (count(current, self.steps), a_step(each));
        let green = if filled > 0 { format!("\x1b[32m{}\x1b[0m", "━".repeat(filled)) } else { String::new() };
        let grey = "━".repeat(WIDTH - filled.min(WIDTH));
        let plain = format!("{count}  {left} {each} - {logs}").chars().count() + WIDTH;
        let padding = " ".repeat(self.width.saturating_sub(plain));
        self.width = plain;
        let end = if done { "\n" } else { "" };
        format!(
            "\r\x1b[1m{count}\x1b[0m {green}\x1b[37m{grey}\x1b[0m \x1b[1m{left}\x1b[0m {each} - {logs}{padding}{end}"
        )
    }
}

/// `Epoch 2/10` above an epoch's line, if there is more than one.
fn header(epoch: usize, epochs: usize) -> String {
    if epochs > 1 { format!("Epoch {}/{epochs}\n", epoch + 1) } else { String::new() }
}

/// The line of a whole epoch.
fn line(current: usize, steps: usize, (total, each): (Duration, Duration), logs: &Logs) -> String {
    format!("{} - {} - {} - {logs}", count(current, steps), seconds(total), a_step(each))
}

/// ` 7/10`, the first number as wide as the second; `      7/Unknown` where nobody knows how many.
fn count(current: usize, steps: usize) -> String {
    if steps == 0 {
        return format!("{current:>7}/Unknown");
    }
    let width = steps.to_string().len();
    format!("{current:>width$}/{steps}")
}

/// `3s`
fn seconds(time: Duration) -> String {
    format!("{:.0}s", time.as_secs_f64())
}

/// What is left, as hours, minutes and seconds.
fn clock(seconds: f64) -> String {
    let whole = seconds as u64;
    if seconds > 3600.0 {
        format!("{}:{:02}:{:02}", whole / 3600, whole % 3600 / 60, whole % 60)
    } else if seconds > 60.0 {
        format!("{}:{:02}", whole / 60, whole % 60)
    } else {
        format!("{whole}s")
    }
}

/// `12ms/step`
fn a_step(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds >= 1.0 || seconds == 0.0 {
        format!("{seconds:.0}s/step")
    } else if seconds >= 1e-3 {
        format!("{:.0}ms/step", seconds * 1e3)
    } else {
        format!("{:.0}us/step", seconds * 1e6)
    }
}

/// Prints. A terminal that cannot be written to is no reason to stop training.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

impl<T: Scalar> Callback<T> for Progress {
    fn on_epoch_begin(&mut self, epoch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let params = training.params();
        self.begin(params.steps);
        if self.verbose != Verbose::Silent {
            print(&header(epoch, params.epochs));
        }
        Ok(())
    }

    fn on_train_batch_end(
        &mut self,
        batch: usize,
        logs: &Logs,
        _training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        self.seen = batch + 1;
        if self.steps == 0 || batch + 1 < self.steps {
            self.tell(batch + 1, logs, false);
        }
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        _epoch: usize,
        logs: &mut Logs,
        _training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        self.end(self.seen, logs);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use cornu_testkit::golden::{self, GoldenError};

    use super::*;

    /// `5/5 - 1s - 116ms/step - accuracy: 0.3333` → 5, 5 and the numbers by name; words in bold and colour too.
    fn read(line: &str) -> (usize, usize, Logs) {
        let digits: Vec<usize> = line
            .trim_start_matches("\x1b[1m")
            .split(['/', ' ', '\x1b'])
            .filter(|text| !text.is_empty())
            .take(2)
            .map(|text| text.parse().unwrap())
            .collect();
        let mut logs = Logs::default();
        for (name, value) in line.split(" - ").filter_map(|part| part.split_once(": ")) {
            logs.set(name, value.trim().parse().unwrap());
        }
        (digits[0], digits[1], logs)
    }

    /// The text with `T` in place of every time.
    fn timeless(text: &str) -> String {
        let is_time = |word: &str| {
            let word = word.trim_start_matches("\x1b[1m").trim_end_matches("\x1b[0m").trim_end_matches("/step");
            word.starts_with(|first: char| first.is_ascii_digit()) && word.ends_with('s')
        };
        text.trim_end().split(' ').map(|word| if is_time(word) { "T" } else { word }).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_keras_prints() -> Result<(), GoldenError> {
        let file = golden::read("fit")?;
        let mut lines = 0;
        for printed in golden::list(&file["printed"])?.iter().filter(|printed| printed["call"] != "predict") {
            let (text, epochs) =
                (golden::text(&printed["text"])?, printed["arguments"]["epochs"].as_u64().unwrap_or(1));
            let headers: Vec<&str> = text.split_inclusive('\n').filter(|line| line.starts_with("Epoch")).collect();
            let expected: Vec<String> = (0..epochs as usize).map(|epoch| header(epoch, epochs as usize)).collect();
            assert_eq!(headers.concat(), expected.concat());
            for line in text.split_inclusive(['\r', '\n']).filter(|line| line.contains("/step")) {
                let done = line.ends_with('\n');
                let line = line.trim_end_matches(['\r', '\n', '\x08']);
                let (current, steps, logs) = read(line);
                let mut progress = Progress::new(Verbose::Bar);
                progress.begin(steps);
                let text = if line.starts_with('\x1b') {
                    progress.bar(current, Instant::now(), &logs, done).trim_start_matches('\r').to_owned()
                } else {
                    super::line(current, steps, (Duration::ZERO, Duration::ZERO), &logs)
                };
                assert_eq!(timeless(&text), timeless(line));
                lines += 1;
            }
        }
        assert!(lines > 20, "only {lines} lines");
        Ok(())
    }

    #[test]
    fn a_line_reads_as_kerass() {
        let mut logs = Logs::default();
        logs.set("accuracy", 0.5);
        logs.set("loss", 0.693_2);
        let times = (Duration::from_millis(480), Duration::from_millis(48));
        assert_eq!(line(10, 10, times, &logs), "10/10 - 0s - 48ms/step - accuracy: 0.5000 - loss: 0.6932");
        assert_eq!(count(7, 100), "  7/100");
        assert_eq!([9.9, 60.0, 60.5, 61.0, 3_725.0].map(clock), ["9s", "60s", "1:00", "1:01", "1:02:05"]);
        assert_eq!(a_step(Duration::from_micros(12)), "12us/step");
    }

    #[test]
    fn a_shorter_bar_wipes_the_longer_one() {
        let mut progress = Progress::new(Verbose::Bar);
        progress.begin(3);
        let mut logs = Logs::default();
        logs.set("loss", 12345.5);
        let now = progress.started; // the time a step is part of the width
        progress.bar(1, now, &logs, false);
        logs.set("loss", 1.5);
        let text = progress.bar(3, now, &logs, true);
        assert!(text.ends_with("loss: 1.5000    \n"), "{text:?}");
        assert!(text.contains("\x1b[32m━━━━━━━━━━━━━━━━━━━━\x1b[0m"));
    }
}
