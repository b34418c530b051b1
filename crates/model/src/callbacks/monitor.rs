//! A number that a callback watches, and which way it gets better.

use super::TrainingParams;
use crate::{Logs, ModelError};

/// Which way a monitored number gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MonitorMode {
    /// As the name tells: upwards for accuracies, downwards for losses and errors.
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
}

impl Monitor {
    pub(crate) fn new(callback: &'static str, name: String) -> Self {
        Self { callback, name, mode: MonitorMode::Auto, min_delta: 0.0 }
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
        let Some(than) = than else { return Ok(true) };
        Ok(if self.is_upwards()? { value - self.min_delta > than } else { value + self.min_delta < than })
    }

    fn is_upwards(&self) -> Result<bool, ModelError> {
        let metric = self.name.strip_prefix("val_").unwrap_or(&self.name).to_lowercase();
        match self.mode {
            MonitorMode::Min => Ok(false),
            MonitorMode::Max => Ok(true),
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
        let message = format!("expected {expected}. Received: {received}");
        ModelError::Callback { callback: self.callback.to_owned(), message }
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
        assert!(Monitor::new("Test", "r2".to_owned()).is_better(2.0, Some(1.0)).is_err());
        assert_eq!(Monitor::new("Test", "r2".to_owned()).is_better(f64::NAN, None), Ok(true));
    }

    #[test]
    fn an_unknown_number_is_an_error_that_names_the_known() {
        let mut logs = Logs::default();
        logs.set("loss", 1.0);
        let message = Monitor::new("Test", "val_los".to_owned()).value(&logs).unwrap_err().to_string();
        assert!(message.contains("one of: loss") && message.ends_with("Received: monitor=\"val_los\""), "{message}");
    }
}
