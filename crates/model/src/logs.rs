//! Named numbers of one batch or epoch, and of a whole training.

use std::fmt;

use crate::python;

/// The loss and the metrics of a batch or an epoch, by name (Keras's `logs`).
///
/// They stand in Keras's order: what was measured, by its name (`accuracy`, `loss`, `val_accuracy`, `val_loss`), then what
/// callbacks have set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Logs {
    entries: Vec<(String, f64)>,
    lists: Vec<(String, Vec<f64>)>,
}

impl Logs {
    /// The number of this name, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f64> {
        self.entries.iter().find(|(own, _)| own == name).map(|&(_, value)| value)
    }

    /// The numbers of this name, of a metric that has several; [`Logs::get`] has their mean.
    #[must_use]
    pub fn get_list(&self, name: &str) -> Option<&[f64]> {
        self.lists.iter().find(|(own, _)| own == name).map(|(_, values)| values.as_slice())
    }

    /// All names that have several numbers, with them.
    pub(crate) fn lists(&self) -> impl Iterator<Item = (&str, &[f64])> {
        self.lists.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// Sets the numbers of `prefix` and `name` together.
    pub(crate) fn set_list(&mut self, prefix: &str, name: &str, values: Vec<f64>) {
        match self.lists.iter_mut().find(|(own, _)| own.strip_prefix(prefix) == Some(name)) {
            Some((_, own)) => *own = values,
            None => self.lists.push((format!("{prefix}{name}"), values)),
        }
    }

    /// Sets the number of this name. A new name comes last; one that is there already allocates nothing.
    pub fn set(&mut self, name: &str, value: f64) {
        match self.entries.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => *own = value,
            None => self.entries.push((name.to_owned(), value)),
        }
    }

    /// As [`Logs::set`] for `prefix` and `name` together, but a new name comes in its alphabetical place.
    pub(crate) fn set_measured(&mut self, prefix: &str, name: &str, value: f64) {
        match self.entries.iter_mut().find(|(own, _)| own.strip_prefix(prefix) == Some(name)) {
            Some((_, own)) => *own = value,
            None => {
                let name = format!("{prefix}{name}");
                let at = self.entries.iter().position(|(own, _)| name < *own);
                self.entries.insert(at.unwrap_or(self.entries.len()), (name, value));
            }
        }
    }

    /// Takes in what was measured elsewhere, under names that begin with `prefix`.
    pub(crate) fn take_in(&mut self, prefix: &str, measured: &Self) {
        measured.iter().for_each(|(name, value)| self.set_measured(prefix, name, value));
        measured.lists().for_each(|(name, values)| self.set_list(prefix, name, values.to_vec()));
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, f64)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

/// As Keras's progress line shows them: `accuracy: 0.5000 - loss: 0.6931`.
impl fmt::Display for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in self.iter().enumerate() {
            let separator = if i == 0 { "" } else { " - " };
            write!(f, "{separator}{}", entry(name, value))?;
        }
        Ok(())
    }
}

/// One of them: `loss: 0.6931`.
pub(crate) fn entry(name: &str, value: f64) -> String {
    let value = if value.abs() > 1e-3 { python::fixed(value, 4) } else { python::exponent(value, 4) };
    format!("{name}: {value}")
}

/// What a training measured: every logged number of every epoch (Keras's `History`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    epochs: Vec<usize>,
    entries: Vec<(String, Vec<f64>)>,
    lists: Vec<(String, Vec<Vec<f64>>)>,
    nan: Option<(usize, usize)>,
}

impl History {
    /// The epochs that were run, counted from 0.
    #[must_use]
    pub fn epochs(&self) -> &[usize] {
        &self.epochs
    }

    /// The numbers of this name, one an epoch.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.entries.iter().find(|(own, _)| own == name).map(|(_, values)| values.as_slice())
    }

    /// The numbers of this name, one list an epoch, of a metric that has several, one a class for instance. Keras's
    /// history holds these; [`History::get`] has their mean.
    ///
    /// ```
    /// use cornu_layers::{Dense, KernelArguments};
    /// use cornu_metrics::F1Score;
    /// use cornu_model::callbacks::Verbose;
    /// use cornu_model::{Compile, Fit, LayerArguments, sequential};
    /// use cornu_tensor::Tensor;
    ///
    /// let mut model = sequential![Dense::new(2).activation("softmax").input_shape([1])]?;
    /// model.compile(Compile::new("sgd", "categorical_crossentropy").metric(F1Score::new()))?;
    /// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[1.0, 0.0], [0.0, 1.0]]));
    /// let history = model.fit(&x, &y, Fit::new().epochs(3).verbose(Verbose::Silent))?;
    /// let scores = history.get_list("f1_score").unwrap_or_default();
    /// assert_eq!((scores.len(), scores[0].len()), (3, 2));
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    #[must_use]
    pub fn get_list(&self, name: &str) -> Option<&[Vec<f64>]> {
        self.lists.iter().find(|(own, _)| own == name).map(|(_, values)| values.as_slice())
    }

    /// The number of this name in the last epoch.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<f64> {
        self.get(name)?.last().copied()
    }

    /// All names with their numbers, in Keras's order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[f64])> {
        self.entries.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// Epoch and batch, counted from 0, in which the loss was first not a number.
    #[must_use]
    pub fn first_nan(&self) -> Option<(usize, usize)> {
        self.nan
    }

    /// Takes in the numbers of an epoch.
    pub(crate) fn record(&mut self, epoch: usize, logs: &Logs) {
        self.epochs.push(epoch);
        for (name, value) in logs.iter() {
            match self.entries.iter_mut().find(|(own, _)| own == name) {
                Some((_, values)) => values.push(value),
                None => self.entries.push((name.to_owned(), vec![value])),
            }
        }
        for (name, values) in logs.lists() {
            match self.lists.iter_mut().find(|(own, _)| own == name) {
                Some((_, lists)) => lists.push(values.to_vec()),
                None => self.lists.push((name.to_owned(), vec![values.to_vec()])),
            }
        }
    }

    /// Remembers the first batch whose loss is not a number; tells whether this is it.
    pub(crate) fn is_first_nan(&mut self, epoch: usize, batch: usize, loss: f64) -> bool {
        let first = loss.is_nan() && self.nan.is_none();
        if first {
            self.nan = Some((epoch, batch));
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_kerass_order_and_print_as_there() {
        let mut logs = Logs::default();
        for (name, value) in
            [("weighted_mae", 1.0), ("val_loss", 0.25), ("loss", 1e-4), ("val_accuracy", f64::NAN), ("accuracy", 0.5)]
        {
            let (prefix, name) = name.split_at(if name.starts_with("val_") { 4 } else { 0 });
            logs.set_measured(prefix, name, value);
        }
        logs.set("extra", -3.0);
        logs.set("loss", 2e-4);
        assert_eq!(
            logs.to_string(),
            "accuracy: 0.5000 - loss: 2.0000e-04 - val_accuracy: nan - val_loss: 0.2500 - weighted_mae: 1.0000 - extra: -3.0000"
        );
        assert_eq!(logs.get("loss"), Some(2e-4));
        let numbers = [0.0, 1.5e-120, f64::INFINITY, f64::NEG_INFINITY].map(|value| entry("x", value));
        assert_eq!(numbers, ["x: 0.0000e+00", "x: 1.5000e-120", "x: inf", "x: -inf"]);
    }

    #[test]
    fn history_keeps_one_list_a_name() {
        let (mut history, mut logs) = (History::default(), Logs::default());
        for epoch in 0..3 {
            logs.set("loss", f64::from(epoch));
            history.record(epoch as usize, &logs);
        }
        assert_eq!(history.get("loss"), Some(&[0.0, 1.0, 2.0][..]));
        assert_eq!(history.last("loss"), Some(2.0));
        assert_eq!(history.epochs(), [0, 1, 2]);
        assert!(history.is_first_nan(1, 2, f64::NAN) && !history.is_first_nan(2, 0, f64::NAN));
        assert_eq!(history.first_nan(), Some((1, 2)));
    }
}
