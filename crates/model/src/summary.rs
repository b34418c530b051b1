//! The table of a model, as Keras prints it.

use std::fmt::Write;

use cornu_optimizers::StateValue;
use cornu_tensor::{Scalar, Shape};

use crate::Sequential;
use crate::weights::LayerRef;

/// The widths of the columns, without their margins.
const WIDTHS: [usize; 3] = [31, 22, 13];

impl<T: Scalar> Sequential<T> {
    /// Layers, shapes and numbers of parameters, in Keras's table.
    ///
    /// ```
    /// use cornu_layers::Dense;
    /// use cornu_model::{LayerArguments, sequential};
    ///
    /// let model = sequential![Dense::new(4).input_shape([1]), Dense::new(2)]?;
    /// println!("{}", model.summary());
    /// assert!(model.summary().contains("│ dense (Dense)                   │ (None, 4)              │             8 │"));
    /// assert!(model.summary().contains(" Total params: 18 (72.00 B)"));
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    #[must_use]
    pub fn summary(&self) -> String {
        let mut out = format!("Model: \"{}\"\n", self.name);
        let rule = |left, fill: &str, middle, right| {
            let parts: Vec<String> = WIDTHS.iter().map(|width| fill.repeat(width + 2)).collect();
            format!("{left}{}{right}\n", parts.join(middle))
        };
        out += &rule("┏", "━", "┳", "┓");
        out += &row(["Layer (type)", "Output Shape", "Param #"].map(str::to_owned), "┃");
        out += &rule("┡", "━", "╇", "┩");
        for (i, layer) in self.layers().enumerate() {
            if i > 0 {
                out += &rule("├", "─", "┼", "┤");
            }
            out += &row(fields(layer), "│");
        }
        out += &rule("└", "─", "┴", "┘");
        self.add_totals(&mut out);
        out
    }

    /// The numbers of values, and the memory that they take.
    fn add_totals(&self, out: &mut String) {
        let count = |trainable| {
            self.named_weights().filter(|w| w.trainable == trainable).map(|w| w.shape.size()).sum::<usize>()
        };
        let (trainable, fixed) = (count(true), count(false));
        // Keras counts the iteration (an int32) and the learning rate too.
        let slots = self.state_variables().map(|variables| {
            let of = |value: &StateValue<'_, T>| match value {
                StateValue::Integer(_) => (1, size_of::<i32>()),
                other => (other.shape().size(), other.shape().size() * size_of::<T>()),
            };
            let sizes = variables.iter().map(|variable| of(&variable.value));
            sizes.fold((0, 0), |(values, bytes), (more, more_bytes)| (values + more, bytes + more_bytes))
        });
        let bytes = |values: usize| values * size_of::<T>();
        let (more, more_bytes) = slots.unwrap_or_default();
        let total = trainable + fixed;
        let mut line = |name, values, bytes| {
            let _ = writeln!(out, " {name} params: {} ({})", grouped(values), memory(bytes));
        };
        line("Total", total + more, bytes(total) + more_bytes);
        line("Trainable", trainable, bytes(trainable));
        line("Non-trainable", fixed, bytes(fixed));
        if slots.is_some() {
            line("Optimizer", more, more_bytes);
        }
    }
}

/// The fields of a layer.
fn fields<T: Scalar>(layer: LayerRef<'_, T>) -> [String; 3] {
    let name = format!("{} ({})", layer.name(), layer.class_name());
    match layer.output_shape() {
        Some(shape) => [name, batched(shape), grouped(layer.count_params())],
        // As in Keras, a layer that has no weights whatever comes in needs no building.
        None if layer.layer().weights(&[]).is_ok_and(|weights| weights.is_empty()) => {
            [name, "?".to_owned(), "0".to_owned()]
        }
        None => [name, "?".to_owned(), "0 (unbuilt)".to_owned()],
    }
}

/// `(None, 28, 28)`
fn batched(sample: Shape) -> String {
    let dims: Vec<String> = sample.dims().iter().map(usize::to_string).collect();
    if dims.is_empty() { "(None)".to_owned() } else { format!("(None, {})", dims.join(", ")) }
}

/// A row of the table: as many lines as its longest field needs.
fn row(fields: [String; 3], edge: &str) -> String {
    let columns: Vec<Vec<String>> = fields.iter().zip(WIDTHS).map(|(field, width)| wrapped(field, width)).collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    let mut out = String::new();
    for line in 0..height {
        for (column, (lines, width)) in columns.iter().zip(WIDTHS).enumerate() {
            let text = lines.get(line).map_or("", String::as_str);
            let cell = if column == 2 { format!("{text:>width$}") } else { format!("{text:<width$}") };
            let _ = write!(out, "{edge} {cell} ");
        }
        let _ = writeln!(out, "{edge}");
    }
    out
}

/// The words of a text in lines of at most `width` letters; a longer word is cut.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let word = if word.chars().count() > width {
            word.chars().take(width - 1).chain(['…']).collect()
        } else {
            word.to_owned()
        };
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// `10,024`
fn grouped(value: usize) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `39.16 KB`
fn memory(bytes: usize) -> String {
    let mut size = bytes as f64;
    let mut units = ["B", "KB", "MB", "GB", "TB", "PB"].into_iter().peekable();
    while let Some(unit) = units.next() {
        if size < 1024.0 || units.peek().is_none() {
            return format!("{size:.2} {unit}");
        }
        size /= 1024.0;
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_keras_writes_them() {
        assert_eq!([0, 999, 10_024, 1_234_567].map(grouped), ["0", "999", "10,024", "1,234,567"]);
        assert_eq!([0, 72, 1023, 40_096].map(memory), ["0.00 B", "72.00 B", "1023.00 B", "39.16 KB"]);
        assert_eq!(batched([28, 28].into()), "(None, 28, 28)");
    }

    #[test]
    fn long_fields_are_wrapped_and_cut() {
        assert_eq!(wrapped("a_very_long_name (Dense)", 12), ["a_very_long…", "(Dense)"]);
        assert_eq!(wrapped("dense (Dense)", 13), ["dense (Dense)"]);
    }
}
