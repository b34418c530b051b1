//! A window that slides over an image: where it stands, and what it sees there.

use std::fmt;
use std::ops::Range;

use cornu_config::{Arguments, ConfigError, Value};
use cornu_tensor::Shape;

use crate::{LayerError, Padding};

/// Height and width: one number for both, or `[height, width]`.
///
/// ```
/// use cornu_layers::Size2D;
///
/// assert_eq!(Size2D::from(3), Size2D::from([3, 3]));
/// assert_eq!(Size2D::from((3, 2)).to_string(), "(3, 2)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size2D {
    /// Along the rows' direction: from top to bottom.
    pub height: usize,
    /// From left to right.
    pub width: usize,
}

impl From<usize> for Size2D {
    fn from(both: usize) -> Self {
        Self { height: both, width: both }
    }
}

impl From<[usize; 2]> for Size2D {
    fn from([height, width]: [usize; 2]) -> Self {
        Self { height, width }
    }
}

impl From<(usize, usize)> for Size2D {
    fn from((height, width): (usize, usize)) -> Self {
        Self { height, width }
    }
}

impl Size2D {
    /// Reads one number for both, or two; none if the argument is absent or `null`.
    pub(crate) fn read(arguments: &mut Arguments<'_>, argument: &'static str) -> Result<Option<Self>, ConfigError> {
        if let Ok(Some(both)) = arguments.get::<usize>(argument) {
            return Ok(Some(both.into()));
        }
        Ok(arguments.get::<[usize; 2]>(argument)?.map(Self::from))
    }
}

/// As Keras writes it: a list of two.
impl From<Size2D> for Value {
    fn from(size: Size2D) -> Self {
        [size.height, size.width].into()
    }
}

/// As Python prints a tuple.
impl fmt::Display for Size2D {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {})", self.height, self.width)
    }
}

/// A window: its size, the steps it takes, the distance between the values that it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) size: Size2D,
    pub(crate) strides: Size2D,
    pub(crate) dilation: Size2D,
    pub(crate) padding: Padding,
}

/// A window in one direction over an image of known size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Axis {
    pub(crate) input: usize,
    pub(crate) output: usize,
    pub(crate) size: usize,
    pub(crate) stride: usize,
    pub(crate) dilation: usize,
    /// The padding before the image.
    pub(crate) before: usize,
}

/// A window over images of known size: `(height, width, channels)` a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Geometry {
    pub(crate) rows: Axis,
    pub(crate) columns: Axis,
    pub(crate) channels: usize,
}

/// What a window sees at one place: the first value, and how many points down and across.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) first: usize,
    pub(crate) down: usize,
    pub(crate) across: usize,
}

impl Window {
    /// The window over samples of this shape. `name` is what the layer calls the window's size.
    pub(crate) fn over(&self, layer: &'static str, name: &'static str, input: Shape) -> Result<Geometry, LayerError> {
        for (argument, size) in [(name, self.size), ("strides", self.strides), ("dilation_rate", self.dilation)] {
            if size.height == 0 || size.width == 0 {
                let (expected, received) = ("1 or more in both directions".to_owned(), size.to_string());
                return Err(LayerError::Argument { component: layer, argument, expected, received });
            }
        }
        let &[height, width, channels] = input.dims() else {
            let expected = "images: (height, width, channels) a sample".to_owned();
            return Err(LayerError::Input { layer, expected, received: input });
        };
        if input.size() == 0 {
            let expected = "images of height, width and channels 1 or more".to_owned();
            return Err(LayerError::Input { layer, expected, received: input });
        }
        let rows = Axis::new(height, self.size.height, self.strides.height, self.dilation.height, self.padding);
        let columns = Axis::new(width, self.size.width, self.strides.width, self.dilation.width, self.padding);
        match (rows, columns) {
            (Some(rows), Some(columns)) => Ok(Geometry { rows, columns, channels }),
            _ => {
                let Self { size, dilation, padding, .. } = self;
                let expected = format!(
                    "images that hold its window of {name}={size} and dilation_rate={dilation} with padding={padding}"
                );
                Err(LayerError::Input { layer, expected, received: input })
            }
        }
    }
}

impl Axis {
    /// The places of a window; none if it does not fit.
    fn new(input: usize, size: usize, stride: usize, dilation: usize, padding: Padding) -> Option<Self> {
        let span = size.checked_sub(1)?.checked_mul(dilation)?.checked_add(1)?;
        if span > isize::MAX as usize {
            return None;
        }
        let (output, before) = match padding {
            Padding::Valid => (input.checked_sub(span)? / stride + 1, 0),
            Padding::Same => {
                let output = input.div_ceil(stride);
                (output, ((output - 1) * stride + span).saturating_sub(input) / 2)
            }
        };
        Some(Self { input, output, size, stride, dilation, before })
    }

    /// Which of the window's values lie on the image when it stands at `output`.
    pub(crate) fn taps(&self, output: usize) -> Range<usize> {
        let start = output * self.stride;
        if self.dilation == 1 {
            // The usual case, without a division.
            let end = (self.input + self.before).saturating_sub(start);
            return self.before.saturating_sub(start).min(self.size)..end.min(self.size);
        }
        let first = self.before.saturating_sub(start).div_ceil(self.dilation);
        let end = (self.input + self.before).saturating_sub(start).div_ceil(self.dilation);
        first.min(self.size)..end.min(self.size)
    }

    /// Where a value of [`Axis::taps`] lies on the image.
    pub(crate) fn position(&self, output: usize, tap: usize) -> usize {
        output * self.stride + tap * self.dilation - self.before
    }
}

impl Geometry {
    /// The shape of one output sample with so many channels.
    pub(crate) fn output(&self, channels: usize) -> Result<Shape, LayerError> {
        Ok(Shape::new(&[self.rows.output, self.columns.output, channels])?)
    }

    /// How many places the window has on one sample.
    pub(crate) fn places(&self) -> usize {
        self.rows.output * self.columns.output
    }

    /// The values of one image.
    pub(crate) fn input_len(&self) -> usize {
        self.rows.input * self.columns.input * self.channels
    }

    /// What the window sees at each place of so many images.
    #[inline(always)]
    pub(crate) fn windows(&self, samples: usize) -> impl Iterator<Item = Seen> + use<'_> {
        let Self { rows, columns, .. } = self;
        (0..samples * rows.output).flat_map(move |line| {
            let (sample, row) = (line / rows.output, line % rows.output);
            let down = rows.taps(row);
            let top = rows.position(row, down.start);
            (0..columns.output).map(move |column| {
                let across = columns.taps(column);
                let first = self.offset(sample, top, columns.position(column, across.start));
                Seen { first, down: down.len(), across: across.len() }
            })
        })
    }

    /// Where the channels of a point of a batch begin.
    pub(crate) fn offset(&self, sample: usize, row: usize, column: usize) -> usize {
        ((sample * self.rows.input + row) * self.columns.input + column) * self.channels
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_odd_padding_has_its_last_after_the_image() {
        let axis = Axis::new(4, 2, 1, 1, Padding::Same).unwrap();
        assert_eq!((axis.output, axis.before), (4, 0));
        let axis = Axis::new(6, 3, 2, 1, Padding::Same).unwrap();
        assert_eq!((axis.output, axis.before), (3, 0));
        let axis = Axis::new(5, 3, 1, 2, Padding::Same).unwrap();
        assert_eq!((axis.output, axis.before), (5, 2));
    }

    #[test]
    fn sizes_beyond_counting_are_refused() {
        assert_eq!(Axis::new(4, usize::MAX, 1, 2, Padding::Same), None);
        assert_eq!(Axis::new(4, usize::MAX, 1, 1, Padding::Same), None);
        let huge = Axis::new(4, isize::MAX as usize, usize::MAX, 1, Padding::Same).unwrap();
        assert_eq!(huge.output, 1);
        assert_eq!(huge.taps(0).len(), 4);
    }

    proptest! {
        #[test]
        fn taps_are_those_on_the_image(input in 1_usize..12, size in 1_usize..6, stride in 1_usize..5,
                                       dilation in 1_usize..4, same: bool) {
            let padding = if same { Padding::Same } else { Padding::Valid };
            let Some(axis) = Axis::new(input, size, stride, dilation, padding) else {
                prop_assert!(!same && (size - 1) * dilation + 1 > input);
                return Ok(());
            };
            for output in 0..axis.output {
                let on_image = |tap: &usize| {
                    let at = output * stride + tap * dilation;
                    at >= axis.before && at - axis.before < input
                };
                let expected: Vec<usize> = (0..size).filter(on_image).collect();
                prop_assert_eq!(axis.taps(output).collect::<Vec<_>>(), expected.clone());
                prop_assert!(expected.iter().all(|&tap| axis.position(output, tap) < input));
                prop_assert!(!same || dilation > 1 || !expected.is_empty());
            }
            if !same {
                prop_assert_eq!(axis.taps(axis.output - 1), 0..size);
                prop_assert!((axis.output * stride + (size - 1) * dilation) >= input);
            }
        }
    }
}
