//! Some axes of a weight.

use cornu_tensor::MAX_RANK;

use crate::InitializerError;

/// Axes of a weight, in the order in which they were given; a negative one counts from the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Axes {
    count: usize,
    axes: [i8; MAX_RANK],
}

impl Axes {
    /// These axes, if there is a weight that has them.
    pub(crate) fn new(argument: &'static str, axes: &[isize]) -> Result<Self, InitializerError> {
        let mut all = Self { count: axes.len(), axes: [0; MAX_RANK] };
        let rank = MAX_RANK as isize;
        if axes.len() > MAX_RANK || !axes.iter().all(|axis| (-rank..rank).contains(axis)) {
            return Err(InitializerError::Argument {
                initializer: "VarianceScaling",
                argument,
                expected: "at most 8 axes, each from -8 to 7",
                received: format!("{axes:?}"),
            });
        }
        all.axes.iter_mut().zip(axes).for_each(|(own, &axis)| *own = axis as i8);
        Ok(all)
    }

    /// The axes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = isize> {
        self.axes.into_iter().take(self.count).map(isize::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_that_no_weight_has() {
        for axes in [&[8][..], &[-9], &[isize::MIN], &[0; 9]] {
            let message = Axes::new("input_axes", axes).map_err(|error| error.to_string());
            let expected = format!("Received: input_axes={axes:?}");
            assert!(message.unwrap_err().ends_with(&expected));
        }
        let all = [-8, 7, 0, 0, 1, 2, 3, -1];
        assert_eq!(Axes::new("input_axes", &all).map(|axes| axes.iter().collect()), Ok(all.to_vec()));
    }
}
