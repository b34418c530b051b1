//! Curves and histograms for TensorBoard.

use std::path::PathBuf;
use std::time::Instant;

use cornu_tensor::Scalar;
use cornu_tensorboard::{EventWriter, Histogram, TensorBoardError};

use super::{Callback, Training, UpdateFreq};
use crate::{Logs, ModelError};

/// Writes what TensorBoard shows: the curves of loss, metrics and learning rate, and histograms of the weights
/// (`keras.callbacks.TensorBoard`, with its defaults). To see them: `tensorboard --logdir logs`.
///
/// In the folder `log_dir` there is a run `train`, and a run `validation` if there is one. Their tags are Keras's:
///
/// | tag | step | when |
/// |---|---|---|
/// | `epoch_loss`, `epoch_accuracy` …, in both runs | epoch | after every epoch |
/// | `epoch_learning_rate` | epoch | after every epoch |
/// | `evaluation_loss_vs_iterations` … | steps of the optimizer | after every validation, and after an evaluation |
/// | `batch_loss` … | batch of the training, counted from 1 | [`update_freq`](Self::update_freq) |
/// | `epoch_steps_per_second`, `batch_steps_per_second` | epoch, batch | [`write_steps_per_second`](Self::write_steps_per_second) |
/// | `sequential/dense/kernel/histogram` … | epoch | [`histogram_freq`](Self::histogram_freq) |
///
/// Everything is on the disk at the end of each epoch. A file that cannot be written ends the training. Each training
/// writes new files: give each a `log_dir` of its own to compare them.
///
/// An `update_freq` counts for the numbers of batches alone. (In Keras it also takes away those epochs and validations
/// whose last batch it does not meet.) Graphs, images, profiles and embeddings are not written.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::{TensorBoard, Verbose};
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[2.0], [4.0]]));
/// let logs = std::env::temp_dir().join(format!("cornu-logs-{}", std::process::id()));
/// let mut board = TensorBoard::new(&logs).histogram_freq(1);
/// model.fit(&x, &y, Fit::new().epochs(3).verbose(Verbose::Silent).callback(&mut board))?;
/// assert!(logs.join("train").is_dir() && !logs.join("validation").exists());
/// # std::fs::remove_dir_all(logs).ok();
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct TensorBoard {
    log_dir: PathBuf,
    histogram_freq: usize,
    update_freq: UpdateFreq,
    write_steps_per_second: bool,
    train: Option<EventWriter>,
    validation: Option<EventWriter>,
    /// The batches of this training.
    batches: u64,
    batch_begin: Option<Instant>,
    /// When the epoch began, and at which step.
    epoch_begin: Option<(Instant, u64)>,
    /// The tag that is written, kept for its memory.
    tag: String,
}

const NAME: &str = "TensorBoard";
const TRAIN: &str = "train";
const VALIDATION: &str = "validation";
const LEARNING_RATE: &str = "learning_rate";

impl Default for TensorBoard {
    fn default() -> Self {
        Self::new("logs")
    }
}

impl TensorBoard {
    /// Into this folder, which is made if it is not there; Keras's default is `logs`.
    #[must_use]
    pub fn new(log_dir: impl Into<PathBuf>) -> Self {
        Self {
            log_dir: log_dir.into(),
            histogram_freq: 0,
            update_freq: UpdateFreq::Epoch,
            write_steps_per_second: false,
            train: None,
            validation: None,
            batches: 0,
            batch_begin: None,
            epoch_begin: None,
            tag: String::new(),
        }
    }

    /// After how many epochs each the histograms of the weights are written, from the first epoch on; 0, never, by default.
    #[must_use]
    pub fn histogram_freq(self, epochs: usize) -> Self {
        Self { histogram_freq: epochs, ..self }
    }

    /// When the numbers of a batch are written; never by default.
    #[must_use]
    pub fn update_freq(self, update_freq: impl Into<UpdateFreq>) -> Self {
        Self { update_freq: update_freq.into(), ..self }
    }

    /// Whether the batches a second are written, for epochs and for batches; false by default.
    #[must_use]
    pub fn write_steps_per_second(self, write_steps_per_second: bool) -> Self {
        Self { write_steps_per_second, ..self }
    }

    /// The writer of the validation, which begins with the first one.
    fn validation(&mut self) -> Result<&mut EventWriter, ModelError> {
        let writer = match self.validation.take() {
            Some(writer) => writer,
            None => EventWriter::create(self.log_dir.join(VALIDATION))?,
        };
        Ok(self.validation.insert(writer))
    }

    /// Writes a number under the tag of these parts.
    fn scalar(&mut self, run: &'static str, tag: [&str; 3], step: u64, value: f64) -> Result<(), ModelError> {
        let mut name = std::mem::take(&mut self.tag);
        name.clear();
        name.extend(tag);
        let writer = if run == VALIDATION { Some(self.validation()?) } else { self.train.as_mut() };
        writer.map_or(Ok(()), |writer| writer.scalar(&name, step, value))?;
        self.tag = name;
        Ok(())
    }

    fn histograms<T: Scalar>(&mut self, step: u64, training: &Training<'_, T>) -> Result<(), ModelError> {
        let Some(writer) = &mut self.train else { return Ok(()) };
        for weight in training.model().named_weights() {
            let histogram = Histogram::new(weight.value.as_slice().iter().map(|value| value.to_f64()));
            writer.histogram(&format!("{}/histogram", weight.path), step, &histogram)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ModelError> {
        for writer in [&mut self.train, &mut self.validation].into_iter().flatten() {
            writer.flush()?;
        }
        Ok(())
    }
}

impl From<TensorBoardError> for ModelError {
    fn from(error: TensorBoardError) -> Self {
        match error {
            TensorBoardError::File { action, path, kind, message } => Self::File { action, path, kind, message },
            other => Self::Callback { callback: NAME.to_owned(), message: other.to_string() },
        }
    }
}

impl<T: Scalar> Callback<T> for TensorBoard {
    fn on_train_begin(&mut self, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.update_freq.check(NAME)?;
        (self.batches, self.batch_begin, self.epoch_begin) = (0, None, None);
        (self.train, self.validation) = (Some(EventWriter::create(self.log_dir.join(TRAIN))?), None);
        Ok(())
    }

    fn on_epoch_begin(&mut self, _epoch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if self.write_steps_per_second {
            self.epoch_begin = Some((Instant::now(), training.model().iterations()));
        }
        Ok(())
    }

    fn on_train_batch_begin(&mut self, _batch: usize, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.batches += 1;
        if self.write_steps_per_second {
            self.batch_begin = Some(Instant::now());
        }
        Ok(())
    }

    fn on_train_batch_end(
        &mut self,
        _batch: usize,
        logs: &Logs,
        _training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        if !self.update_freq.is_due(self.batches) {
            return Ok(());
        }
        if let Some(begin) = self.batch_begin {
            let rate = 1.0 / begin.elapsed().as_secs_f64();
            self.scalar(TRAIN, ["batch_", "steps_per_second", ""], self.batches, rate)?;
        }
        logs.iter().try_for_each(|(name, value)| self.scalar(TRAIN, ["batch_", name, ""], self.batches, value))
    }

    fn on_test_end(&mut self, logs: &Logs, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let step = training.model().iterations();
        for (name, value) in logs.iter() {
            self.scalar(VALIDATION, ["evaluation_", name, "_vs_iterations"], step, value)?;
        }
        if self.train.is_none() { self.flush() } else { Ok(()) } // an evaluation ends here
    }

    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        let step = epoch as u64;
        for (name, value) in logs.iter() {
            match name.strip_prefix("val_") {
                Some(name) => self.scalar(VALIDATION, ["epoch_", name, ""], step, value)?,
                None if name == LEARNING_RATE => {} // the optimizer's own, below
                None => self.scalar(TRAIN, ["epoch_", name, ""], step, value)?,
            }
        }
        self.scalar(TRAIN, ["epoch_", LEARNING_RATE, ""], step, training.learning_rate())?;
        if let Some((begin, iterations)) = self.epoch_begin {
            let batches = training.model().iterations().saturating_sub(iterations);
            let rate = batches as f64 / begin.elapsed().as_secs_f64();
            self.scalar(TRAIN, ["epoch_", "steps_per_second", ""], step, rate)?;
        }
        if self.histogram_freq > 0 && epoch.is_multiple_of(self.histogram_freq) {
            self.histograms(step, training)?;
        }
        self.flush()
    }

    fn on_train_end(&mut self, _logs: &Logs, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.flush()?;
        (self.train, self.validation) = (None, None);
        Ok(())
    }
}
