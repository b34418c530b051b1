//! The report of the demo: one HTML file to look at, made from plain numbers.
//!
//! [`render`] takes a [`Report`] and gives the page as text. The page needs nothing else: its style and its
//! pictures are inside it, it runs no script, and it follows the reader's light or dark mode. Values that are
//! not numbers, empty curves and unusual shapes are drawn as far as they can be and never make it fail.

mod bars;
mod card;
mod choices;
mod colour;
mod confusion;
mod curves;
mod digits;
mod facts;
mod grid;
mod lesson;
mod mistakes;
mod moves;
mod page;
mod paths;
mod picture;
mod plot;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod samples_net;
mod span;
mod species;
mod spiral;
mod text;

/// All that one run of the demo found. A part that was not run is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Report {
    /// The seed of the random generator.
    pub(crate) seed: u64,
    /// The version of the library.
    pub(crate) version: String,
    /// The lesson's model on Iris.
    pub(crate) lesson: Option<Lesson>,
    /// The ways to initialize a bias, side by side.
    pub(crate) choices: Option<Vec<Choice>>,
    /// The network on handwritten digits.
    pub(crate) digits: Option<Digits>,
}

/// One array of weights: a kernel or a bias.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Array {
    /// Its name, such as `dense/kernel`.
    pub(crate) path: String,
    /// Its shape.
    pub(crate) shape: Vec<usize>,
    /// Its values, the last axis fastest.
    pub(crate) values: Vec<f32>,
    /// For a kernel whose inputs are pixels: the height and width of the picture they make.
    pub(crate) tile: Option<(usize, usize)>,
}

/// One measured number over the epochs, one value an epoch.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Curve {
    /// `loss`, `accuracy`, `val_loss`, `val_accuracy` or any other name.
    pub(crate) name: String,
    /// The values, the first epoch first.
    pub(crate) values: Vec<f64>,
}

/// What a training did: the arrays at both ends and the curves between.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Training {
    /// Every array before training.
    pub(crate) before: Vec<Array>,
    /// Every array after training.
    pub(crate) after: Vec<Array>,
    /// The curves of loss and metrics.
    pub(crate) curves: Vec<Curve>,
}

/// The lesson's model: petal length in, versicolor or virginica out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lesson {
    /// The model's summary table.
    pub(crate) summary: String,
    /// Its training.
    pub(crate) training: Training,
    /// All arrays at every epoch; the first entry is before training.
    pub(crate) paths: Vec<Vec<Array>>,
    /// Petal length in centimetres and class: 0 versicolor, 1 virginica.
    pub(crate) samples: Vec<(f32, usize)>,
    /// Petal length in centimetres and the predicted probability of virginica.
    pub(crate) boundary: Vec<(f32, f32)>,
}

/// One way to initialize the biases, and what became of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Choice {
    /// The choice in code, such as `bias_initializer=ones` or `use_bias=false`.
    pub(crate) name: String,
    /// The biases before training; empty without biases.
    pub(crate) before: Vec<Array>,
    /// The biases after training; empty without biases.
    pub(crate) after: Vec<Array>,
    /// The last loss.
    pub(crate) loss: f64,
    /// The last accuracy, from 0 to 1.
    pub(crate) accuracy: f64,
    /// The loss over the epochs.
    pub(crate) loss_curve: Vec<f64>,
}

/// A network on 8 by 8 pictures of handwritten digits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Digits {
    /// The model's summary table.
    pub(crate) summary: String,
    /// Its training.
    pub(crate) training: Training,
    /// The accuracy on the validation samples, from 0 to 1.
    pub(crate) accuracy: f64,
    /// How often each true digit (row) was predicted as each digit (column).
    pub(crate) confusion: Vec<Vec<usize>>,
    /// Some validation samples that the network gets wrong.
    pub(crate) mistakes: Vec<Mistake>,
    /// How many samples it was trained on.
    pub(crate) train_samples: usize,
    /// How many samples it was validated on.
    pub(crate) validation_samples: usize,
}

/// A picture that the network reads wrongly.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Mistake {
    /// The pixels row by row, 0 for paper and 1 for ink.
    pub(crate) pixels: Vec<f32>,
    /// The digit it is.
    pub(crate) truth: usize,
    /// The digit the network sees.
    pub(crate) predicted: usize,
}

/// The whole report as one self-contained HTML page.
pub(crate) fn render(report: &Report) -> String {
    let mut parts = Vec::new();
    if let Some(lesson) = &report.lesson {
        parts.push(lesson::part(lesson));
    }
    if let Some(choices) = &report.choices {
        parts.push(choices::part(choices));
    }
    if let Some(digits) = &report.digits {
        parts.push(digits::part(digits));
    }
    page::page(report, &parts)
}

#[cfg(test)]
mod tests {
    use super::samples::{assert_balanced, assert_drawable, full, hostile};
    use super::*;

    #[test]
    fn every_array_appears_and_the_tags_balance() {
        let report = full();
        let html = render(&report);
        assert_balanced(&html);
        assert_drawable(&html);
        let lesson = report.lesson.unwrap();
        let digits = report.digits.unwrap();
        for array in lesson.training.before.iter().chain(&digits.training.before) {
            assert!(html.contains(&format!("<code>{}</code>", array.path)), "{} is missing", array.path);
        }
    }

    #[test]
    fn an_empty_report_is_still_a_page() {
        let html = render(&Report::default());
        assert_balanced(&html);
        assert!(html.starts_with("<!doctype html>"));
        assert!(html.ends_with("</html>\n"));
    }

    #[test]
    fn each_part_can_stand_alone() {
        let all = full();
        for report in [
            Report { lesson: all.lesson.clone(), ..Report::default() },
            Report { choices: all.choices.clone(), ..Report::default() },
            Report { digits: all.digits.clone(), ..Report::default() },
            Report { lesson: Some(Lesson::default()), choices: Some(vec![]), ..Report::default() },
            Report { digits: Some(Digits::default()), ..Report::default() },
        ] {
            let html = render(&report);
            assert_balanced(&html);
            assert_drawable(&html);
        }
    }

    #[test]
    fn hostile_values_are_drawn_without_nan() {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN_POSITIVE, 0.0, -3.0] {
            let html = render(&hostile(value));
            assert_balanced(&html);
            assert_drawable(&html);
        }
    }

    #[test]
    fn foreign_text_is_escaped() {
        let html = render(&hostile(1.0));
        assert!(!html.contains("<script"));
        assert!(html.contains("&lt;script&gt;"));
    }

    #[test]
    fn nothing_is_loaded_from_outside() {
        let html = render(&full());
        for word in ["http:", "https:", "src=", "@import", "<link"] {
            assert!(!html.contains(word), "{word}");
        }
    }
}
