//! A BatchNormalization in a Keras file.

use cornu_config::{Config, Value};
use cornu_tensor::Scalar;

use super::BatchNormalization;
use crate::LayerError;
use crate::arguments::fixed;
use crate::learned::{Names, read_initializer};
use crate::registry::{LAYER_ARGUMENTS, MODULE};

const GAMMA: Names = ["gamma_initializer", "gamma_regularizer", "gamma_constraint"];
const BETA: Names = ["beta_initializer", "beta_regularizer", "beta_constraint"];

/// What Keras can do besides, and this cannot: each argument with the value that says so.
fn absent() -> [(&'static str, Value); 4] {
    [
        ("synchronized", false.into()),
        ("renorm", false.into()),
        ("renorm_clipping", Value::Null),
        ("renorm_momentum", 0.99.into()),
    ]
}

impl<T: Scalar> BatchNormalization<T> {
    /// From Keras's arguments. A file that asks for `synchronized` or `renorm` is refused.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and the error of what cannot be made.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let mut own = Self::new();
        own.axis = arguments.or("axis", own.axis)?;
        own.momentum = arguments.or("momentum", own.momentum)?;
        own.epsilon = arguments.or("epsilon", own.epsilon)?;
        own.center = arguments.or("center", own.center)?;
        own.scale = arguments.or("scale", own.scale)?;
        own.gamma.read(&mut arguments, GAMMA)?;
        own.beta.read(&mut arguments, BETA)?;
        if let Some(initializer) = read_initializer(&mut arguments, "moving_mean_initializer")? {
            own.moving_mean_initializer = initializer;
        }
        if let Some(initializer) = read_initializer(&mut arguments, "moving_variance_initializer")? {
            own.moving_variance_initializer = initializer;
        }
        for (argument, value) in absent() {
            fixed(&mut arguments, "BatchNormalization", argument, &value)?;
        }
        arguments.finish()?;
        Ok(own)
    }

    /// What Keras writes of it; none if an argument was not understood, or no file can carry it.
    pub(super) fn written(&self) -> Option<Config> {
        if self.error.is_some() {
            return None;
        }
        let config = Config::new(MODULE, "BatchNormalization")
            .with("axis", self.axis)
            .with("momentum", self.momentum)
            .with("epsilon", self.epsilon)
            .with("center", self.center)
            .with("scale", self.scale)
            .with("moving_mean_initializer", self.moving_mean_initializer.get_config()?)
            .with("moving_variance_initializer", self.moving_variance_initializer.get_config()?);
        let config = absent().into_iter().fold(config, |config, (argument, value)| config.with(argument, value));
        self.beta.write(self.gamma.write(config, GAMMA)?, BETA)
    }
}
