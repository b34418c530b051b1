//! In steady state, nothing is allocated: not in inference, not in a training step.

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use cornu_layers::{
    Activation, ActivityRegularization, Backward, BatchNormalization, Built, Conv2D, Dense, Dropout, ELU, Flatten,
    Forward, KernelArguments, Layer, LeakyReLU, MaxPooling2D, Mode, PReLU, ReLU, Reshape, Scratch, Softmax, Weight,
    init_weights, weight_gradients,
};
use cornu_tensor::{Scalar, Shape, Tensor};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, which counts the allocations of each thread.
struct Counting;

#[expect(unsafe_code, reason = "an allocator is unsafe to write; all work is the system's")]
// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that is ending has no counter any more; nothing is measured there.
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Everything that a pass through one layer reads and writes.
struct Buffers<T: Scalar> {
    weights: Vec<Weight<T>>,
    input: Tensor<T>,
    output: Tensor<T>,
    output_gradient: Tensor<T>,
    weight_gradients: Vec<Tensor<T>>,
    input_gradient: Tensor<T>,
    scratch: Scratch<T>,
}

impl<T: Scalar> Buffers<T> {
    fn new(layer: &dyn Layer<T>, input: Shape, batch: usize) -> Self {
        let weights = init_weights(layer, &[input], 1).unwrap();
        let output = layer.output_shape(&[input]).unwrap().with_batch(batch).unwrap();
        let input = input.with_batch(batch).unwrap();
        Self {
            input: Tensor::from_fn(input, |i| T::of((i % 7) as f64 - 3.0)),
            output: Tensor::zeros(output),
            output_gradient: Tensor::full(output, T::one()),
            weight_gradients: weight_gradients(&weights),
            input_gradient: Tensor::zeros(input),
            scratch: Scratch::default(),
            weights,
        }
    }

    /// A smaller or larger batch in the same memory.
    fn resize(&mut self, batch: usize) {
        let input = self.input.shape().sample().with_batch(batch).unwrap();
        let output = self.output.shape().sample().with_batch(batch).unwrap();
        for (tensor, shape) in [
            (&mut self.input, input),
            (&mut self.input_gradient, input),
            (&mut self.output, output),
            (&mut self.output_gradient, output),
        ] {
            tensor.resize(shape);
        }
    }

    fn forward(&mut self, layer: &dyn Layer<T>, mode: Mode) {
        let pass = Forward {
            weights: &self.weights,
            inputs: &[self.input.view()],
            output: self.output.view_mut(),
            mode,
            scratch: &mut self.scratch,
        };
        layer.forward(pass).unwrap();
    }

    fn train(&mut self, layer: &dyn Layer<T>, step: u64) {
        self.forward(layer, Mode::Training { seed: 1, step, trainable: true });
        self.scratch.take_loss();
        let pass = Backward {
            weights: &self.weights,
            inputs: &[self.input.view()],
            output: self.output.view(),
            output_gradient: self.output_gradient.view_mut(),
            weight_gradients: &mut self.weight_gradients,
            input_gradients: &mut [Some(self.input_gradient.view_mut())],
            trainable: true,
            scratch: &mut self.scratch,
        };
        layer.backward(pass).unwrap();
        layer.update_state(&mut self.weights, &self.scratch);
    }
}

/// The allocations of several steps after the first one.
fn allocations<T: Scalar>(layer: &dyn Layer<T>, input: Shape) -> usize {
    let mut buffers = Buffers::new(layer, input, 8);
    let mut steps = |count: u64| {
        for step in 0..count {
            buffers.train(layer, step);
            buffers.forward(layer, Mode::Inference);
            // The last batch of an epoch is smaller.
            buffers.resize(3);
            buffers.train(layer, step);
            buffers.resize(8);
        }
    };
    steps(1);
    let before = ALLOCATIONS.get();
    steps(5);
    ALLOCATIONS.get() - before
}

fn check<T: Scalar>(layers: Vec<(Box<dyn Layer<T>>, Shape)>) {
    for (layer, input) in layers {
        assert_eq!(allocations(layer.as_ref(), input), 0, "{layer:?}");
    }
}

macro_rules! layers {
    ($T:ty) => {{
        let all: Vec<(Box<dyn Layer<$T>>, Shape)> = vec![
            (Box::new(Dense::<$T>::new(16).activation("relu")), [16].into()),
            (Box::new(Dense::<$T>::new(90).activation("relu")), [150].into()),
            (Box::new(Dense::<$T>::new(4).activation("softmax").use_bias(false)), [3].into()),
            (
                Box::new(Dense::<$T>::new(4).activation("gelu").kernel_regularizer("l2").activity_regularizer("l1")),
                [5, 3].into(),
            ),
            (Box::new(Dense::<$T>::new(4).activity_regularizer("orthogonal_regularizer")), [3].into()),
            (Box::new(ActivityRegularization::new(0.1, 0.2)), [5, 3].into()),
            (Box::new(Activation::<$T>::new("softplus")), [40].into()),
            (Box::new(Activation::<$T>::new("sparsemax")), [3, 4].into()),
            (Box::new(Activation::<$T>::new("glu")), [3, 4].into()),
            (Box::new(Dense::<$T>::new(4).activation("glu").activity_regularizer("l1")), [5, 3].into()),
            (Box::new(Conv2D::<$T>::new(4, 2).activation("glu")), [4, 5, 2].into()),
            (Box::new(ReLU::new().max_value(1.0)), [40].into()),
            (Box::new(LeakyReLU::new()), [40].into()),
            (Box::new(ELU::new()), [40].into()),
            (Box::new(PReLU::<$T>::new().shared_axes([1])), [5, 8].into()),
            (Box::new(Softmax::new().axis(1)), [5, 8].into()),
            (Box::new(Conv2D::<$T>::new(2, 2).activation("silu")), [4, 5, 2].into()),
            (Box::new(Conv2D::<$T>::new(2, 3).strides(2).padding("same").groups(2)), [5, 6, 2].into()),
            (Box::new(Conv2D::<$T>::new(2, 1)), [2, 3, 16].into()),
            (Box::new(MaxPooling2D::new(2).padding("same")), [5, 4, 3].into()),
            (Box::new(BatchNormalization::<$T>::new()), [5, 30].into()),
            (Box::new(BatchNormalization::<$T>::new().axis(1).scale(false)), [5, 30].into()),
            (Box::new(Dropout::new(0.3)), [40].into()),
            (Box::new(Dropout::new(0.3).noise_shape([None, Some(1), None])), [5, 8].into()),
            (Box::new(Flatten::new()), [5, 8].into()),
            (Box::new(Reshape::new([8, -1])), [5, 8].into()),
        ];
        all
    }};
}

/// The only test of this file: the allocator belongs to the whole program.
#[test]
fn nothing_is_allocated_in_steady_state() {
    // That the counter counts.
    let before = ALLOCATIONS.get();
    let built = Built::<f32>::new(Dense::new(2), &[[2].into()], 0).unwrap();
    assert!(ALLOCATIONS.get() > before, "{built:?}");

    check(layers!(f32));
    check(layers!(f64));
}
