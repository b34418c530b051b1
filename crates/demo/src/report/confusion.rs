//! The confusion matrix as a heat map: blue for right answers, orange for wrong ones.

use super::colour::{class, ink, step};
use super::text::{count, put, svg, xy};

/// At most this many classes are drawn.
const MOST: usize = 20;
/// The side of a cell.
const SIDE: f64 = 37.0;

/// The picture; a row is a true class, a column the class that was predicted.
///
/// Right and wrong answers have scales of their own, since a few mistakes would be pale beside many right answers.
pub(super) fn picture(confusion: &[Vec<usize>]) -> String {
    let classes = confusion.iter().map(Vec::len).chain([confusion.len()]).max().unwrap_or(0).min(MOST);
    let at = |row: usize, col: usize| confusion.get(row).and_then(|row| row.get(col)).copied().unwrap_or(0);
    let cells: Vec<(usize, usize)> = (0..classes).flat_map(|r| (0..classes).map(move |c| (r, c))).collect();
    let most = |right: bool| {
        let counts = cells.iter().filter(|&&(r, c)| (r == c) == right).map(|&(r, c)| at(r, c));
        counts.max().unwrap_or(0).max(1) as f64
    };
    let (most_right, most_wrong) = (most(true), most(false).max(3.0));
    let (left, top) = (34.0, 26.0);
    let (middle, size) = (classes as f64 * SIDE / 2.0, classes as f64 * SIDE);
    let mut out = format!("<text class=\"mid name\" x=\"{}\" y=\"12\">predicted</text>", xy(left + middle));
    put!(
        out,
        "<text class=\"mid name\" transform=\"translate(11 {}) rotate(-90)\">true digit</text>",
        xy(top + 14.0 + middle)
    );
    put!(out, "<text class=\"end name\" x=\"{}\" y=\"12\">right</text>", xy(left + size + 50.0));
    for class in 0..classes {
        let middle = (class as f64 + 0.5) * SIDE;
        put!(out, "<text class=\"mid val\" x=\"{}\" y=\"{}\">{class}</text>", xy(left + middle), xy(top + 8.0));
        let y = xy(top + 14.0 + middle + 5.0);
        put!(out, "<text class=\"mid val\" x=\"{}\" y=\"{y}\">{class}</text>", xy(left - 9.0));
        let all: f64 = (0..classes).map(|col| at(class, col) as f64).sum();
        if all > 0.0 {
            let share = at(class, class) as f64 / all * 100.0;
            put!(out, "<text class=\"end\" x=\"{}\" y=\"{y}\">{share:.0} %</text>", xy(left + size + 50.0));
        }
    }
    for &(row, col) in &cells {
        let n = at(row, col);
        let value = if row == col { -(n as f64) / most_right } else { n as f64 / most_wrong };
        let step = step(value, 1.0);
        let (x, y) = (left + col as f64 * SIDE, top + 14.0 + row as f64 * SIDE);
        put!(out, "<g><title>{row} predicted as {col}: {}</title>", count(n));
        let (left, top, side) = (xy(x + 1.0), xy(y + 1.0), xy(SIDE - 2.0));
        put!(out, "<rect class=\"{}\" x=\"{left}\" y=\"{top}\" ", class(step));
        put!(out, "width=\"{side}\" height=\"{side}\" rx=\"3\"/>");
        if n > 0 {
            let (x, y) = (xy(x + SIDE / 2.0), xy(y + SIDE / 2.0 + 5.0));
            put!(out, "<text class=\"mid {}\" x=\"{x}\" y=\"{y}\">{}</text>", ink(step), count(n));
        }
        out.push_str("</g>");
    }
    let title = format!("Confusion matrix of {classes} classes");
    svg("chart", (left + size + 52.0, top + 14.0 + size + 2.0), 1.3, &title, &out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_answers_are_blue_and_wrong_ones_orange() {
        let out = picture(&[vec![50, 0], vec![3, 40]]);
        assert!(out.contains("class=\"c0\"") && out.contains("class=\"c20\"") && out.contains("class=\"c10\""));
        assert!(out.contains("1 predicted as 0: 3") && out.contains("100 %") && out.contains("93 %"));
    }

    #[test]
    fn ragged_and_huge_tables_are_drawn() {
        assert!(picture(&[vec![], vec![usize::MAX, usize::MAX, 1]]).contains("<svg"));
        assert_eq!(picture(&vec![vec![1; 90]; 3]).matches("<rect").count(), MOST * MOST);
        assert!(picture(&[]).contains("<svg"));
    }
}
