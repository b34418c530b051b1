//! How unlikely a sequence of labels is, wherever in the input each of them stands.

use cornu_config::Config;
use cornu_tensor::threads::with_memory;
use cornu_tensor::{Scalar, Shape, View};

use crate::common::{common, written};
use crate::rows::{exponentials, largest, normalize};
use crate::shapes::{check_labels, class_number};
use crate::{Loss, LossError, Reduction};

const NAME: &str = "ctc";
/// Keras's logarithm of the probability of what cannot be.
const IMPOSSIBLE: f64 = -1e5;
const EXPECTED: &str =
    "y_true of the shape (n, labels) and y_pred of the shape (n, steps, classes), of 2 classes or more";

/// Connectionist temporal classification (`keras.losses.CTC`; [Graves et al.,
/// 2006](https://www.cs.toronto.edu/~graves/icml_2006.pdf)).
///
/// Predictions `(n, steps, classes)` are logits, `p = softmax(x)` at each step. Labels `(n, labels)` are class numbers; class 0
/// is the blank, and fills up shorter rows. The value of a sample is `−ln Σ Π p` over all ways to spread its labels over the
/// steps: each label on one step or several in a row, blanks anywhere between, and at least one between two equal labels.
///
/// The gradient of a logit is `p` minus the probability that its class stands at this step, given the labels. It is computed
/// in `f64`. Labels that do not fit into the steps have the value 10⁵ for each that is too many, about, as in Keras.
///
/// ```
/// use cornu_losses::{CTC, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[1.0, 0.0]]); // label 1, and nothing
/// let y_pred = Tensor::<f64>::zeros([1, 2, 2]); // two steps, blank and 1 equally likely
/// let value = Evaluator::new().value(&CTC::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value + 0.75_f64.ln()).abs() < 1e-12); // 1 1, 1 blank, blank 1
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CTC {
    reduction: Reduction,
    name: Option<String>,
}

impl CTC {
    /// Keras's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"ctc"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The loss that [`Loss::get_config`] wrote.
    ///
    /// # Errors
    /// [`LossError::Config`] for arguments that it does not have, [`LossError::Argument`] for an unknown reduction.
    pub fn from_config(config: &Config) -> Result<Self, LossError> {
        let mut arguments = config.arguments();
        let (reduction, name) = common(config, &mut arguments, NAME)?;
        arguments.finish()?;
        Ok(Self { reduction, name })
    }
}

/// The labels of one sample and its logits, step by step.
struct Sample<'a, T> {
    labels: &'a [T],
    /// How many labels there are. (As in Keras, a blank between them counts as one at the end.)
    count: usize,
    logits: &'a [T],
    classes: usize,
}

/// Logarithms of probabilities after a step: `blank[i]`, that `i` labels are over and a blank stands after them; `label[i]`,
/// that label `i` stands.
#[derive(Clone, Copy)]
struct State<'a> {
    blank: &'a [f64],
    label: &'a [f64],
}

impl<'a> State<'a> {
    /// The state in `2·count + 1` numbers.
    fn of(numbers: &'a [f64], count: usize) -> Self {
        let (blank, label) = numbers.split_at(count + 1);
        Self { blank, label }
    }
}

impl<'a, T: Scalar> Sample<'a, T> {
    fn new(y_true: View<'a, T>, y_pred: View<'a, T>, i: usize) -> Self {
        let (most, classes) = (y_true.shape().last_dim(), y_pred.shape().last_dim());
        let steps = y_pred.shape().sample().rows();
        let labels = y_true.as_slice().get(i * most..(i + 1) * most).unwrap_or_default();
        let logits = y_pred.as_slice().get(i * steps * classes..(i + 1) * steps * classes).unwrap_or_default();
        let count = labels.iter().filter(|label| !label.is_zero()).count();
        Self { labels, count, logits, classes }
    }

    /// The numbers of a state.
    fn width(&self) -> usize {
        2 * self.count + 1
    }

    /// The numbers that [`Sample::forward`] writes: the state before the first step, and after each.
    fn states(&self) -> usize {
        (self.logits.len() / self.classes.max(1) + 1) * self.width()
    }

    fn class(&self, i: usize) -> usize {
        self.labels.get(i).and_then(|&label| class_number(label, self.classes)).unwrap_or_default()
    }

    /// Whether the next label is the same, so that a blank must stand between.
    fn repeats(&self, i: usize) -> bool {
        self.labels.get(i + 1).is_some_and(|next| self.labels.get(i) == Some(next))
    }

    /// `ln p` of a class at a step, as a function of the class.
    fn logarithms(&self, row: &'a [T]) -> impl Fn(usize) -> f64 + use<'a, T> {
        let m = largest(row);
        let sum = row.iter().fold(0.0, |sum, &x| sum + (x - m).fast_exp().to_f64()).ln();
        move |class| row.get(class).map_or(0.0, |&x| (x - m).to_f64() - sum)
    }

    /// What `blank[i + 1]` is before a step, if label `i` may also have ended right there: the next may then follow without
    /// a blank.
    fn entered(&self, before: State<'_>, i: usize) -> f64 {
        log_add(before.blank[i + 1], before.label[i] + if self.repeats(i) { IMPOSSIBLE } else { 0.0 })
    }

    /// Writes all states, and gives the value.
    fn forward(&self, states: &mut [f64]) -> f64 {
        let (count, width) = (self.count, self.width());
        let (first, mut rest) = states.split_at_mut(width);
        first.fill(IMPOSSIBLE);
        first[0] = 0.0;
        let mut before = &*first;
        for row in self.logits.chunks_exact(self.classes.max(1)) {
            let (after, later) = rest.split_at_mut(width);
            let ln_p = self.logarithms(row);
            let (blank, label) = after.split_at_mut(count + 1);
            let state = State::of(before, count);
            let mut entered = state.blank[0];
            blank[0] = entered + ln_p(0);
            for i in 0..count {
                label[i] = ln_p(self.class(i)) + log_add(entered, state.label[i]);
                entered = self.entered(state, i);
                let only_if_repeated = if self.repeats(i) { 0.0 } else { IMPOSSIBLE };
                blank[i + 1] = ln_p(0) + log_add(entered, state.label[i] + only_if_repeated);
            }
            (before, rest) = (after, later);
        }
        -State::of(before, count).end()
    }

    /// Writes the gradient into `g`, which holds the probabilities of all steps. `adjoints` are two states.
    fn backward(&self, states: &[f64], adjoints: &mut [f64], scale: T, g: &mut [T]) {
        let (count, width) = (self.count, self.width());
        let (mut adjoint, mut earlier) = adjoints.split_at_mut(width);
        adjoint.fill(0.0);
        let last = State::of(&states[states.len() - width..], count);
        let share = (last.blank[count] - last.end()).exp();
        adjoint[count] = share;
        if count > 0 {
            adjoint[2 * count] = 1.0 - share;
        }
        let rows = self.logits.chunks_exact(self.classes).zip(g.chunks_exact_mut(self.classes));
        for ((row, g), step) in rows.zip(states.windows(2 * width).step_by(width)).rev() {
            let ln_p = self.logarithms(row);
            let (before, after) = step.split_at(width);
            let (before, after) = (State::of(before, count), State::of(after, count));
            earlier.fill(0.0);
            // The adjoint of `entered` for the labels so far.
            let mut of_entered = adjoint[0];
            let mut of_class_0 = adjoint[0];
            let mut entered = before.blank[0];
            for i in 0..count {
                // after.label[i] = ln p + log_add(entered, before.label[i])
                let (class, of_label) = (self.class(i), adjoint[count + 1 + i]);
                let share = (entered - (after.label[i] - ln_p(class))).exp();
                of_entered += of_label * share;
                earlier[count + 1 + i] += of_label * (1.0 - share);
                if let Some(g) = g.get_mut(class) {
                    *g -= T::of(of_label);
                }
                // entered = log_add(before.blank[i], before.label[i − 1] …)
                self.leave(before, i, entered, of_entered, earlier);
                // after.blank[i + 1] = ln p₀ + log_add(entered, before.label[i] …)
                entered = self.entered(before, i);
                let of_blank = adjoint[i + 1];
                let share = (entered - (after.blank[i + 1] - ln_p(0))).exp();
                of_entered = of_blank * share;
                earlier[count + 1 + i] += of_blank * (1.0 - share);
                of_class_0 += of_blank;
            }
            self.leave(before, count, entered, of_entered, earlier);
            if let Some(g) = g.first_mut() {
                *g -= T::of(of_class_0);
            }
            g.iter_mut().for_each(|g| *g *= scale);
            std::mem::swap(&mut adjoint, &mut earlier);
        }
    }

    /// Hands the adjoint of `entered` before label `i` on to what it was made of.
    fn leave(&self, before: State<'_>, i: usize, entered: f64, of_entered: f64, earlier: &mut [f64]) {
        let share = (before.blank[i] - entered).exp();
        earlier[i] += of_entered * share;
        if i > 0 {
            earlier[self.count + i] += of_entered * (1.0 - share);
        }
    }
}

impl State<'_> {
    /// The logarithm of the probability that all labels are over.
    fn end(&self) -> f64 {
        match (self.blank, self.label) {
            ([.., blank], [.., label]) => log_add(*blank, *label),
            ([.., blank], []) => *blank,
            _ => 0.0,
        }
    }
}

/// `ln(eᵃ + eᵇ)`
fn log_add(a: f64, b: f64) -> f64 {
    let (more, less) = if a > b { (a, b) } else { (b, a) };
    // So little is lost in rounding.
    if more - less > 40.0 { more } else { more + (less - more).exp().ln_1p() }
}

impl<T: Scalar> Loss<T> for CTC {
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(NAME)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn rows_are_independent(&self) -> bool {
        true
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        match (y_true.dims(), y_pred.dims()) {
            (&[n, _], &[m, steps, classes]) if n == m && steps > 0 && classes > 1 => Ok(Shape::from([n])),
            _ => Err(LossError::shapes(Loss::<T>::name(self), EXPECTED, y_true, y_pred)),
        }
    }

    fn check(&self, y_true: View<'_, T>, y_pred: Shape) -> Result<(), LossError> {
        Loss::<T>::values_shape(self, y_true.shape(), y_pred)?;
        let classes = y_pred.last_dim();
        check_labels(Loss::<T>::name(self), y_true, classes, |label| class_number(label, classes).is_some())
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        for (i, value) in values.iter_mut().enumerate() {
            let sample = Sample::new(y_true, y_pred, i);
            *value = with_memory(sample.states(), |states| T::of(sample.forward(states)));
        }
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        self.values_and_gradient(y_true, y_pred, scale, &mut [], gradient);
    }

    fn values_and_gradient(
        &self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        scale: &[T],
        values: &mut [T],
        gradient: &mut [T],
    ) {
        let (sample_size, classes) = (y_pred.shape().sample().size().max(1), y_pred.shape().last_dim().max(1));
        exponentials(y_pred.as_slice(), gradient, classes);
        let mut values = values.iter_mut();
        for ((i, &scale), g) in scale.iter().enumerate().zip(gradient.chunks_exact_mut(sample_size)) {
            let sample = Sample::new(y_true, y_pred, i);
            with_memory(sample.states() + 2 * sample.width(), |memory| {
                let (states, adjoints) = memory.split_at_mut(sample.states());
                let value = sample.forward(states);
                if let Some(place) = values.next() {
                    *place = T::of(value);
                }
                // A row of weight 0 adds nothing, whatever it holds.
                if scale.is_zero() {
                    g.fill(scale);
                    return;
                }
                for p in g.chunks_exact_mut(classes) {
                    normalize(p);
                }
                sample.backward(states, adjoints, scale, g);
            });
        }
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("CTC", Loss::<T>::name(self), self.reduction))
    }
}
