//! The comparison in words.

use crate::count::Toolchain;
use crate::figures::Line;

/// One line a workload, and what to do if one does not hold. The toolchains are those of the figures and of the counts.
pub(crate) fn text(then: &Toolchain, now: &Toolchain, tolerance: f64, lines: &[Line]) -> String {
    let width = lines.iter().map(|line| line.workload.len()).max().unwrap_or_default();
    let mut text = format!("{:width$}  {:>14}  {:>14}  {:>8}\n", "instructions of", "expected", "counted", "change");
    for line in lines {
        let [expected, counted] = [line.expected, line.counted].map(|n| n.map_or("–".to_owned(), grouped));
        let change = line.change().map_or("–".to_owned(), |change| format!("{:+.2} %", change * 100.0));
        let verdict = verdict(line, tolerance);
        text += &format!("{:width$}  {expected:>14}  {counted:>14}  {change:>8}  {verdict}\n", line.workload);
    }
    if then != now {
        text += &format!("The figures are those of rustc {}, the counts those of rustc {}.\n", then.rustc, now.rustc);
    }
    if !lines.iter().all(|line| line.holds(tolerance)) {
        text += &format!(
            "A count may be {} % from its figure. If this change is meant, renew the figures and commit them:\n    \
             .ci/guard --renew\n",
            tolerance * 100.0
        );
    }
    text
}

fn verdict(line: &Line, tolerance: f64) -> &'static str {
    match (line.expected, line.counted) {
        _ if line.holds(tolerance) => "ok",
        (None, _) => "NO FIGURE: renew",
        (_, None) => "NOT COUNTED: renew, or bring it back",
        (Some(expected), Some(counted)) if counted > expected => "MORE: slower, or meant",
        _ => "FEWER: renew, so that the gain is kept",
    }
}

/// The digits in groups of three.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(workload: &str, expected: Option<u64>, counted: Option<u64>) -> Line {
        Line { workload: workload.to_owned(), expected, counted }
    }

    fn report(then: &str, now: &str, lines: &[Line]) -> String {
        let rustc = |version: &str| Toolchain { target: "t".to_owned(), rustc: version.to_owned() };
        text(&rustc(then), &rustc(now), 0.02, lines)
    }

    #[test]
    fn what_holds_says_nothing_of_renewal() {
        let text = report("1.2.3", "1.2.3", &[line("train", Some(1_000_000), Some(1_010_000))]);
        assert!(text.contains("1,000,000") && text.contains("+1.00 %") && text.contains("ok"), "{text}");
        assert!(!text.contains("renew") && !text.contains("rustc"), "{text}");
    }

    #[test]
    fn what_does_not_hold_is_named_with_the_command() {
        let lines = [
            line("slow", Some(100), Some(150)),
            line("fast", Some(100), Some(50)),
            line("new", None, Some(1)),
            line("old", Some(1), None),
        ];
        let text = report("1.2.3", "1.4.0", &lines);
        for part in ["+50.00 %  MORE", "-50.00 %  FEWER", "NO FIGURE", "NOT COUNTED", ".ci/guard --renew", "1.4.0"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn digits_come_in_threes() {
        assert_eq!([1, 999, 1_000, 12_345_678].map(grouped), ["1", "999", "1,000", "12,345,678"]);
    }
}
