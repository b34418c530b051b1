//! The arguments that every optimizer takes, in Keras's words.

use cornu_config::{Arguments, Config, Value};

use crate::argument::{error, fraction, not_negative, positive};
use crate::{IntoLearningRate, LearningRate, OptimizerError, Variable};

/// How gradients are made smaller before a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Clip {
    /// The norm of each gradient.
    Norm(f64),
    /// The norm of all gradients together.
    GlobalNorm(f64),
    /// Every value.
    Value(f64),
}

impl Clip {
    /// The argument that says so, and its value.
    fn argument(self) -> (&'static str, f64) {
        match self {
            Self::Norm(norm) => ("clipnorm", norm),
            Self::GlobalNorm(norm) => ("global_clipnorm", norm),
            Self::Value(value) => ("clipvalue", value),
        }
    }
}

/// The arguments that every optimizer takes, as they were given. The defaults are Keras's: none of them does anything.
///
/// An optimizer keeps one, and gives it out through [`OptimizerArguments`].
#[derive(Debug, Clone)]
pub struct Common {
    class_name: &'static str,
    name: Option<String>,
    pub(crate) learning_rate: LearningRate,
    pub(crate) weight_decay: Option<f64>,
    pub(crate) clip: Option<Clip>,
    pub(crate) use_ema: bool,
    pub(crate) ema_momentum: f64,
    pub(crate) ema_overwrite_frequency: Option<u64>,
    pub(crate) loss_scale_factor: Option<f64>,
    pub(crate) gradient_accumulation_steps: Option<u64>,
    excluded_names: Vec<String>,
    excluded_paths: Vec<String>,
}

impl Common {
    /// The learning rate, and nothing else. `class_name`, such as `"Adam"`, is what messages name.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if the rate is negative or not finite.
    pub fn new(class_name: &'static str, learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        let learning_rate = learning_rate.into_learning_rate().checked(class_name)?;
        Ok(Self { learning_rate, ..Self::of(class_name, 0.0) })
    }

    /// A default rate.
    pub(crate) fn of(class_name: &'static str, learning_rate: f64) -> Self {
        Self {
            class_name,
            name: None,
            learning_rate: LearningRate::Number(learning_rate),
            weight_decay: None,
            clip: None,
            use_ema: false,
            ema_momentum: 0.99,
            ema_overwrite_frequency: None,
            loss_scale_factor: None,
            gradient_accumulation_steps: None,
            excluded_names: Vec::new(),
            excluded_paths: Vec::new(),
        }
    }

    /// The same with a default weight decay.
    pub(crate) fn decaying(self, weight_decay: f64) -> Self {
        Self { weight_decay: Some(weight_decay), ..self }
    }

    /// The class, such as `"Adam"`.
    #[must_use]
    pub fn class_name(&self) -> &'static str {
        self.class_name
    }

    /// The learning rate.
    #[must_use]
    pub fn learning_rate(&self) -> &LearningRate {
        &self.learning_rate
    }

    /// Sets the learning rate; the next step uses it. A schedule can take the place of either, a number that of a number.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite, [`OptimizerError::Scheduled`] for a number where a
    /// schedule is. The old rate stays.
    pub fn set_learning_rate(&mut self, learning_rate: impl IntoLearningRate) -> Result<(), OptimizerError> {
        let rate = learning_rate.into_learning_rate().checked(self.class_name)?;
        if let (LearningRate::Number(rate), LearningRate::Schedule(_)) = (&rate, &self.learning_rate) {
            return Err(OptimizerError::Scheduled { optimizer: self.class_name, received: rate.to_string() });
        }
        self.learning_rate = rate;
        Ok(())
    }

    /// The weight decay of a variable, if it is not excluded from it.
    #[must_use]
    pub fn weight_decay_of(&self, variable: &Variable) -> Option<f64> {
        self.weight_decay.filter(|_| self.is_decayed(variable))
    }

    /// Whether a variable is not excluded from weight decay.
    #[must_use]
    pub fn is_decayed(&self, variable: &Variable) -> bool {
        let named = self.excluded_names.iter().any(|part| variable.name().contains(part.as_str()));
        !named && !self.excluded_paths.iter().any(|path| path == variable.path())
    }

    /// What Keras writes of these arguments, with the class; `default_name` is the name that Keras gives the optimizer.
    /// `None` if the learning rate is a schedule that no file can carry.
    #[must_use]
    pub fn get_config(&self, default_name: &str) -> Option<Config> {
        let clip =
            |wanted: &str| self.clip.map(Clip::argument).filter(|(own, _)| *own == wanted).map(|(_, value)| value);
        Some(
            Config::new("keras.optimizers", self.class_name)
                .with("name", self.name.as_deref().unwrap_or(default_name))
                .with("learning_rate", self.learning_rate.to_value()?)
                .with("weight_decay", self.weight_decay)
                .with("clipnorm", clip("clipnorm"))
                .with("global_clipnorm", clip("global_clipnorm"))
                .with("clipvalue", clip("clipvalue"))
                .with("use_ema", self.use_ema)
                .with("ema_momentum", self.ema_momentum)
                .with("ema_overwrite_frequency", self.ema_overwrite_frequency)
                .with("loss_scale_factor", self.loss_scale_factor)
                .with("gradient_accumulation_steps", self.gradient_accumulation_steps),
        )
    }

    /// Sets how gradients are clipped. As in Keras, a 0 stands for no clipping, and two ways are an error.
    fn set_clip(&mut self, clip: fn(f64) -> Clip, value: f64) -> Result<(), OptimizerError> {
        let (argument, value) = clip(value).argument();
        let value = not_negative(self.class_name, argument, value)?;
        if let Some((other, _)) = self.clip.map(Clip::argument).filter(|(other, _)| *other != argument) {
            let expected = "the only one of `clipnorm`, `clipvalue` and `global_clipnorm`";
            return Err(error(self.class_name, argument, expected, format!("{value}, after {other}")));
        }
        self.clip = (value > 0.0).then(|| clip(value));
        Ok(())
    }
}

/// The arguments that every optimizer takes, on the optimizer.
///
/// ```
/// use cornu_optimizers::{Adam, OptimizerArguments};
///
/// let adam = Adam::new(0.01)?
///     .weight_decay(1e-4)?
///     .exclude_from_weight_decay(["bias"])
///     .clipnorm(1.0)?
///     .use_ema(true);
/// assert!(Adam::default().clipnorm(1.0)?.clipvalue(0.5).is_err());
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
pub trait OptimizerArguments {
    /// The arguments.
    fn common(&self) -> &Common;

    /// The arguments, to change.
    fn common_mut(&mut self) -> &mut Common;

    /// The name that Keras's files have for the optimizer.
    #[must_use]
    fn with_name(mut self, name: impl Into<String>) -> Self
    where
        Self: Sized,
    {
        self.common_mut().name = Some(name.into());
        self
    }

    /// By which part of itself, times the learning rate, a variable gets smaller at every step: `w ← w − ηλw` before the
    /// step. None by default.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    fn weight_decay(mut self, weight_decay: f64) -> Result<Self, OptimizerError>
    where
        Self: Sized,
    {
        let common = self.common_mut();
        common.weight_decay = Some(not_negative(common.class_name, "weight_decay", weight_decay)?);
        Ok(self)
    }

    /// Excludes variables from the weight decay: all in whose names (such as `"bias"`) one of these texts occurs. (Keras
    /// takes patterns; here a text stands for itself.)
    #[must_use]
    fn exclude_from_weight_decay(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self
    where
        Self: Sized,
    {
        self.common_mut().excluded_names.extend(names.into_iter().map(Into::into));
        self
    }

    /// Excludes single variables from the weight decay, by their whole paths, such as `"sequential/dense/kernel"`.
    #[must_use]
    fn exclude_paths_from_weight_decay(mut self, paths: impl IntoIterator<Item = impl Into<String>>) -> Self
    where
        Self: Sized,
    {
        self.common_mut().excluded_paths.extend(paths.into_iter().map(Into::into));
        self
    }

    /// The largest norm of each variable's gradient: a larger one is scaled down to it. None by default, or with 0.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite, or after another way to clip.
    fn clipnorm(mut self, clipnorm: f64) -> Result<Self, OptimizerError>
    where
        Self: Sized,
    {
        self.common_mut().set_clip(Clip::Norm, clipnorm)?;
        Ok(self)
    }

    /// The largest norm of all gradients together: larger ones are scaled down to it. None by default, or with 0.
    ///
    /// # Errors
    /// As [`OptimizerArguments::clipnorm`].
    fn global_clipnorm(mut self, global_clipnorm: f64) -> Result<Self, OptimizerError>
    where
        Self: Sized,
    {
        self.common_mut().set_clip(Clip::GlobalNorm, global_clipnorm)?;
        Ok(self)
    }

    /// The largest value in a gradient, and the smallest with a minus: what lies beyond is set to it. None by default, or
    /// with 0.
    ///
    /// # Errors
    /// As [`OptimizerArguments::clipnorm`].
    fn clipvalue(mut self, clipvalue: f64) -> Result<Self, OptimizerError>
    where
        Self: Sized,
    {
        self.common_mut().set_clip(Clip::Value, clipvalue)?;
        Ok(self)
    }

    /// Whether a moving average of each variable is kept, which takes the variable's place when training ends
    /// ([`OptimizerState::finalize`](crate::OptimizerState::finalize)). False by default.
    #[must_use]
    fn use_ema(mut self, use_ema: bool) -> Self
    where
        Self: Sized,
    {
        self.common_mut().use_ema = use_ema;
        self
    }

    /// How much of the moving average stays at each step: `a ← ma + (1 − m)w`. Keras's default is 0.99.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it does not lie between 0 and 1.
    fn ema_momentum(mut self, ema_momentum: f64) -> Result<Self, OptimizerError>
    where
        Self: Sized,
    {
        let common = self.common_mut();
        common.ema_momentum = fraction(common.class_name, "ema_momentum", ema_momentum)?;
        Ok(self)
    }

    /// After how many steps each the average takes the variable's place during training. Never, by default.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is 0.
    fn ema_overwrite_frequency(mut self, steps: u64) -> Result<Self, OptimizerError>
    where
        Self: Sized,
    {
        let common = self.common_mut();
        if steps == 0 {
            return Err(error(common.class_name, "ema_overwrite_frequency", "a whole number, 1 or more", steps));
        }
        common.ema_overwrite_frequency = Some(steps);
        Ok(self)
    }

    /// By what the loss is multiplied, and the gradients are divided again. None by default.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is not above 0 or not finite.
    fn loss_scale_factor(mut self, factor: f64) -> Result<Self, OptimizerError>
    where
        Self: Sized,
    {
        let common = self.common_mut();
        common.loss_scale_factor = Some(positive(common.class_name, "loss_scale_factor", factor)?);
        Ok(self)
    }

    /// From how many gradients each step takes the mean: variables move only every so many calls. As in Keras, a schedule
    /// and the averages of [`OptimizerArguments::use_ema`] go on at each call. None by default.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is less than 2.
    fn gradient_accumulation_steps(mut self, steps: u64) -> Result<Self, OptimizerError>
    where
        Self: Sized,
    {
        let common = self.common_mut();
        if steps < 2 {
            return Err(error(common.class_name, "gradient_accumulation_steps", "a whole number, 2 or more", steps));
        }
        common.gradient_accumulation_steps = Some(steps);
        Ok(self)
    }
}

/// Reads these arguments from a config, as far as it has them, into an optimizer.
///
/// # Errors
/// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
pub(crate) fn read<O: OptimizerArguments>(
    mut optimizer: O,
    config: &Config,
    arguments: &mut Arguments<'_>,
) -> Result<O, OptimizerError> {
    if let Some(rate) = LearningRate::read(arguments)? {
        let common = optimizer.common_mut();
        common.learning_rate = rate.checked(common.class_name)?;
    }
    if let Some(name) = arguments.get::<String>("name")? {
        optimizer = optimizer.with_name(name);
    }
    match arguments.get("weight_decay")? {
        Some(decay) => optimizer = optimizer.weight_decay(decay)?,
        None if config.get("weight_decay") == Some(&Value::Null) => optimizer.common_mut().weight_decay = None,
        None => {}
    }
    if let Some(norm) = arguments.get("clipnorm")? {
        optimizer = optimizer.clipnorm(norm)?;
    }
    if let Some(norm) = arguments.get("global_clipnorm")? {
        optimizer = optimizer.global_clipnorm(norm)?;
    }
    if let Some(value) = arguments.get("clipvalue")? {
        optimizer = optimizer.clipvalue(value)?;
    }
    optimizer = optimizer.use_ema(arguments.or("use_ema", false)?).ema_momentum(arguments.or("ema_momentum", 0.99)?)?;
    if let Some(steps) = arguments.get("ema_overwrite_frequency")? {
        optimizer = optimizer.ema_overwrite_frequency(steps)?;
    }
    if let Some(factor) = arguments.get("loss_scale_factor")? {
        optimizer = optimizer.loss_scale_factor(factor)?;
    }
    match arguments.get("gradient_accumulation_steps")? {
        None | Some(0) => Ok(optimizer), // in Keras, 0 is none
        Some(steps) => optimizer.gradient_accumulation_steps(steps),
    }
}
