//! Keras's progress line (`keras.utils.Progbar`).

use std::io::Write;
use std::time::{Duration, Instant};

use super::Verbose;
use crate::Logs;
use crate::logs::entry;

/// The width of the bar.
const WIDTH: usize = 20;
/// The bar is drawn at most this often.
const INTERVAL: Duration = Duration::from_millis(50);

/// A row of steps, and how far it has come.
#[derive(Debug)]
pub(super) struct Progress {
    verbose: Verbose,
    steps: usize,
    started: Instant,
    after_first: Option<Instant>,
    drawn: Option<Instant>,
    width: usize,
    /// The names behind the bar, in the order in which they came.
    names: Vec<String>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            verbose: Verbose::Silent,
            steps: 0,
            started: Instant::now(),
            after_first: None,
            drawn: None,
            width: 0,
            names: Vec::new(),
        }
    }
}

impl Progress {
    /// Begins a row of steps; 0 where nobody knows how many.
    pub(super) fn begin(&mut self, verbose: Verbose, steps: usize) {
        *self = Self { verbose, steps, ..Self::default() };
    }

    /// Tells what the steps so far have given.
    pub(super) fn tell(&mut self, current: usize, logs: &Logs) {
        let now = Instant::now();
        if current == 1 {
            self.after_first = Some(now);
        }
        if self.verbose == Verbose::Bar {
            self.note(logs);
            let is_last = current == self.steps; // the end of the row draws it
            if !is_last && self.drawn.is_none_or(|drawn| now - drawn >= INTERVAL) {
                self.drawn = Some(now);
                print(&self.bar(current, now, logs, false));
            }
        }
    }

    /// Tells that the row has ended, after so many steps.
    pub(super) fn end(&mut self, steps: usize, logs: &Logs) {
        let now = Instant::now();
        if self.steps == 0 {
            self.steps = steps;
        }
        match self.verbose {
            Verbose::Bar => {
                self.note(logs);
                print(&self.bar(self.steps, now, logs, true));
            }
            Verbose::Line => {
                print(&format!("{}\n", line(self.steps, self.steps, self.elapsed(self.steps, now), logs)));
            }
            Verbose::Silent | Verbose::Auto => {}
        }
    }

    /// Takes in the names that are new.
    fn note(&mut self, logs: &Logs) {
        for (name, _) in logs.iter() {
            if !self.names.iter().any(|own| own == name) {
                self.names.push(name.to_owned());
            }
        }
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
        let left = each.as_secs_f64() * self.steps.saturating_sub(current) as f64;
        let time = if done || self.steps == 0 { seconds(total) } else { clock(left) };
        let (count, each) = (count(current, self.steps), a_step(each));
        let numbers: String =
            self.names.iter().filter_map(|name| logs.get(name).map(|value| behind(name, value))).collect();
        let width = format!("{count}  {time} {each}{numbers}").chars().count() + WIDTH;
        let padding = " ".repeat(self.width.saturating_sub(width));
        self.width = width;
        let bar = bar(current, self.steps);
        let end = if done { "\n" } else { "" };
        format!("\r\x1b[1m{count}\x1b[0m {bar} \x1b[1m{time}\x1b[0m {each}{numbers}{padding}{end}")
    }
}

/// A number behind the times.
fn behind(name: &str, value: f64) -> String {
    format!(" - {}", entry(name, value))
}

/// What is done in green, what is left in grey; all in grey where nobody knows.
fn bar(current: usize, steps: usize) -> String {
    let filled = (WIDTH * current).checked_div(steps).unwrap_or(0);
    let green = if filled > 0 { format!("\x1b[32m{}\x1b[0m", "━".repeat(filled)) } else { String::new() };
    format!("{green}\x1b[37m{}\x1b[0m", "━".repeat(WIDTH - filled.min(WIDTH)))
}

/// `Epoch 2/10` above an epoch's line, if there is more than one.
pub(super) fn header(epoch: usize, epochs: usize) -> String {
    if epochs > 1 { format!("Epoch {}/{epochs}\n", epoch + 1) } else { String::new() }
}

/// The line of a whole epoch.
fn line(current: usize, steps: usize, (total, each): (Duration, Duration), logs: &Logs) -> String {
    let numbers: String = logs.iter().map(|(name, value)| behind(name, value)).collect();
    format!("{} - {} - {}{numbers}", count(current, steps), seconds(total), a_step(each))
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
        for printed in golden::list(&file["printed"])?.iter() {
            let (text, epochs) =
                (golden::text(&printed["text"])?, printed["arguments"]["epochs"].as_u64().unwrap_or(1));
            let headers: Vec<&str> = text.split_inclusive('\n').filter(|line| line.starts_with("Epoch")).collect();
            let expected: Vec<String> = (0..epochs as usize).map(|epoch| header(epoch, epochs as usize)).collect();
            assert_eq!(headers.concat(), expected.concat());
            for line in text.split_inclusive(['\r', '\n']).filter(|line| line.contains("/step")) {
                let done = line.ends_with('\n');
                let line = line.trim_end_matches(['\r', '\n', '\x08']);
                let (current, steps, logs) = read(line);
                let mut progress = Progress::default();
                progress.begin(Verbose::Bar, steps);
                progress.note(&logs);
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
        let (mut progress, mut logs) = (Progress::default(), Logs::default());
        progress.begin(Verbose::Bar, 3);
        logs.set("loss", 12345.5);
        progress.note(&logs);
        let now = progress.started; // the time a step is part of the width
        progress.bar(1, now, &logs, false);
        logs.set("loss", 1.5);
        let text = progress.bar(3, now, &logs, true);
        assert!(text.ends_with("loss: 1.5000    \n"), "{text:?}");
        assert!(text.contains("\x1b[32m━━━━━━━━━━━━━━━━━━━━\x1b[0m"));
    }

    #[test]
    fn the_bar_keeps_the_order_in_which_the_names_came() {
        let (mut progress, mut logs) = (Progress::default(), Logs::default());
        progress.begin(Verbose::Bar, 2);
        logs.set("loss", 1.5);
        logs.set("weighted_mae", 2.0);
        progress.note(&logs);
        logs.set_measured("val_", "loss", 3.0);
        progress.note(&logs);
        assert!(logs.to_string().starts_with("loss: 1.5000 - val_loss"));
        let text = progress.bar(2, progress.started, &logs, true);
        assert!(text.ends_with("loss: 1.5000 - weighted_mae: 2.0000 - val_loss: 3.0000\n"), "{text:?}");
    }
}
