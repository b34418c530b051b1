//! Saves the model while it trains.

use std::fs;
use std::path::{Path, PathBuf};

use cornu_tensor::Scalar;

use super::file_name::FileName;
use super::monitor::Monitor;
use super::progress::print;
use super::{Callback, MonitorMode, SaveFreq, Training, refused};
use crate::checkpoint::{self, EXTENSION, Notes, Part};
use crate::{Logs, ModelError, python};

/// Saves the model at the end of every epoch or after so many batches, or only when a number has got better
/// (`keras.callbacks.ModelCheckpoint`, with its defaults).
///
/// The file name may hold numbers, as in Python: `{epoch:02d}-{val_loss:.2f}`. `epoch` is counted from 1, and so is `batch`,
/// which is there if batches are counted; the others are those of the logs.
///
/// What is written is a checkpoint that [`Sequential::load_checkpoint`](crate::Sequential::load_checkpoint) reads, so the name
/// must end in `.safetensors`. It is written beside the file that it replaces. A folder that is not there is made.
///
/// An epoch that is not validated says nothing of a number of the validation: with `save_best_only`, nothing is saved then.
/// A number that is never measured is an error. (Keras saves the model in both cases, and warns.)
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::{ModelCheckpoint, Verbose};
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[2.0], [4.0]]));
/// let folder = std::env::temp_dir().join(format!("cornu-checkpoints-{}", std::process::id()));
/// let name = folder.join("{epoch:02d}.safetensors");
/// let mut checkpoint = ModelCheckpoint::new(name.to_string_lossy());
/// model.fit(&x, &y, Fit::new().epochs(3).verbose(Verbose::Silent).callback(&mut checkpoint))?;
/// assert_eq!(checkpoint.last_saved(), Some(&*folder.join("03.safetensors")));
/// model.load_checkpoint(folder.join("02.safetensors"))?;
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ModelCheckpoint {
    filepath: String,
    monitor: Monitor,
    verbose: bool,
    save_best_only: bool,
    save_weights_only: bool,
    save_freq: SaveFreq,
    best: Option<f64>,
    name: Option<FileName>,
    epoch: usize,
    batches: usize,
    last_saved: Option<PathBuf>,
}

const NAME: &str = "ModelCheckpoint";

impl ModelCheckpoint {
    /// Into files of this name.
    #[must_use]
    pub fn new(filepath: impl Into<String>) -> Self {
        Self {
            filepath: filepath.into(),
            monitor: Monitor::new(NAME, "val_loss".to_owned()),
            verbose: false,
            save_best_only: false,
            save_weights_only: false,
            save_freq: SaveFreq::Epoch,
            best: None,
            name: None,
            epoch: 0,
            batches: 0,
            last_saved: None,
        }
    }

    /// The number that tells which model is the best; `val_loss` by default.
    #[must_use]
    pub fn monitor(mut self, monitor: impl Into<String>) -> Self {
        self.monitor.name = monitor.into();
        self
    }

    /// Whether it prints what it does; false by default.
    #[must_use]
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }

    /// Whether only a model that is better than all before is saved; false by default.
    #[must_use]
    pub fn save_best_only(self, save_best_only: bool) -> Self {
        Self { save_best_only, ..self }
    }

    /// Whether the weights are saved without optimizer and seed; false by default.
    #[must_use]
    pub fn save_weights_only(self, save_weights_only: bool) -> Self {
        Self { save_weights_only, ..self }
    }

    /// Which way is better; by default the number tells.
    #[must_use]
    pub fn mode(mut self, mode: MonitorMode) -> Self {
        self.monitor.mode = mode;
        self
    }

    /// When the model is saved; at the end of every epoch by default.
    #[must_use]
    pub fn save_freq(self, save_freq: impl Into<SaveFreq>) -> Self {
        Self { save_freq: save_freq.into(), ..self }
    }

    /// What the first model must be better than to be saved as the best.
    #[must_use]
    pub fn initial_value_threshold(self, threshold: f64) -> Self {
        Self { best: Some(threshold), ..self }
    }

    /// The best number so far. As in Keras, the next training goes on from it.
    #[must_use]
    pub fn best(&self) -> Option<f64> {
        self.best
    }

    /// The file that was written last.
    #[must_use]
    pub fn last_saved(&self) -> Option<&Path> {
        self.last_saved.as_deref()
    }

    fn save<T: Scalar>(
        &mut self,
        batch: Option<usize>,
        logs: &Logs,
        training: &Training<'_, T>,
    ) -> Result<(), ModelError> {
        let Some(name) = &self.name else { return Ok(()) };
        let epoch = self.epoch + 1;
        let counts = [("epoch", Some(epoch)), ("batch", batch.map(|batch| batch + 1))];
        let counts: Vec<(&str, usize)> = counts.iter().filter_map(|(name, count)| Some((*name, (*count)?))).collect();
        let path = PathBuf::from(name.fill(NAME, &counts, logs)?);
        let mut notes: Notes = counts.iter().map(|(name, count)| ((*name).to_owned(), count.to_string())).collect();
        let mut better = self.best;
        if self.save_best_only {
            if batch.is_none() && self.monitor.is_missing_today(logs, training.params()) {
                return Ok(());
            }
            let (value, monitor) = (self.monitor.value(logs)?, &self.monitor.name);
            let best = self.best.map_or("None".to_owned(), |best| python::fixed(best, 5));
            if !self.monitor.is_better(value, self.best)? {
                self.tell(|| format!("\nEpoch {epoch}: {monitor} did not improve from {best}\n"));
                return Ok(());
            }
            self.tell(|| {
                let value = python::fixed(value, 5);
                let path = path.display();
                format!("\nEpoch {epoch}: {monitor} improved from {best} to {value}, saving model to {path}\n")
            });
            notes.insert("best".to_owned(), python::repr(value));
            better = Some(value);
        } else {
            self.tell(|| format!("\nEpoch {epoch}: saving model to {}\n", path.display()));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(ModelError::file("create the folder of", &path))?;
        }
        let part = if self.save_weights_only { Part::Weights } else { Part::All };
        checkpoint::save(training.model(), &path, part, notes)?;
        self.tell(|| format!("\nEpoch {epoch}: finished saving model to {}\n", path.display()));
        (self.best, self.last_saved) = (better, Some(path));
        Ok(())
    }

    fn tell(&self, text: impl FnOnce() -> String) {
        if self.verbose {
            print(&text());
        }
    }
}

impl<T: Scalar> Callback<T> for ModelCheckpoint {
    fn on_train_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.save_freq.check(NAME)?;
        if Path::new(&self.filepath).extension().is_none_or(|extension| extension != EXTENSION) {
            let received = format!("filepath={:?}", self.filepath);
            return Err(refused(NAME, format_args!("`filepath` to end in `.{EXTENSION}`"), received));
        }
        self.name = Some(FileName::parse(NAME, &self.filepath)?);
        self.monitor.begin(training.model())
    }

    fn on_epoch_begin(&mut self, epoch: usize, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.epoch = epoch;
        Ok(())
    }

    fn on_train_batch_end(
        &mut self,
        batch: usize,
        logs: &Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        if self.save_freq.is_due(&mut self.batches) { self.save(Some(batch), logs, training) } else { Ok(()) }
    }

    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        self.epoch = epoch;
        if self.save_freq == SaveFreq::Epoch { self.save(None, logs, training) } else { Ok(()) }
    }
}
