//! Lets a training that was interrupted go on.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use cornu_tensor::Scalar;

use super::{Callback, SaveFreq, Training, refused};
use crate::checkpoint::{self, Notes, Part, sweep};
use crate::{Logs, ModelError};

/// Saves the state of a training at the end of every epoch, or after so many batches each, and lets the next `fit` with it go
/// on from there (`keras.callbacks.BackupAndRestore`, with its defaults). At the end of a training the backup is deleted.
///
/// What goes on has the same bits as a training that was never interrupted: weights, the optimizer's variables, learning rate
/// and schedule, the order of the samples and dropout are all restored. The history begins with the first epoch after the
/// backup. After a backup in the middle of an epoch, that epoch goes on with its next batch, and its numbers are those of the
/// batches that were left. (Keras begins that epoch again.)
///
/// What other callbacks remember is not in the backup, as in Keras. One that changes weights or learning rate at the end of an
/// epoch, such as [`ReduceLROnPlateau`](super::ReduceLROnPlateau), must come before this one to be in it.
///
/// No other training may use the folder at the same time.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::{BackupAndRestore, LambdaCallback, TerminateOnNaN, Verbose};
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[2.0], [4.0]]));
/// let folder = std::env::temp_dir().join(format!("cornu-backup-{}", std::process::id()));
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("adam", "mse"))?;
///
/// let mut backup = BackupAndRestore::new(&folder).delete_checkpoint(false);
/// model.fit(&x, &y, Fit::new().epochs(4).verbose(Verbose::Silent).callback(&mut backup))?;
/// // As if that had been interrupted after its fourth epoch:
/// let mut backup = BackupAndRestore::new(&folder);
/// let history = model.fit(&x, &y, Fit::new().epochs(6).verbose(Verbose::Silent).callback(&mut backup))?;
/// assert_eq!(history.epochs(), [4, 5]);
/// assert!(!folder.exists());
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug, Clone)]
pub struct BackupAndRestore {
    backup_dir: PathBuf,
    save_freq: SaveFreq,
    double_checkpoint: bool,
    delete_checkpoint: bool,
    epoch: usize,
    batches: usize,
    /// Whether the last batch of an epoch was due: it is saved with the end of the epoch.
    is_due: bool,
}

const NAME: &str = "BackupAndRestore";
/// The backup.
const LATEST: &str = "latest.safetensors";
/// The one before it.
const PREVIOUS: &str = "latest.safetensors.bkp";
/// One that has not taken its place yet.
const NEXT: &str = "latest.safetensors.new";

/// The notes of where training goes on: the epoch, the batch in it, and the step at which that epoch had begun.
const NOTES: [&str; 3] = ["initial_epoch", "initial_batch", "epoch_iteration"];

impl BackupAndRestore {
    /// In this folder, which is made if it is not there. The model must be built, or `fit` able to build it.
    #[must_use]
    pub fn new(backup_dir: impl Into<PathBuf>) -> Self {
        Self {
            backup_dir: backup_dir.into(),
            save_freq: SaveFreq::Epoch,
            double_checkpoint: false,
            delete_checkpoint: true,
            epoch: 0,
            batches: 0,
            is_due: false,
        }
    }

    /// When the state is saved; at the end of every epoch by default.
    #[must_use]
    pub fn save_freq(self, save_freq: impl Into<SaveFreq>) -> Self {
        Self { save_freq: save_freq.into(), ..self }
    }

    /// Whether the backup before the last is kept too, for the case that the last is damaged; false by default.
    #[must_use]
    pub fn double_checkpoint(self, double_checkpoint: bool) -> Self {
        Self { double_checkpoint, ..self }
    }

    /// Whether the backup is deleted at the end of the training; true by default.
    #[must_use]
    pub fn delete_checkpoint(self, delete_checkpoint: bool) -> Self {
        Self { delete_checkpoint, ..self }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.backup_dir.join(name)
    }

    /// Takes the last backup over, or the one before it where the last is damaged; `None` if there is none. One that has not
    /// taken its place is whole, and later than the one before the last.
    fn restore<T: Scalar>(&self, training: &mut Training<'_, T>) -> Result<Option<(PathBuf, Notes)>, ModelError> {
        let mut damage = None;
        for name in [LATEST, NEXT, PREVIOUS] {
            let path = self.path(name);
            match checkpoint::load(training.model_mut(), &path) {
                Ok(notes) => return Ok(Some((path, notes))),
                Err(ModelError::File { kind: io::ErrorKind::NotFound, .. }) => {}
                Err(error @ (ModelError::File { .. } | ModelError::Checkpoint { .. })) => {
                    damage = damage.or(Some(error));
                }
                Err(error) => return Err(error),
            }
        }
        damage.map_or(Ok(None), Err)
    }

    /// Saves where training would go on.
    fn save<T: Scalar>(&mut self, at: [u64; 3], training: &Training<'_, T>) -> Result<(), ModelError> {
        self.is_due = false;
        fs::create_dir_all(&self.backup_dir).map_err(ModelError::file("create the folder", &self.backup_dir))?;
        let notes = NOTES.iter().zip(at).map(|(name, number)| ((*name).to_owned(), number.to_string())).collect();
        let latest = self.path(LATEST);
        if !self.double_checkpoint {
            return checkpoint::save(training.model(), &latest, Part::All, notes);
        }
        let (next, previous) = (self.path(NEXT), self.path(PREVIOUS));
        checkpoint::save(training.model(), &next, Part::All, notes)?;
        match fs::rename(&latest, &previous) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => fs::rename(&next, &latest),
        }
        .map_err(ModelError::file("rename", &next))
    }
}

/// The three numbers of where training goes on.
fn place(path: &Path, notes: &Notes) -> Result<[u64; 3], ModelError> {
    let mut place = [0; 3];
    for (name, number) in NOTES.iter().zip(&mut place) {
        let text = notes.get(*name);
        *number = text.and_then(|text| text.parse().ok()).ok_or_else(|| ModelError::Checkpoint {
            path: path.to_path_buf(),
            expected: format!("a backup of a training, with a whole number as `{name}`"),
            received: text.map_or("none".to_owned(), |text| format!("{text:?}")),
        })?;
    }
    Ok(place)
}

impl<T: Scalar> Callback<T> for BackupAndRestore {
    fn on_train_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if self.backup_dir.as_os_str().is_empty() {
            return Err(refused(NAME, "`backup_dir` to be a folder", "backup_dir=\"\""));
        }
        self.save_freq.check(NAME)?;
        (self.batches, self.is_due) = (0, false);
        [LATEST, NEXT].iter().for_each(|name| sweep(&self.path(name)));
        if let Some((path, notes)) = self.restore(training)? {
            let [epoch, batch, iteration] = place(&path, &notes)?;
            training.set_initial_epoch(usize::try_from(epoch).unwrap_or(usize::MAX));
            if batch > 0 {
                training.midway = Some((usize::try_from(batch).unwrap_or(usize::MAX), iteration));
            }
        }
        Ok(())
    }

    fn on_epoch_begin(&mut self, epoch: usize, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.epoch = epoch;
        Ok(())
    }

    fn on_train_batch_end(
        &mut self,
        batch: usize,
        _logs: &Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        self.is_due |= self.save_freq.is_due(&mut self.batches);
        if self.is_due && batch + 1 != training.params().steps {
            let at = [self.epoch as u64, batch as u64 + 1, training.epoch_iteration];
            return self.save(at, training);
        }
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        epoch: usize,
        _logs: &mut Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        if self.save_freq == SaveFreq::Epoch || self.is_due {
            let at = [epoch as u64 + 1, 0, training.model().iterations()];
            return self.save(at, training);
        }
        Ok(())
    }

    fn on_train_end(&mut self, _logs: &Logs, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if self.delete_checkpoint {
            for path in [LATEST, PREVIOUS, NEXT].map(|name| self.path(name)) {
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        // The training is done, and worth more than a backup that stays.
                        let error = ModelError::file("remove", path)(error);
                        let _ = writeln!(io::stderr(), "\nThe backup stays: {error}");
                    }
                    _ => {}
                }
            }
            let _ = fs::remove_dir(&self.backup_dir); // unless something else is in it
        }
        Ok(())
    }
}
