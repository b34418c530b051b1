//! A number that a callback watches, and which way it gets better.

use cornu_tensor::Scalar;

use super::{TrainingParams, refused};
use crate::{Logs, ModelError, Sequential};

/// Which way a monitored number gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MonitorMode {
    /// As the metric of the name tells, or else the name: upwards for accuracies, downwards for losses and errors.
    #[default]
    Auto,
    /// Downwards.
    Min,
    /// Upwards.
    Max,
}

/// A watched number (Keras's `MonitorCallback`).
#[derive(Debug, Clone)]
pub(crate) struct Monitor {
    pub(crate) callback: &'static str,
    pub(crate) name: String,
    pub(crate) mode: MonitorMode,
    pub(crate) min_delta: f64,
    /// Whether the model's metric of this name is better upwards, if it says so.
    metric_is_upwards: Option<bool>,
}

impl Monitor {
    pub(crate) fn new(callback: &'static str, name: String) -> Self {
        Self { callback, name, mode: MonitorMode::Auto, min_delta: 0.0, metric_is_upwards: None }
    }

    /// Asks the metrics of a model which way is better.
    pub(crate) fn begin<T: Scalar>(&mut self, model: &Sequential<T>) -> Result<(), ModelError> {
        if !self.min_delta.is_finite() {
            return Err(self.error("`min_delta` to be finite".to_owned(), format!("min_delta={}", self.min_delta)));
        }
        let metrics = model.compiled.iter().flat_map(|compiled| compiled.all_metrics());
        let config = metrics.filter(|&(name, _)| name == self.metric()).find_map(|(_, metric)| metric.get_config());
        self.metric_is_upwards = config.and_then(|config| is_upwards(config.class_name()));
        Ok(())
    }

    /// The name without `val_`.
    fn metric(&self) -> &str {
        self.name.strip_prefix("val_").unwrap_or(&self.name)
    }

    /// Whether the watched number is one of a validation that does not take place in this epoch.
    pub(crate) fn is_missing_today(&self, logs: &Logs, params: TrainingParams) -> bool {
        let is_validation = |name: &str| name.starts_with("val_");
        params.validated && is_validation(&self.name) && !logs.iter().any(|(name, _)| is_validation(name))
    }

    /// The watched number of this epoch.
    pub(crate) fn value(&self, logs: &Logs) -> Result<f64, ModelError> {
        logs.get(&self.name).ok_or_else(|| {
            let names: Vec<&str> = logs.iter().map(|(name, _)| name).collect();
            self.error(format!("`monitor` to be one of: {}", names.join(", ")), format!("monitor={:?}", self.name))
        })
    }

    /// Whether `value` is better than `than` by more than the least difference; anything is better than none.
    pub(crate) fn is_better(&self, value: f64, than: Option<f64>) -> Result<bool, ModelError> {
        let is_upwards = self.is_upwards()?; // an error at the first number, as in Keras
        let Some(than) = than else { return Ok(true) };
        Ok(if is_upwards { value - self.min_delta > than } else { value + self.min_delta < than })
    }

    fn is_upwards(&self) -> Result<bool, ModelError> {
        let metric = self.metric().to_lowercase();
        match self.mode {
            MonitorMode::Min => Ok(false),
            MonitorMode::Max => Ok(true),
            MonitorMode::Auto if self.metric_is_upwards.is_some() => Ok(self.metric_is_upwards == Some(true)),
            MonitorMode::Auto if metric.contains("acc") => Ok(true),
            MonitorMode::Auto
                if metric == "loss" || metric.contains("error") || ["mse", "mae"].contains(&metric.as_str()) =>
            {
                Ok(false)
            }
            MonitorMode::Auto => {
                let received = format!("mode=Auto for monitor={:?}", self.name);
                Err(self.error("`mode` to be Min or Max, since the name does not tell".to_owned(), received))
            }
        }
    }

    fn error(&self, expected: String, received: String) -> ModelError {
        refused(self.callback, expected, received)
    }
}

/// Which way Keras's metric of this class gets better (its `_direction`); `None` for those that only count.
fn is_upwards(class_name: &str) -> Option<bool> {
    match class_name {
        "AUC"
        | "CosineSimilarity"
        | "ConcordanceCorrelation"
        | "F1Score"
        | "FBetaScore"
        | "PearsonCorrelation"
        | "Precision"
        | "PrecisionAtRecall"
        | "R2Score"
        | "Recall"
        | "RecallAtPrecision"
        | "SensitivityAtSpecificity"
        | "SpecificityAtSensitivity" => Some(true),
        "KLDivergence" | "Poisson" => Some(false),
        name if name.ends_with("Accuracy") || name.ends_with("IoU") => Some(true),
        name if name.ends_with("Error") || name.ends_with("Crossentropy") || name.ends_with("Hinge") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_way() {
        for (name, up) in
            [("val_accuracy", true), ("loss", false), ("val_mse", false), ("mean_absolute_error", false), ("ACC", true)]
        {
            let monitor = Monitor::new("Test", name.to_owned());
            assert_eq!(monitor.is_better(2.0, Some(1.0)), Ok(up), "{name}");
        }
        for than in [Some(1.0), None] {
            assert!(Monitor::new("Test", "r2".to_owned()).is_better(2.0, than).is_err());
        }
        assert_eq!(Monitor::new("Test", "loss".to_owned()).is_better(f64::NAN, None), Ok(true));
    }

    #[test]
    fn an_unknown_number_is_an_error_that_names_the_known() {
        let mut logs = Logs::default();
        logs.set("loss", 1.0);
        let message = Monitor::new("Test", "val_los".to_owned()).value(&logs).unwrap_err().to_string();
        assert!(message.contains("one of: loss") && message.ends_with("Received: monitor=\"val_los\""), "{message}");
    }
}
