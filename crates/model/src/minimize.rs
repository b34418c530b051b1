//! Training of small networks on all samples at once, with L-BFGS.

use cornu_optimizers::LBFGS;
use cornu_optimizers::lbfgs::Report;
use cornu_tensor::{Scalar, Tensor, threads};

use crate::data::Batch;
use crate::{ModelError, Sequential};

impl<T: Scalar> Sequential<T> {
    /// Trains the model with L-BFGS, on all samples at once, and gives back the losses of all iterations. It is for small
    /// networks and few samples, which it brings to a minimum that [`Sequential::fit`] comes close to after thousands of
    /// epochs. Keras has nothing like it.
    ///
    /// What becomes smaller is the loss of a training step as in `fit`: that which the model was compiled with, and the
    /// penalties. The compiled optimizer and its metrics take no part. A model that is not built yet is built for the
    /// samples.
    ///
    /// - The weights end no worse than they began; if the loss becomes NaN or infinite, with the best that were found.
    /// - Frozen weights stay. What training moves without gradients (the moving statistics of `BatchNormalization`; the loss
    ///   takes those of the batch) is moved at the end, as often as there were iterations, towards that of the final weights.
    /// - The loss must be the same at every evaluation and the weights must be free: a model with a random layer (`Dropout`)
    ///   or with a constraint is refused.
    /// - A loss with kinks (`mae`, an L1 penalty, ReLU) may end it early, with [`Stop::LineSearch`].
    ///
    /// `f64` lets it come closer to the minimum: see [`sequential!`](crate::sequential)`[f64; …]`.
    ///
    /// # Errors
    /// [`ModelError`] for whatever does not fit. The model is then as it was.
    ///
    /// ```
    /// use cornu_layers::{Dense, KernelArguments};
    /// use cornu_model::{Compile, LayerArguments, sequential};
    /// use cornu_optimizers::LBFGS;
    /// use cornu_tensor::Tensor;
    ///
    /// // The sine from −π/2 to π/2.
    /// let hidden = Dense::new(6).activation("tanh").input_shape([1]);
    /// let mut model = sequential![f64; hidden, Dense::new(1)]?;
    /// model.compile(Compile::new("adam", "mse"))?;
    /// let at = |i: usize| (i as f64 - 19.5) / 12.4;
    /// let (x, y) = (Tensor::from_fn([40, 1], at), Tensor::from_fn([40, 1], |i| at(i).sin()));
    /// let report = model.minimize(&x, &y, None, &LBFGS::new())?;
    /// assert!(report.loss() < 1e-6); // `fit` is at 1e-4 after 2000 epochs
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    ///
    /// [`Stop::LineSearch`]: cornu_optimizers::lbfgs::Stop::LineSearch
    pub fn minimize(
        &mut self,
        x: &Tensor<T>,
        y: &Tensor<T>,
        sample_weight: Option<&[T]>,
        method: &LBFGS,
    ) -> Result<Report, ModelError> {
        self.compiled("minimize")?;
        let batch = Batch { x: x.view(), y: y.view(), sample_weight };
        self.or_as_it_was(true, |model| {
            model.build_for(batch.x)?;
            model.check(model.compiled("minimize")?, batch)?;
            model.check_free()?;
            threads::inside(model.chain().work(batch.x.shape().batch()), || model.minimize_here(batch, method))
        })
    }

    /// The training, on this thread and those that help it.
    fn minimize_here(&mut self, batch: Batch<'_, T>, method: &LBFGS) -> Result<Report, ModelError> {
        let mut values: Vec<T> = self.moving().flat_map(|(_, weight)| weight.as_slice().iter().copied()).collect();
        let report = method
            .minimize(&mut values, |values, gradient| self.loss_at(batch, values, gradient).map(Scalar::to_f64))?;
        self.set_moving(&values);
        self.update_statistics(batch, report.iterations())?;
        Ok(report)
    }

    /// Whether nothing is random, and no weight that would be moved has a constraint.
    fn check_free(&mut self) -> Result<(), ModelError> {
        let refused = |expected: &str, received| {
            Err(ModelError::Argument {
                function: "minimize",
                argument: "layer",
                expected: expected.to_owned(),
                received,
            })
        };
        if let Some(link) = self.links.iter().find(|link| link.layer.is_random()) {
            let expected =
                "none whose training is random, since L-BFGS needs the same loss at every evaluation (`fit` takes it)";
            return refused(expected, format!("{} ({})", link.name, link.layer.class_name()));
        }
        if let Some((link, weight)) = self.moving().find(|(_, weight)| weight.is_constrained()) {
            let expected = "one without constraints on weights that move, which L-BFGS cannot keep (`fit` can)";
            return refused(expected, format!("{} (its `{}`)", link.name, weight.name()));
        }
        Ok(())
    }
}
