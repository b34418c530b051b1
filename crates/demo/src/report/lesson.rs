//! The part of the lesson: where the model divides the species, and how its weights got there.

use super::page::{Part, block};
use super::text::{num, percent};
use super::{Lesson, card, curves, facts, paths, species};

/// The whole part; what the lesson does not have is left out.
pub(super) fn part(lesson: &Lesson) -> Part {
    let mut blocks = vec![first(lesson)];
    if !lesson.training.curves.is_empty() {
        blocks.push(block(
            "Loss and accuracy",
            "Over the epochs. A loss that still falls at the right edge has more to gain.",
            &curves::charts(&lesson.training.curves),
        ));
    }
    if !(lesson.training.before.is_empty() && lesson.training.after.is_empty()) {
        blocks.push(block(
            "Before and after",
            "One row for each array. On the right every value is one line, from a ring (before) to a disc (after). \
             A unit whose values did not move never fired, and so never learned.",
            &card::cards(&lesson.training),
        ));
    }
    if lesson.paths.first().is_some_and(|first| !first.is_empty()) {
        blocks.push(block(
            "The path of every weight",
            "From the initializer on the left to the trained value on the right. See where the biases start: that \
             is what the initializer chose.",
            &paths::charts(&lesson.paths),
        ));
    }
    Part::new(
        "lesson",
        "The lesson",
        "A network of two layers reads one number, the length of an iris petal, and tells which of two species \
         the flower belongs to.",
        &blocks,
    )
}

/// The picture of the samples beside the numbers.
fn first(lesson: &Lesson) -> String {
    let curves = &lesson.training.curves;
    let mut known: Vec<(&str, String)> = Vec::new();
    if !(lesson.samples.is_empty() || lesson.boundary.is_empty()) {
        // The trained model's own: the last value of the curve is a mean over an epoch in which it still changed.
        let right = species::right(&lesson.samples, &lesson.boundary);
        known.push(("accuracy", percent(right as f64 / lesson.samples.len() as f64)));
    }
    if let Some(loss) = facts::last(curves, "loss") {
        known.push(("loss in the last epoch", num(loss)));
    }
    known.push(("epochs", facts::epochs(curves).to_string()));
    known.push(("weights", facts::weights(&lesson.training.after)));
    let table = facts::card(&known, &lesson.summary);
    if lesson.samples.is_empty() && lesson.boundary.is_empty() {
        return table;
    }
    let both = format!("<div class=\"cards\">{}{table}</div>", species::card(&lesson.samples, &lesson.boundary));
    block(
        "Where the model divides the species",
        "The curve is the probability of <i>virginica</i> that the model sees in a petal length. It divides where the \
         curve crosses 50 %. Every dot is a flower; a ring is one on the wrong side.",
        &both,
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::full;
    use super::*;
    use crate::report::Report;

    #[test]
    fn what_is_missing_is_left_out() {
        let html = |lesson: Lesson| crate::report::render(&Report { lesson: Some(lesson), ..Report::default() });
        assert_eq!(html(full().lesson.unwrap()).matches("<h3>").count(), 4);
        assert_eq!(html(Lesson::default()).matches("<h3>").count(), 0);
    }
}
