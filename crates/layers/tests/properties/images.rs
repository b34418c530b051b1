//! Convolution and pooling against the plainest loops over an image with its padding written out.

use cornu_layers::{Built, Conv2D, Dense, KernelArguments, MaxPooling2D, Mode, Padding, Scratch, Size2D};
use cornu_tensor::Tensor;
use cornu_testkit::assert_close;
use cornu_testkit::strategies::tensor;
use proptest::prelude::*;

/// An image with the padding around it, a window over it, and where the window stands.
#[derive(Debug, Clone)]
struct Padded {
    image: Vec<Vec<Vec<f64>>>,
    outputs: [usize; 2],
}

/// As TensorFlow says it: the number of places, and the padding before and after.
fn places(input: usize, span: usize, stride: usize, padding: Padding) -> (usize, usize, usize) {
    match padding {
        Padding::Valid => ((input - span + 1).div_ceil(stride), 0, 0),
        Padding::Same => {
            let output = input.div_ceil(stride);
            let last = if input.is_multiple_of(stride) { stride } else { input % stride };
            let total = span.saturating_sub(last);
            (output, total / 2, total - total / 2)
        }
    }
}

/// One sample with its padding.
fn padded(x: &Tensor<f64>, sample: usize, span: [usize; 2], strides: [usize; 2], padding: Padding, pad: f64) -> Padded {
    let &[_, height, width, channels] = x.shape().dims() else { panic!("not a batch of images") };
    let (rows, above, below) = places(height, span[0], strides[0], padding);
    let (columns, left, right) = places(width, span[1], strides[1], padding);
    let mut image = vec![vec![vec![pad; channels]; left + width + right]; above + height + below];
    for (r, row) in image[above..above + height].iter_mut().enumerate() {
        for (c, point) in row[left..left + width].iter_mut().enumerate() {
            for (k, value) in point.iter_mut().enumerate() {
                *value = *x.get(&[sample, r, c, k]).unwrap();
            }
        }
    }
    Padded { image, outputs: [rows, columns] }
}

#[derive(Debug, Clone)]
struct Window {
    size: [usize; 2],
    strides: [usize; 2],
    dilation: [usize; 2],
    padding: Padding,
}

/// A window that fits an image of two samples.
fn window(dilated: bool) -> impl Strategy<Value = ([usize; 2], Window)> {
    let two = |most: usize| [1..=most, 1..=most];
    (two(8), two(4), two(4), two(3), any::<bool>())
        .prop_map(move |(image, size, strides, dilation, same)| {
            let padding = if same { Padding::Same } else { Padding::Valid };
            // Not both of strides and dilation, as in Keras.
            let (strides, dilation) = match dilated {
                true => ([1, 1], dilation),
                false => (strides, [1, 1]),
            };
            (image, Window { size, strides, dilation, padding })
        })
        .prop_filter("the window does not fit", |(image, window)| {
            let fits = |i: usize| (window.size[i] - 1) * window.dilation[i] < image[i];
            window.padding == Padding::Same || (fits(0) && fits(1))
        })
}

fn span(window: &Window) -> [usize; 2] {
    [0, 1].map(|i| (window.size[i] - 1) * window.dilation[i] + 1)
}

/// `x` convolved with the kernel, groups and all, by seven loops.
fn naive_convolution(x: &Tensor<f64>, kernel: &Tensor<f64>, bias: &[f64], groups: usize, window: &Window) -> Vec<f64> {
    let mut output = Vec::new();
    let (channels, filters) = (kernel.shape().dims()[2], bias.len());
    for sample in 0..x.shape().batch() {
        let padded = padded(x, sample, span(window), window.strides, window.padding, 0.0);
        for r in 0..padded.outputs[0] {
            for c in 0..padded.outputs[1] {
                for (f, bias) in bias.iter().enumerate() {
                    let group = f / (filters / groups);
                    let mut sum = *bias;
                    for i in 0..window.size[0] {
                        for j in 0..window.size[1] {
                            let row = &padded.image[r * window.strides[0] + i * window.dilation[0]];
                            let point = &row[c * window.strides[1] + j * window.dilation[1]];
                            for k in 0..channels {
                                sum += point[group * channels + k] * kernel.get(&[i, j, k, f]).unwrap();
                            }
                        }
                    }
                    output.push(sum);
                }
            }
        }
    }
    output
}

fn check_convolution(image: [usize; 2], window: &Window, groups: usize, each: [usize; 2]) -> Result<(), TestCaseError> {
    let [channels, filters] = each.map(|n| n * groups);
    let conv = Conv2D::new(filters, window.size)
        .strides(window.strides)
        .padding(window.padding)
        .dilation_rate(window.dilation)
        .groups(groups)
        .bias_initializer("random_normal");
    let conv = Built::<f64>::new(conv, &[[image[0], image[1], channels].into()], 9)?;
    let x = Tensor::from_fn([2, image[0], image[1], channels], |i| ((i * 37) % 23) as f64 / 11.0 - 1.0);
    let output = conv.call(&x)?;
    let kernel = conv.kernel().unwrap();
    prop_assert_eq!(kernel.shape(), [window.size[0], window.size[1], each[0], filters].into());
    let expected = naive_convolution(&x, kernel, conv.bias().unwrap().as_slice(), groups, window);
    prop_assert_eq!(conv.output_shape().last_dim(), filters);
    assert_close(output.as_slice(), &expected, 1e-12);
    Ok(())
}

proptest! {
    #[test]
    fn convolution_with_strides((image, window) in window(false), groups in 1_usize..4, each in [1_usize..4, 1_usize..4]) {
        check_convolution(image, &window, groups, each)?;
    }

    #[test]
    fn convolution_with_dilation((image, window) in window(true), groups in 1_usize..4, each in [1_usize..4, 1_usize..4]) {
        check_convolution(image, &window, groups, each)?;
    }

    #[test]
    fn pooling_picks_the_largest_value_there((image, window) in window(false), channels in 1_usize..4,
                                             few in 1_usize..20) {
        let pooling = MaxPooling2D::new(window.size).strides(window.strides).padding(window.padding);
        let pooling = Built::new(pooling, &[[image[0], image[1], channels].into()], 0)?;
        // With few different values there are ties.
        let x = Tensor::from_fn([2, image[0], image[1], channels], |i| -((i * i * 31 % few) as f64));
        let mut expected = Vec::new();
        for sample in 0..2 {
            let padded = padded(&x, sample, window.size, window.strides, window.padding, f64::NEG_INFINITY);
            for r in 0..padded.outputs[0] {
                for c in 0..padded.outputs[1] {
                    let rows = &padded.image[r * window.strides[0]..][..window.size[0]];
                    let points = || rows.iter().flat_map(|row| &row[c * window.strides[1]..][..window.size[1]]);
                    let largest = |k: usize| points().map(|point| point[k]).fold(f64::NEG_INFINITY, f64::max);
                    expected.extend((0..channels).map(largest));
                }
            }
        }
        let mut scratch = Scratch::default();
        let training = Mode::Training { seed: 0, step: 0, trainable: true };
        let output = pooling.call_all(&[x.view()], training, &mut scratch)?;
        prop_assert_eq!(output.as_slice(), expected.as_slice());
        prop_assert_eq!(&pooling.call(&x)?, &output);
        // The gradient goes to a place that holds the largest value, and none is lost.
        let upstream = Tensor::full(output.shape(), 1.0);
        let gradient = &pooling.gradients(&[x.view()], &output, &upstream, &mut scratch)?.inputs[0];
        prop_assert_eq!(gradient.as_slice().iter().sum::<f64>(), output.len() as f64);
        let moved: f64 = gradient.as_slice().iter().zip(x.as_slice()).map(|(g, x)| g * x).sum();
        prop_assert_eq!(moved, output.as_slice().iter().sum::<f64>());
    }

    #[test]
    fn a_kernel_of_one_is_dense(x in (1_usize..4, 1_usize..5, 1_usize..5, 1_usize..9).prop_flat_map(|(n, h, w, c)| {
        tensor::<f64>([n, h, w, c], -10.0..10.0)
    }), filters in 1_usize..9, seed: u64) {
        let shape = x.shape().sample();
        let conv = Conv2D::new(filters, 1).activation("tanh").bias_initializer("random_normal");
        let conv = Built::new(conv, &[shape], seed)?;
        let dense = Dense::new(filters).activation("tanh").bias_initializer("random_normal");
        let mut dense = Built::new(dense, &[shape], seed)?;
        let [kernel, bias]: [_; 2] = conv.get_weights().try_into().unwrap();
        dense.set_weights(&[kernel.reshape([shape.last_dim(), filters])?, bias])?;
        prop_assert_eq!(conv.call(&x)?, dense.call(&x)?);
    }

    #[test]
    fn one_size_is_that_of_both_directions(n in 1_usize..4) {
        prop_assert_eq!(Size2D::from(n), Size2D::from([n, n]));
        prop_assert_eq!(Size2D::from((n, n + 1)), Size2D { height: n, width: n + 1 });
    }
}
