//! The numbers of every epoch in a CSV file.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use cornu_tensor::Scalar;

use super::{Callback, Training};
use crate::{Logs, ModelError, python};

/// Writes the numbers of every epoch into a CSV file, a line an epoch (`keras.callbacks.CSVLogger`).
///
/// The columns are those of the first epoch, in alphabetical order, after `epoch`. As in Keras, there is a column `val_…` for
/// each where the first epoch has no validation, and what an epoch does not have is `NA`. The numbers of a metric that has
/// several stand in one cell, as `"[0.5, 0.25]"`.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::{CSVLogger, Verbose};
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).kernel_initializer("ones").input_shape([1])]?;
/// # use cornu_layers::KernelArguments;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[1.0], [2.0]]));
/// let path = std::env::temp_dir().join(format!("cornu-{}.csv", std::process::id()));
/// let mut logger = CSVLogger::new(&path);
/// model.fit(&x, &y, Fit::new().epochs(2).verbose(Verbose::Silent).callback(&mut logger))?;
/// assert_eq!(std::fs::read_to_string(&path).ok().as_deref(), Some("epoch,loss,val_loss\r\n0,0.0,NA\r\n1,0.0,NA\r\n"));
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct CSVLogger {
    filename: PathBuf,
    separator: char,
    append: bool,
    file: Option<File>,
    with_header: bool,
    keys: Option<Vec<String>>,
}

impl CSVLogger {
    /// Into this file.
    #[must_use]
    pub fn new(filename: impl Into<PathBuf>) -> Self {
        Self { filename: filename.into(), separator: ',', append: false, file: None, with_header: true, keys: None }
    }

    /// What stands between two numbers; a comma by default.
    #[must_use]
    pub fn separator(self, separator: char) -> Self {
        Self { separator, ..self }
    }

    /// Whether lines are added to a file that exists, under its header; false, by default, overwrites it. A last line that was
    /// not ended, by a process that was killed for instance, is ended first.
    #[must_use]
    pub fn append(self, append: bool) -> Self {
        Self { append, ..self }
    }

    /// Adds a line.
    fn write<'a>(&mut self, cells: impl Iterator<Item = Cow<'a, str>>) -> Result<(), ModelError> {
        let mut line = String::new();
        for (i, cell) in cells.enumerate() {
            if i > 0 {
                line.push(self.separator);
            }
            line.push_str(&quoted(&cell, self.separator));
        }
        line.push_str("\r\n");
        match &mut self.file {
            Some(file) => file.write_all(line.as_bytes()).map_err(ModelError::file("write", &self.filename)),
            None => Ok(()),
        }
    }

    /// Opens the file; tells whether nothing is in it.
    fn open(&self) -> io::Result<(File, bool)> {
        let mut options = OpenOptions::new();
        if !self.append {
            return Ok((options.create(true).write(true).truncate(true).open(&self.filename)?, true));
        }
        let mut file = options.create(true).read(true).append(true).open(&self.filename)?;
        let is_empty = file.metadata()?.len() == 0;
        if !is_empty {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                file.write_all(b"\r\n")?;
            }
        }
        Ok((file, is_empty))
    }
}

/// What an epoch has under a name.
fn cell<'a>(logs: &Logs, name: &str) -> Cow<'a, str> {
    match (logs.get_list(name), logs.get(name)) {
        (Some(list), _) => {
            let numbers: Vec<String> = list.iter().copied().map(python::repr).collect();
            format!("\"[{}]\"", numbers.join(", ")).into()
        }
        (None, Some(number)) => python::repr(number).into(),
        (None, None) => "NA".into(),
    }
}

/// A cell, in quotes where it must be.
fn quoted(cell: &str, separator: char) -> Cow<'_, str> {
    if cell.contains([separator, '"', '\r', '\n']) {
        Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(cell)
    }
}

impl<T: Scalar> Callback<T> for CSVLogger {
    fn on_train_begin(&mut self, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let (file, is_empty) = self.open().map_err(ModelError::file("open", &self.filename))?;
        (self.file, self.with_header, self.keys) = (Some(file), is_empty, None);
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        _training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        let is_first = self.keys.is_none();
        let keys = self.keys.take().unwrap_or_else(|| {
            let mut keys: Vec<String> = logs.iter().map(|(name, _)| name.to_owned()).collect();
            keys.sort_unstable();
            if !keys.iter().any(|key| key.starts_with("val_")) {
                let of_validation: Vec<String> = keys.iter().map(|key| format!("val_{key}")).collect();
                keys.extend(of_validation);
            }
            keys
        });
        if is_first && self.with_header {
            let header = keys.iter().map(|key| Cow::Borrowed(key.as_str()));
            self.write(std::iter::once(Cow::Borrowed("epoch")).chain(header))?;
        }
        let cells = keys.iter().map(|key| cell(logs, key));
        self.write(std::iter::once(Cow::Owned(epoch.to_string())).chain(cells))?;
        self.keys = Some(keys);
        Ok(())
    }

    fn on_train_end(&mut self, _logs: &Logs, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.file = None;
        Ok(())
    }
}
