//! Means, variances and the covariance of labels and predictions.

/// Those of labels and predictions.
pub(crate) struct Moments {
    pub(crate) mean_true: f64,
    pub(crate) mean_pred: f64,
    pub(crate) var_true: f64,
    pub(crate) var_pred: f64,
    pub(crate) covariance: f64,
}

/// Those of these labels and predictions, of which there are as many.
pub(crate) fn moments(y_true: impl Iterator<Item = f64> + Clone, y_pred: impl Iterator<Item = f64> + Clone) -> Moments {
    let pairs = || y_true.clone().zip(y_pred.clone());
    let mean = |term: &dyn Fn(f64, f64) -> f64| {
        let (sum, count) = pairs().fold((0.0, 0.0), |(sum, count), (t, p)| (sum + term(t, p), count + 1.0));
        sum / count
    };
    let (mean_true, mean_pred) = (mean(&|t, _| t), mean(&|_, p| p));
    Moments {
        mean_true,
        mean_pred,
        var_true: mean(&|t, _| (t - mean_true) * (t - mean_true)),
        var_pred: mean(&|_, p| (p - mean_pred) * (p - mean_pred)),
        covariance: mean(&|t, p| (t - mean_true) * (p - mean_pred)),
    }
}
