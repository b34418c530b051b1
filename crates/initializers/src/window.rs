//! The windows of a short-time Fourier transform.

use std::f64::consts::PI;
use std::str::FromStr;

use crate::InitializerError;

/// A window: the weights of a frame's samples. The name that SciPy has for it parses to it.
///
/// The sums of cosines are `a₀ + a₁·cos φ + a₂·cos 2φ + …`, `φ` running from −π to π over the frame. Source:
/// `scipy.signal.windows`, which Keras takes them from.
///
/// ```
/// use cornu_initializers::Window;
///
/// assert_eq!("hann".parse(), Ok(Window::Hann));
/// assert_eq!(Window::Hann.values(5, false), [0.0, 0.5, 1.0, 0.5, 0.0]);
/// assert_eq!(Window::Hann.values(4, true), [0.0, 0.5, 1.0, 0.5]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Window {
    /// `0.5 + 0.5·cos φ` (`"hann"`).
    Hann,
    /// `0.54 + 0.46·cos φ` (`"hamming"`).
    Hamming,
    /// A sum of three cosines (`"blackman"`).
    Blackman,
    /// A sum of four cosines, after Nuttall (`"nuttall"`).
    Nuttall,
    /// A sum of four cosines (`"blackmanharris"`).
    BlackmanHarris,
    /// A sum of five cosines (`"flattop"`).
    FlatTop,
    /// 1 everywhere (`"boxcar"`).
    Boxcar,
    /// A triangle that is 0 at both ends (`"bartlett"`).
    Bartlett,
    /// A triangle that is not (`"triang"`).
    Triang,
    /// Half a wave of the sine (`"cosine"`).
    Cosine,
    /// These values, one a sample.
    Values(Vec<f64>),
}

/// SciPy's names.
const NAMED: [(&str, Window); 10] = [
    ("hann", Window::Hann),
    ("hamming", Window::Hamming),
    ("blackman", Window::Blackman),
    ("nuttall", Window::Nuttall),
    ("blackmanharris", Window::BlackmanHarris),
    ("flattop", Window::FlatTop),
    ("boxcar", Window::Boxcar),
    ("bartlett", Window::Bartlett),
    ("triang", Window::Triang),
    ("cosine", Window::Cosine),
];

impl FromStr for Window {
    type Err = InitializerError;

    fn from_str(name: &str) -> Result<Self, InitializerError> {
        match NAMED.into_iter().find(|(own, _)| *own == name) {
            Some((_, window)) => Ok(window),
            None => Err(InitializerError::Argument {
                initializer: "STFT",
                argument: "window",
                expected: "one of hann, hamming, blackman, nuttall, blackmanharris, flattop, boxcar, bartlett, triang, \
                           cosine",
                received: name.to_owned(),
            }),
        }
    }
}

impl Window {
    /// SciPy's name; none for given values.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        NAMED.into_iter().find(|(_, window)| window == self).map(|(name, _)| name)
    }

    /// The window over so many samples. A periodic one is that of one sample more without its last, so that its
    /// repetitions follow each other evenly. Given values are those given.
    #[must_use]
    pub fn values(&self, len: usize, periodic: bool) -> Vec<f64> {
        if let Self::Values(values) = self {
            return values.clone();
        }
        if len <= 1 {
            return vec![1.0; len];
        }
        let whole = if periodic { len + 1 } else { len };
        (0..len).map(|n| self.value(n, whole)).collect()
    }

    /// The `n`-th of so many values.
    fn value(&self, n: usize, len: usize) -> f64 {
        let (place, last) = (n as f64, (len - 1) as f64);
        let cosines = |factors: &[f64]| -> f64 {
            let phase = -PI + place * 2.0 * PI / last;
            factors.iter().zip(0_u32..).map(|(factor, k)| factor * (f64::from(k) * phase).cos()).sum()
        };
        match self {
            Self::Hann => cosines(&[0.5, 0.5]),
            Self::Hamming => cosines(&[0.54, 0.46]),
            Self::Blackman => cosines(&[0.42, 0.50, 0.08]),
            Self::Nuttall => cosines(&[0.3635819, 0.4891775, 0.1365995, 0.0106411]),
            Self::BlackmanHarris => cosines(&[0.35875, 0.48829, 0.14128, 0.01168]),
            Self::FlatTop => cosines(&[0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368]),
            Self::Boxcar => 1.0,
            Self::Bartlett => 1.0 - (2.0 * place / last - 1.0).abs(),
            Self::Triang => {
                // The distance to the nearer end, in steps; a window of even length has two values in the middle.
                let steps = 1.0 + place.min(last - place);
                if len.is_multiple_of(2) { (2.0 * steps - 1.0) / len as f64 } else { 2.0 * steps / (last + 2.0) }
            }
            Self::Cosine => (PI / len as f64 * (place + 0.5)).sin(),
            Self::Values(values) => values.get(n).copied().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symmetric_and_highest_in_the_middle() {
        for (name, window) in NAMED {
            assert_eq!(window.name(), Some(name));
            for len in 1..20 {
                let values = window.values(len, false);
                let middle = values[len / 2];
                for (value, mirrored) in values.iter().zip(values.iter().rev()) {
                    assert!((value - mirrored).abs() < 1e-14, "{name} {len}");
                    assert!(*value <= middle + 1e-14, "{name} {len}");
                }
                let longer = window.values(len + 1, false);
                assert_eq!(window.values(len, true)[..], if len == 1 { &[1.0] } else { &longer[..len] }[..]);
            }
        }
    }
}
