//! What is in a checkpoint file: named tensors and notes, in the safetensors format, with a checksum over all of it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use cornu_optimizers::StateValue;
use cornu_tensor::{Scalar, Tensor};
use safetensors::tensor::View;
use safetensors::{Dtype, SafeTensors};

/// The note that says what the file is.
const FORMAT: (&str, &str) = ("format", "cornu-checkpoint-1");
/// The note of the checksum.
const CHECKSUM: &str = "checksum";

/// Short texts under names.
pub(crate) type Notes = BTreeMap<String, String>;

/// What was expected of a file's bytes, and what came.
pub(crate) type Refusal = (String, String);

/// A named value.
pub(crate) struct Entry<'a, T> {
    pub(crate) name: String,
    value: StateValue<'a, T>,
    dims: Vec<usize>,
}

impl<'a, T: Scalar> Entry<'a, T> {
    pub(crate) fn new(name: String, value: StateValue<'a, T>) -> Self {
        let dims = value.shape().dims().to_vec();
        Self { name, value, dims }
    }

    /// Type and shape, in words: `float32 (2, 3)`.
    pub(crate) fn told(&self) -> String {
        told(View::dtype(&self), &self.dims)
    }

    /// The value of this name, type and shape.
    pub(crate) fn find(&self, file: &Content<'_>) -> Option<Found<T>> {
        let view = file.tensors.tensor(&self.name).ok()?;
        if (view.dtype(), view.shape()) != (View::dtype(&self), &*self.dims) {
            return None;
        }
        let bytes = view.data();
        Some(match self.value {
            StateValue::Integer(_) => Found::Integer(u64::from_le_bytes(bytes.try_into().ok()?)),
            StateValue::Number(_) => Found::Number(f64::from_le_bytes(bytes.try_into().ok()?)),
            StateValue::Tensor(own) => Found::Tensor(Tensor::new(own.shape(), values(bytes)).ok()?),
        })
    }
}

impl<T: Scalar> View for &Entry<'_, T> {
    fn dtype(&self) -> Dtype {
        match self.value {
            StateValue::Integer(_) => Dtype::U64,
            StateValue::Number(_) => Dtype::F64,
            StateValue::Tensor(_) => dtype::<T>(),
        }
    }

    fn shape(&self) -> &[usize] {
        &self.dims
    }

    fn data(&self) -> Cow<'_, [u8]> {
        match self.value {
            StateValue::Integer(count) => count.to_le_bytes().to_vec(),
            StateValue::Number(number) => number.to_le_bytes().to_vec(),
            StateValue::Tensor(tensor) => bytes(tensor.as_slice()),
        }
        .into()
    }

    fn data_len(&self) -> usize {
        match self.value {
            StateValue::Integer(_) | StateValue::Number(_) => 8,
            StateValue::Tensor(tensor) => size_of_val(tensor.as_slice()),
        }
    }
}

/// A value that was read.
pub(crate) enum Found<T> {
    Integer(u64),
    Number(f64),
    Tensor(Tensor<T>),
}

impl<T> Found<T> {
    pub(crate) fn value(&self) -> StateValue<'_, T> {
        match self {
            Self::Integer(count) => StateValue::Integer(*count),
            Self::Number(number) => StateValue::Number(*number),
            Self::Tensor(tensor) => StateValue::Tensor(tensor),
        }
    }
}

/// A file that was read.
pub(crate) struct Content<'f> {
    tensors: SafeTensors<'f>,
    pub(crate) notes: Notes,
}

impl<'f> Content<'f> {
    /// Reads the bytes of a whole file, and believes nothing that they say of themselves.
    pub(crate) fn read(file: &'f [u8]) -> Result<Self, Refusal> {
        let foreign = |received: String| ("a checkpoint that `save_checkpoint` wrote".to_owned(), received);
        let tensors = SafeTensors::deserialize(file)
            .map_err(|error| foreign(format!("{} bytes that are no whole safetensors file ({error})", file.len())))?;
        let (_, header) = SafeTensors::read_metadata(file).map_err(|error| foreign(error.to_string()))?;
        let mut notes: Notes = header.metadata().clone().unwrap_or_default().into_iter().collect();
        match notes.get(FORMAT.0) {
            Some(format) if format == FORMAT.1 => {}
            Some(other) => return Err(foreign(format!("a safetensors file of the format {other:?}"))),
            None => return Err(foreign("a safetensors file of another program".to_owned())),
        }
        let expected = notes.remove(CHECKSUM).unwrap_or_default();
        let mut names = tensors.names();
        names.sort_unstable();
        let each = names.iter().filter_map(|name| Some((*name, tensors.tensor(name).ok()?)));
        let received =
            checksum(&notes, each.map(|(name, view)| (name, told(view.dtype(), view.shape()), view.data().into())));
        if received != expected {
            return Err((format!("bytes of the checksum {expected:?}"), format!("{received:?}: the file is damaged")));
        }
        Ok(Self { tensors, notes })
    }

    /// The names of all tensors, with type and shape in words.
    pub(crate) fn names(&self) -> BTreeMap<String, String> {
        self.tensors.iter().map(|(name, view)| (name.to_owned(), told(view.dtype(), view.shape()))).collect()
    }
}

/// The bytes of a whole file.
pub(crate) fn write<T: Scalar>(entries: &[Entry<'_, T>], mut notes: Notes) -> Result<Vec<u8>, Refusal> {
    notes.insert(FORMAT.0.to_owned(), FORMAT.1.to_owned());
    let mut sorted: Vec<&Entry<'_, T>> = entries.iter().collect();
    sorted.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    let each = sorted.iter().map(|entry| (&*entry.name, entry.told(), View::data(entry)));
    let sum = checksum(&notes, each);
    notes.insert(CHECKSUM.to_owned(), sum);
    let notes: HashMap<String, String> = notes.into_iter().collect();
    safetensors::serialize(sorted.into_iter().map(|entry| (&*entry.name, entry)), Some(notes))
        .map_err(|error| ("values that a safetensors file can hold".to_owned(), error.to_string()))
}

/// FNV-1a over everything, in a fixed order: no change of one byte leaves it as it is.
fn checksum<'a>(notes: &Notes, tensors: impl Iterator<Item = (&'a str, String, Cow<'a, [u8]>)>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |part: &[u8]| {
        // The length first, so that no byte can move from one part into the next.
        for byte in (part.len() as u64).to_le_bytes().iter().chain(part) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for (name, text) in notes {
        add(name.as_bytes());
        add(text.as_bytes());
    }
    for (name, told, data) in tensors {
        add(name.as_bytes());
        add(told.as_bytes());
        add(&data);
    }
    format!("{hash:016x}")
}

/// Type and shape in words.
fn told(dtype: Dtype, dims: &[usize]) -> String {
    let dtype = match dtype {
        Dtype::F32 => "float32".to_owned(),
        Dtype::F64 => "float64".to_owned(),
        Dtype::U64 => "uint64".to_owned(),
        other => other.to_string(),
    };
    let dims: Vec<String> = dims.iter().map(usize::to_string).collect();
    format!("{dtype} ({})", dims.join(", "))
}

/// Whether values take four bytes, or eight.
fn is_short<T>() -> bool {
    size_of::<T>() == 4
}

fn dtype<T>() -> Dtype {
    if is_short::<T>() { Dtype::F32 } else { Dtype::F64 }
}

/// The values, each in the order of bytes that the format wants.
fn bytes<T: Scalar>(values: &[T]) -> Vec<u8> {
    if is_short::<T>() {
        values.iter().flat_map(|value| (value.to_f64() as f32).to_le_bytes()).collect()
    } else {
        values.iter().flat_map(|value| value.to_f64().to_le_bytes()).collect()
    }
}

/// The values again.
fn values<T: Scalar>(bytes: &[u8]) -> Vec<T> {
    if is_short::<T>() {
        let (each, _) = bytes.as_chunks::<4>();
        each.iter().map(|each| T::of(f64::from(f32::from_le_bytes(*each)))).collect()
    } else {
        let (each, _) = bytes.as_chunks::<8>();
        each.iter().map(|each| T::of(f64::from_le_bytes(*each))).collect()
    }
}
