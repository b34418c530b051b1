//! Checkpoints: all that a training needs to go on, in one file.
//!
//! The file is a safetensors file: the weights under their paths (`sequential/dense/kernel`), the optimizer's variables
//! under `optimizer/` and the names that Keras gives them, and notes such as the model's seed.

mod content;
mod replace;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::{fs, mem};

use cornu_optimizers::{OptimizerState, StateValue};
use cornu_tensor::{Scalar, Tensor};

pub(crate) use self::content::Notes;
use self::content::{Content, Entry, Found};
pub(crate) use self::replace::sweep;
use crate::{ModelError, Sequential};

/// How the name of a checkpoint ends.
pub(crate) const EXTENSION: &str = "safetensors";

/// The note of the model's seed.
const SEED: &str = "seed";
/// The note of the optimizer's name.
const OPTIMIZER: &str = "optimizer";

/// What goes into a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The weights alone.
    Weights,
    /// The optimizer's variables and the seed too.
    All,
}

impl<T: Scalar> Sequential<T> {
    /// Writes all that a training needs to go on into a file: weights, the optimizer's variables (of a compiled model) and the
    /// seed.
    ///
    /// The file is written beside the one of this name, and takes its place when it is whole and on the disk. After an
    /// error the earlier file is as it was.
    ///
    /// The format is Cornu's own use of [safetensors](https://github.com/huggingface/safetensors), and any program that
    /// reads that can look into it.
    ///
    /// # Errors
    /// [`ModelError::NotBuilt`], or [`ModelError::File`], such as for a full disk.
    ///
    /// ```
    /// use cornu_layers::Dense;
    /// use cornu_model::callbacks::Verbose;
    /// use cornu_model::{Compile, Fit, LayerArguments, sequential};
    /// use cornu_tensor::Tensor;
    ///
    /// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[2.0], [4.0]]));
    /// let mut model = sequential![Dense::new(1).input_shape([1])]?;
    /// model.compile(Compile::new("adam", "mse"))?;
    /// model.fit(&x, &y, Fit::new().epochs(3).verbose(Verbose::Silent))?;
    ///
    /// let path = std::env::temp_dir().join(format!("cornu-{}.safetensors", std::process::id()));
    /// model.save_checkpoint(&path)?;
    /// let mut other = sequential![Dense::new(1).input_shape([1])]?.with_seed(7)?;
    /// other.compile(Compile::new("adam", "mse"))?;
    /// other.load_checkpoint(&path)?;
    /// assert_eq!(other.get_weights(), model.get_weights());
    /// assert_eq!(other.optimizer_variables(), model.optimizer_variables());
    /// # std::fs::remove_file(&path).ok();
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    pub fn save_checkpoint(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        save(self, path.as_ref(), Part::All, Notes::new())
    }

    /// Takes over what [`Sequential::save_checkpoint`] has written, into a model of the same layers and the same optimizer.
    /// A model that is not compiled gets the weights alone.
    ///
    /// # Errors
    /// [`ModelError::NotBuilt`]; [`ModelError::File`] for a file that cannot be read; [`ModelError::Checkpoint`] for one that
    /// is something else, or damaged; [`ModelError::CheckpointOfAnother`], with all that differs. The model is then as it
    /// was.
    pub fn load_checkpoint(&mut self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        load(self, path.as_ref()).map(drop)
    }
}

/// Writes a checkpoint with these notes.
pub(crate) fn save<T: Scalar>(
    model: &Sequential<T>,
    path: &Path,
    part: Part,
    mut notes: Notes,
) -> Result<(), ModelError> {
    model.shapes("weights")?;
    let (mut entries, first) = (weights(model), model.first_state());
    if part == Part::All {
        notes.insert(SEED.to_owned(), model.seed.to_string());
        if let Some((name, variables)) = optimizer(model, first.as_ref()) {
            notes.insert(OPTIMIZER.to_owned(), name);
            entries.extend(variables);
        }
    }
    let bytes = content::write(&entries, notes).map_err(refused(path))?;
    replace::replace(path, |file| file.write_all(&bytes))
}

/// Takes over a checkpoint, and gives back its notes.
pub(crate) fn load<T: Scalar>(model: &mut Sequential<T>, path: &Path) -> Result<Notes, ModelError> {
    model.shapes("weights")?;
    let bytes = fs::read(path).map_err(ModelError::file("read", path))?;
    let file = Content::read(&bytes).map_err(refused(path))?;
    let seed = file.notes.get(SEED).map(|seed| seed.parse::<u64>());
    let seed = seed.transpose().map_err(|error| {
        let received = format!("{:?} ({error})", file.notes.get(SEED));
        refused(path)(("a whole number as the seed".to_owned(), received))
    })?;

    let saved_optimizer = file.notes.get(OPTIMIZER).filter(|_| model.compiled.is_some());
    let (own_weights, first) = (weights(model), model.first_state());
    let (own_optimizer, variables) = match (saved_optimizer, optimizer(model, first.as_ref())) {
        (Some(_), Some((name, variables))) => (Some(name), variables),
        _ => (None, Vec::new()),
    };
    let differences = differences(&file, saved_optimizer, own_optimizer.as_ref(), &own_weights, &variables);
    if !differences.is_empty() {
        let (path, model) = (path.to_path_buf(), model.name.clone());
        return Err(ModelError::CheckpointOfAnother { path, model, differences });
    }
    let new_weights: Vec<Tensor<T>> = own_weights.iter().filter_map(|entry| tensor(entry.find(&file)?)).collect();
    let new_variables: Vec<Found<T>> = variables.iter().filter_map(|entry| entry.find(&file)).collect();

    // The optimizer first: it can still refuse a value. Weights of the right shapes cannot fail.
    if own_optimizer.is_some() {
        let values: Vec<StateValue<'_, T>> = new_variables.iter().map(Found::value).collect();
        model.set_optimizer_variables(&values)?;
    }
    model.set_weights(&new_weights)?;
    model.seed = seed.unwrap_or(model.seed);
    Ok(file.notes)
}

/// The weights under their paths.
fn weights<T: Scalar>(model: &Sequential<T>) -> Vec<Entry<'_, T>> {
    let each = model.named_weights().map(|weight| (weight.path, StateValue::Tensor(weight.value)));
    entries(each, &mut BTreeSet::new())
}

/// The optimizer's name, and its variables in Keras's order: before the first step, those of its `first` state.
fn optimizer<'a, T: Scalar>(
    model: &'a Sequential<T>,
    first: Option<&'a OptimizerState<T>>,
) -> Option<(String, Vec<Entry<'a, T>>)> {
    let variables = first.map_or_else(|| model.state_variables(), |first| model.variables_of(first))?;
    let mut taken = model.named_weights().map(|weight| weight.path).collect();
    let each = variables.into_iter().map(|variable| (format!("optimizer/{}", variable.name), variable.value));
    Some((model.optimizer()?.name().to_owned(), entries(each, &mut taken)))
}

/// Each under its name; a second one of a name gets a number, as layers do.
fn entries<'a, T: Scalar>(
    each: impl Iterator<Item = (String, StateValue<'a, T>)>,
    taken: &mut BTreeSet<String>,
) -> Vec<Entry<'a, T>> {
    each.map(|(name, value)| {
        let mut free = name.clone();
        let mut number = 0;
        while taken.contains(&free) {
            number += 1;
            free = format!("{name}_{number}");
        }
        taken.insert(free.clone());
        Entry::new(free, value)
    })
    .collect()
}

/// All that differs between a file and a model.
fn differences<T: Scalar>(
    file: &Content<'_>,
    saved_optimizer: Option<&String>,
    own_optimizer: Option<&String>,
    weights: &[Entry<'_, T>],
    variables: &[Entry<'_, T>],
) -> Vec<String> {
    let mut differences = Vec::new();
    let mut saved = file.names();
    if let (Some(saved_name), Some(own)) = (saved_optimizer, own_optimizer)
        && saved_name != own
    {
        differences.push(format!("expected the optimizer `{own}`. Received: `{saved_name}`"));
        // What follows from that need not be told.
        saved.retain(|name, _| !name.starts_with("optimizer/") || weights.iter().any(|entry| entry.name == *name));
    }
    let variables = if differences.is_empty() { variables } else { &[] };
    for entry in weights.iter().chain(variables) {
        let expected = format!("expected `{}`, {}", entry.name, entry.told());
        match saved.remove(&entry.name) {
            Some(received) if received == entry.told() => {}
            Some(received) => differences.push(format!("{expected}. Received: {received}")),
            None => differences.push(format!("{expected}. Received: none")),
        }
    }
    let is_ignored = |name: &str| own_optimizer.is_none() && name.starts_with("optimizer/");
    for (name, told) in mem::take(&mut saved).into_iter().filter(|(name, _)| !is_ignored(name)) {
        differences.push(format!("expected no `{name}`. Received: {told}"));
    }
    differences
}

fn tensor<T>(found: Found<T>) -> Option<Tensor<T>> {
    if let Found::Tensor(tensor) = found { Some(tensor) } else { None }
}

/// The error for bytes that are refused.
fn refused(path: &Path) -> impl FnOnce(content::Refusal) -> ModelError + '_ {
    move |(expected, received)| ModelError::Checkpoint { path: path.to_path_buf(), expected, received }
}
