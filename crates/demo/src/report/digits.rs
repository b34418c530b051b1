//! The part of the digits: what the network sees in a picture, and what it gets wrong.

use super::page::{Part, block};
use super::text::{count, num, percent};
use super::{Digits, card, confusion, curves, facts, mistakes};

/// The whole part; what the digits do not have is left out.
pub(super) fn part(digits: &Digits) -> Part {
    let mut blocks = vec![first(digits)];
    if !digits.mistakes.is_empty() {
        blocks.push(block(
            "Misread digits",
            "Pictures that the network has not been trained on and answers wrongly. Some are hard for a reader too.",
            &mistakes::gallery(&digits.mistakes),
        ));
    }
    if !digits.training.curves.is_empty() {
        blocks.push(block(
            "Loss and accuracy",
            "Where the two lines part, the network learns its samples by heart.",
            &curves::charts(&digits.training.curves),
        ));
    }
    if !(digits.training.before.is_empty() && digits.training.after.is_empty()) {
        blocks.push(block(
            "Before and after",
            "A kernel that looks at pixels is drawn as pictures: one tile for each unit or filter, orange where ink \
             speaks for it, blue where ink speaks against it. Noise before training, strokes and edges after it.",
            &card::cards(&digits.training),
        ));
    }
    Part::new(
        "digits",
        "The digits",
        "The same parts, put together for a larger task: a network that reads handwritten digits of 8 by 8 pixels.",
        &blocks,
    )
}

/// The confusion matrix beside the numbers.
fn first(digits: &Digits) -> String {
    let curves = &digits.training.curves;
    let mut known = vec![
        ("accuracy", percent(digits.accuracy)),
        ("training samples", count(digits.train_samples)),
        ("validation samples", count(digits.validation_samples)),
        ("epochs", facts::epochs(curves).to_string()),
        ("weights", facts::weights(&digits.training.after)),
    ];
    if let Some(loss) = facts::last(curves, "val_loss") {
        known.insert(1, ("loss", num(loss)));
    }
    let table = facts::card(&known, &digits.summary);
    if digits.confusion.is_empty() {
        return table;
    }
    let picture = confusion::picture(&digits.confusion);
    let both = format!(
        "<div class=\"cards\"><article class=\"card\"><header><h4>Confusion matrix</h4></header>{picture}</article>\
         {table}</div>"
    );
    block(
        "What is taken for what",
        "One row for each true digit. Right answers are blue and stand on the diagonal; every orange cell is a mistake.",
        &both,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, render};

    #[test]
    fn what_is_missing_is_left_out() {
        let html = render(&Report { digits: Some(Digits::default()), ..Report::default() });
        assert_eq!(html.matches("<h3>").count(), 0);
        assert!(html.contains("validation samples"));
    }
}
