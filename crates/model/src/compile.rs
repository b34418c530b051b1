//! What a model trains with: optimizer, loss and metrics.

use cornu_layers::Layer;
use cornu_losses::{IntoLoss, Loss};
use cornu_metrics::{IntoMetric, Mean, Metric};
use cornu_optimizers::{IntoOptimizer, Optimizer, OptimizerState, StateValue, StateVariable};
use cornu_tensor::Scalar;

use crate::chain::Link;
use crate::workspace::{Tail, Workspace};
use crate::{Logs, ModelError, Sequential};

/// The arguments of [`Sequential::compile`], in Keras's words.
///
/// Optimizer, loss and metrics are given by Keras's name or as values. A name that is unknown is reported by
/// `compile`.
///
/// Where the last activation is a softmax or a sigmoid and the loss its crossentropy, the two are computed
/// together from the logits, as Keras does on TensorFlow. On JAX, Keras clips the probabilities instead: there
/// the loss of a sure but wrong prediction ends at 16.1 and its gradient at 0.
///
/// ```
/// use cornu_losses::SparseCategoricalCrossentropy;
/// use cornu_model::Compile;
/// use cornu_optimizers::Adam;
///
/// let by_name = Compile::<f32>::new("adam", "sparse_categorical_crossentropy").metric("accuracy");
/// let by_value = Compile::<f32>::new(Adam::new(0.01)?, SparseCategoricalCrossentropy::new()).metric("accuracy");
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug)]
pub struct Compile<T: Scalar> {
    parts: Result<Parts<T>, ModelError>,
}

#[derive(Debug)]
struct Parts<T: Scalar> {
    optimizer: Box<dyn Optimizer<T>>,
    loss: Box<dyn Loss<T>>,
    metrics: Vec<Box<dyn Metric<T>>>,
    weighted_metrics: Vec<Box<dyn Metric<T>>>,
}

impl<T: Scalar> Compile<T> {
    /// With this optimizer and this loss.
    #[must_use]
    pub fn new(optimizer: impl IntoOptimizer<T>, loss: impl IntoLoss<T>) -> Self {
        let parts = || {
            let (optimizer, loss) = (optimizer.into_optimizer()?, loss.into_loss()?);
            Ok(Parts { optimizer, loss, metrics: Vec::new(), weighted_metrics: Vec::new() })
        };
        Self { parts: parts() }
    }

    /// With more metrics of one kind: `metrics(["accuracy", "mae"])`.
    #[must_use]
    pub fn metrics(self, metrics: impl IntoIterator<Item = impl IntoMetric<T>>) -> Self {
        metrics.into_iter().fold(self, Self::metric)
    }

    /// With one more metric. `"accuracy"` means what it means in Keras: binary, categorical or sparse
    /// categorical accuracy, as the shapes of labels and predictions tell.
    #[must_use]
    pub fn metric(self, metric: impl IntoMetric<T>) -> Self {
        let parts = self.parts.and_then(|mut parts| {
            parts.metrics.push(metric.into_metric()?);
            Ok(parts)
        });
        Self { parts }
    }

    /// With more metrics of one kind in which the samples count by their weights: `weighted_metrics(["accuracy"])`.
    #[must_use]
    pub fn weighted_metrics(self, metrics: impl IntoIterator<Item = impl IntoMetric<T>>) -> Self {
        metrics.into_iter().fold(self, Self::weighted_metric)
    }

    /// With one more metric in which the samples count by their weights, those of their classes too. Beside a metric of
    /// the same name, it is `weighted_…` in the logs.
    ///
    /// ```
    /// use cornu_layers::{Dense, KernelArguments};
    /// use cornu_model::callbacks::Verbose;
    /// use cornu_model::{Compile, Evaluate, LayerArguments, sequential};
    /// use cornu_tensor::Tensor;
    ///
    /// let mut model = sequential![Dense::new(1).kernel_initializer("zeros").input_shape([1])]?;
    /// model.compile(Compile::new("sgd", "mse").metric("mae").weighted_metric("mae"))?;
    /// let (x, y) = (Tensor::from([[1.0], [1.0]]), Tensor::from([[1.0], [5.0]]));
    /// let evaluate = Evaluate::new().sample_weight(&[3.0, 1.0]).verbose(Verbose::Silent);
    /// let measured = model.evaluate(&x, &y, evaluate)?;
    /// assert_eq!((measured.get("mae"), measured.get("weighted_mae")), (Some(3.0), Some(2.0)));
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    #[must_use]
    pub fn weighted_metric(self, metric: impl IntoMetric<T>) -> Self {
        let parts = self.parts.and_then(|mut parts| {
            parts.weighted_metrics.push(metric.into_metric()?);
            Ok(parts)
        });
        Self { parts }
    }
}

/// A metric, and its name in the logs.
pub(crate) type NamedMetric<T> = (String, Box<dyn Metric<T>>);

/// What a compiled model trains with, and what it has learned of how to.
#[derive(Debug, Clone)]
pub(crate) struct Compiled<T: Scalar> {
    pub(crate) optimizer: Box<dyn Optimizer<T>>,
    pub(crate) loss: Box<dyn Loss<T>>,
    pub(crate) metrics: Vec<Box<dyn Metric<T>>>,
    /// The metrics that count the samples by their weights, with their names in the logs.
    pub(crate) weighted_metrics: Vec<NamedMetric<T>>,
    /// Keras's loss tracker: the mean over the batches, weighted by their sizes.
    pub(crate) mean_loss: Mean,
    /// The fused form of last activation and loss, where there is one.
    pub(crate) tail: Option<Tail<T>>,
    /// The optimizer's state, for each weight that gradients can move; it is made for the first step.
    pub(crate) state: OptimizerState<T>,
    pub(crate) workspace: Workspace<T>,
}

impl<T: Scalar> Compiled<T> {
    /// Forgets what depends on the list of weights.
    pub(crate) fn forget(&mut self) {
        self.state = OptimizerState::default();
        self.workspace = Workspace::default();
    }

    /// Looks whether the last layer's activation can be fused with the loss.
    pub(crate) fn find_tail(&mut self, last: Option<&dyn Layer<T>>) {
        self.tail = last.and_then(Layer::without_activation).and_then(|(layer, activation)| {
            let loss = self.loss.on_logits_of(activation.name())?;
            Some(Tail { layer, activation, loss })
        });
    }

    /// Sets all metrics back to the start.
    pub(crate) fn reset_metrics(&mut self) {
        self.mean_loss.reset();
        self.metrics.iter_mut().for_each(|metric| metric.reset());
        self.weighted_metrics.iter_mut().for_each(|(_, metric)| metric.reset());
    }

    /// All metrics, with their names in the logs.
    pub(crate) fn all_metrics(&self) -> impl Iterator<Item = (&str, &dyn Metric<T>)> {
        let plain = self.metrics.iter().map(|metric| (metric.name(), metric.as_ref()));
        plain.chain(self.weighted_metrics.iter().map(|(name, metric)| (name.as_str(), metric.as_ref())))
    }

    /// Whether a metric can refuse a batch that it agreed to, or its weights.
    pub(crate) fn metrics_may_fail(&self) -> bool {
        !self.weighted_metrics.is_empty() || self.metrics.iter().any(|metric| metric.may_fail())
    }

    /// Writes loss and metrics into the logs.
    pub(crate) fn log(&self, logs: &mut Logs) {
        logs.set_measured("", "loss", self.mean_loss.result());
        for (name, metric) in self.all_metrics() {
            logs.set_measured("", name, metric.result());
        }
    }

    /// Writes into the logs what the metrics have of several numbers.
    pub(crate) fn log_lists(&self, logs: &mut Logs) {
        for (name, metric) in self.all_metrics() {
            if let Some(values) = metric.results() {
                logs.set_list("", name, values);
            }
        }
    }
}

impl<T: Scalar> Sequential<T> {
    /// Sets optimizer, loss and metrics. The optimizer begins anew; the weights stay.
    ///
    /// # Errors
    /// [`ModelError::Optimizer`], [`ModelError::Loss`] or [`ModelError::Metric`] for a name that is unknown;
    /// [`ModelError::Argument`] for two metrics of one name. The model is then as it was.
    ///
    /// ```
    /// use cornu_layers::Dense;
    /// use cornu_model::{Compile, LayerArguments, sequential};
    ///
    /// let mut model = sequential![Dense::new(1).input_shape([3])]?;
    /// model.compile(Compile::new("sgd", "mse"))?;
    /// assert!(model.compile(Compile::new("sgdd", "mse")).is_err());
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    pub fn compile(&mut self, compile: Compile<T>) -> Result<(), ModelError> {
        let Parts { optimizer, loss, metrics, weighted_metrics } = compile.parts?;
        // As in Keras, a weighted metric gives way to one that is not.
        let named = |metric: Box<dyn Metric<T>>| {
            let taken = metrics.iter().any(|other| other.name() == metric.name());
            (if taken { format!("weighted_{}", metric.name()) } else { metric.name().to_owned() }, metric)
        };
        let weighted_metrics: Vec<_> = weighted_metrics.into_iter().map(named).collect();
        let mut names = vec!["loss"];
        for name in metrics.iter().map(|metric| metric.name()).chain(weighted_metrics.iter().map(|(name, _)| &**name)) {
            if names.contains(&name) {
                return Err(ModelError::Argument {
                    function: "compile",
                    argument: "metric",
                    expected: "of another name than the loss and the other metrics".to_owned(),
                    received: name.to_owned(),
                });
            }
            names.push(name);
        }
        let mut compiled = Compiled {
            optimizer,
            loss,
            metrics,
            weighted_metrics,
            mean_loss: Mean::new("loss"),
            tail: None,
            state: OptimizerState::default(),
            workspace: Workspace::default(),
        };
        compiled.find_tail(self.links.last().map(|link| link.layer.as_ref()));
        self.compiled = Some(compiled);
        Ok(())
    }

    /// The optimizer, of a compiled model.
    #[must_use]
    pub fn optimizer(&self) -> Option<&dyn Optimizer<T>> {
        self.compiled.as_ref().map(|compiled| compiled.optimizer.as_ref())
    }

    /// The training steps taken since `compile`: Keras's `optimizer.iterations`. (Where gradients are accumulated, Keras
    /// counts the steps that moved the weights.)
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.compiled.as_ref().map_or(0, |compiled| compiled.state.iteration())
    }

    /// The learning rate of the next step, of a compiled model.
    #[must_use]
    pub fn learning_rate(&self) -> Option<f64> {
        let rate = |compiled: &Compiled<T>| compiled.optimizer.common().learning_rate().at(compiled.state.iteration());
        self.compiled.as_ref().map(rate)
    }

    /// Gives the optimizer another learning rate.
    ///
    /// # Errors
    /// [`ModelError::NotCompiled`], or [`ModelError::Optimizer`] for a rate that is not a number, 0 or more, and if a
    /// schedule says the rates.
    pub fn set_learning_rate(&mut self, rate: f64) -> Result<(), ModelError> {
        Ok(self.compiled_mut("set_learning_rate")?.optimizer.set_learning_rate(rate)?)
    }

    /// What the optimizer has learned, in the order of Keras's `optimizer.variables`: iteration, learning rate, slots. None
    /// before the model is compiled and built.
    ///
    /// With it and the weights, another model of the same layers goes on as this one would.
    ///
    /// ```
    /// use cornu_layers::Dense;
    /// use cornu_model::{Compile, LayerArguments, sequential};
    ///
    /// let mut model = sequential![Dense::new(1).input_shape([3])]?;
    /// model.compile(Compile::new("adam", "mse"))?;
    /// let variables = model.optimizer_variables();
    /// assert_eq!(variables.len(), 2 + 2 * 2);
    /// assert_eq!(variables[2].name, "sequential_dense_kernel_momentum");
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    pub fn optimizer_variables(&mut self) -> Vec<StateVariable<'_, T>> {
        self.build_optimizer();
        self.state_variables().unwrap_or_default()
    }

    /// The optimizer's variables, if they exist.
    pub(crate) fn state_variables(&self) -> Option<Vec<StateVariable<'_, T>>> {
        let compiled = self.compiled.as_ref().filter(|compiled| compiled.state.is_built())?;
        self.variables_of(&compiled.state)
    }

    /// The optimizer's variables in this state of it.
    pub(crate) fn variables_of<'s>(&self, state: &'s OptimizerState<T>) -> Option<Vec<StateVariable<'s, T>>> {
        let (compiled, trained) = (self.compiled.as_ref()?, self.trained());
        Some(state.variables(compiled.optimizer.as_ref(), |index| trained.get(index) == Some(&true)))
    }

    /// Gives the optimizer back what it had learned, in the order of [`Sequential::optimizer_variables`]. If a value does
    /// not fit, nothing is changed.
    ///
    /// # Errors
    /// [`ModelError::NotCompiled`], [`ModelError::NotBuilt`], or [`ModelError::Optimizer`].
    pub fn set_optimizer_variables(&mut self, values: &[StateValue<'_, T>]) -> Result<(), ModelError> {
        self.compiled("set_optimizer_variables")?;
        self.shapes("the optimizer's variables")?;
        self.build_optimizer();
        let trained = self.trained();
        let Compiled { optimizer, state, .. } = self.compiled_mut("set_optimizer_variables")?;
        Ok(state.restore(optimizer.as_mut(), |index| trained.get(index) == Some(&true), values)?)
    }

    /// Gives the weights the values that training ends with: where the optimizer keeps moving averages
    /// (`use_ema`), these. [`Sequential::fit`] does it at its end.
    ///
    /// # Errors
    /// [`ModelError::NotCompiled`].
    pub fn finalize_variable_values(&mut self) -> Result<(), ModelError> {
        self.compiled("finalize_variable_values")?;
        let trained = self.trained();
        let Some(compiled) = &self.compiled else { return Ok(()) };
        let weights = self.weights.iter_mut().filter(|weight| weight.is_trainable());
        for (index, (weight, _)) in weights.zip(trained).enumerate().filter(|(_, (_, trained))| *trained) {
            compiled.state.finalize(index, weight.as_mut_slice());
        }
        Ok(())
    }

    /// Of each weight that gradients can move: whether training does.
    pub(crate) fn trained(&self) -> Vec<bool> {
        let of_link = |link: &Link<T>| {
            let trains = self.trainable && link.trainable;
            self.weights[link.weights.clone()].iter().filter(|weight| weight.is_trainable()).map(move |_| trains)
        };
        self.links.iter().flat_map(of_link).collect()
    }

    /// Makes the optimizer's state, if it is not there and the weights are.
    pub(crate) fn build_optimizer(&mut self) {
        let state = self.first_state();
        if let (Some(compiled), Some(state)) = (&mut self.compiled, state) {
            compiled.state = state;
        }
    }

    /// The optimizer's state before the first step, if it is not there and the weights are.
    pub(crate) fn first_state(&self) -> Option<OptimizerState<T>> {
        let compiled = self.compiled.as_ref().filter(|compiled| !compiled.state.is_built() && self.is_built())?;
        let variables = self.named_weights().zip(&self.weights).filter(|(_, weight)| weight.is_trainable());
        let variables = variables.map(|(named, weight)| (named.path, weight.value()));
        Some(OptimizerState::new(compiled.optimizer.as_ref(), variables))
    }

    /// What the model was compiled with.
    pub(crate) fn compiled(&self, before: &'static str) -> Result<&Compiled<T>, ModelError> {
        self.compiled.as_ref().ok_or_else(|| not_compiled(&self.name, before))
    }

    /// What the model was compiled with, to change.
    pub(crate) fn compiled_mut(&mut self, before: &'static str) -> Result<&mut Compiled<T>, ModelError> {
        self.compiled.as_mut().ok_or_else(|| not_compiled(&self.name, before))
    }
}

/// The error of a model that was not compiled.
pub(crate) fn not_compiled(model: &str, before: &'static str) -> ModelError {
    ModelError::NotCompiled { model: model.to_owned(), before }
}
