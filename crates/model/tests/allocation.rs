//! A step in steady state allocates nothing.

#![expect(unsafe_code, reason = "a global allocator is unsafe to implement; this one counts and passes on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use cornu_layers::{BatchNormalization, Conv2D, Dense, Dropout, Flatten, KernelArguments, MaxPooling2D};
use cornu_model::callbacks::{Callback, Training, Verbose};
use cornu_model::source::{BatchSource, Length, OwnedBatch};
use cornu_model::{Compile, Fit, LayerArguments, Logs, ModelError, Sequential, sequential};
use cornu_optimizers::LBFGS;
use cornu_tensor::{Shape, Tensor, threads};

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting the allocations of each thread.
struct Counting;

fn count() {
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The allocations of this thread so far.
fn allocations() -> usize {
    COUNT.with(Cell::get)
}

const BATCH: usize = 16;

fn lesson() -> Result<Sequential<f32>, ModelError> {
    sequential![Dense::new(4).activation("relu").input_shape([1]), Dense::new(2).activation("softmax")]
}

fn regularized() -> Result<Sequential<f32>, ModelError> {
    sequential![
        Dense::new(8).activation("gelu").kernel_regularizer("l2").input_shape([12]),
        BatchNormalization::new(),
        Dropout::new(0.3),
        Dense::new(6).activation("tanh").kernel_constraint("max_norm").activity_regularizer("l1"),
        Dropout::new(0.1),
        Dense::new(2).activation("softmax"),
    ]
}

fn convolutional() -> Result<Sequential<f32>, ModelError> {
    sequential![
        Conv2D::new(2, 2).activation("relu").input_shape([5, 5, 1]),
        MaxPooling2D::default(),
        Conv2D::new(2, 1).activation("relu").padding("same"),
        Flatten,
        Dense::new(2).activation("softmax"),
    ]
}

fn nested() -> Result<Sequential<f32>, ModelError> {
    sequential![sequential![Dense::new(6).activation("tanh").input_shape([5]), Dense::new(4)]?, Dense::new(2)]
}

/// Products of every kind, on this thread alone: the counter is that of one.
fn wide() -> Result<Sequential<f32>, ModelError> {
    threads::set_threads(1);
    sequential![
        Dense::new(700).activation("relu").input_shape([300]),
        Dense::new(90).activation("relu"),
        Dense::new(2).activation("softmax"),
    ]
}

fn samples(input: Shape, samples: usize) -> Result<(Tensor<f32>, Tensor<f32>), ModelError> {
    let x = Tensor::from_fn(input.with_batch(samples)?, |i| ((i * 31) % 17) as f32 / 8.0 - 1.0);
    Ok((x, Tensor::from_fn([samples], |i| (i % 2) as f32)))
}

fn all() -> Result<Vec<(&'static str, Sequential<f32>)>, ModelError> {
    let mut models = vec![
        ("lesson", lesson()?),
        ("regularized", regularized()?),
        ("convolutional", convolutional()?),
        ("nested", nested()?),
        ("wide", wide()?),
    ];
    for (name, model) in &mut models {
        let loss = cornu_losses::SparseCategoricalCrossentropy::new().from_logits(*name == "nested");
        model.compile(Compile::new("adam", loss).metric("accuracy"))?;
    }
    Ok(models)
}

#[test]
fn the_counter_counts() {
    let before = allocations();
    drop(std::hint::black_box(vec![0_u8; 100]));
    assert_eq!(allocations() - before, 1);
}

#[test]
fn a_training_step() -> Result<(), ModelError> {
    for (name, mut model) in all()? {
        let (x, y) = samples(Sequential::sample_shape(&model).unwrap_or_default(), BATCH)?;
        let weights = [0.5; BATCH];
        let mut logs = Logs::default();
        for _ in 0..2 {
            model.train_on_batch(&x, &y, Some(&weights), &mut logs)?;
        }
        let before = allocations();
        for _ in 0..5 {
            model.train_on_batch(&x, &y, Some(&weights), &mut logs)?;
        }
        assert_eq!(allocations() - before, 0, "{name}");
    }
    Ok(())
}

/// Notes the allocations so far before and after every batch.
struct Notes(Vec<usize>);

impl Callback<f32> for Notes {
    fn on_train_batch_begin(&mut self, _batch: usize, _training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.0.push(allocations());
        Ok(())
    }

    fn on_train_batch_end(&mut self, _: usize, _: &Logs, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.0.push(allocations());
        Ok(())
    }
}

#[test]
fn the_batches_of_an_epoch() -> Result<(), ModelError> {
    const STEPS: usize = 4; // the last of them with fewer samples
    for (name, mut model) in all()? {
        let (x, y) = samples(Sequential::sample_shape(&model).unwrap_or_default(), 4 * BATCH)?;
        let mut notes = Notes(Vec::with_capacity(2 * STEPS * 3));
        let fit = Fit::new().epochs(3).batch_size(BATCH).validation_split(0.1).verbose(Verbose::Silent);
        model.fit(&x, &y, fit.callback(&mut notes))?;
        let epochs: Vec<usize> = notes.0.chunks_exact(2 * STEPS).map(|epoch| epoch[2 * STEPS - 1] - epoch[0]).collect();
        assert!(epochs[0] > 0, "{name}: {epochs:?}"); // the first epoch makes the buffers
        assert_eq!(epochs[1..], [0, 0], "{name}");
    }
    Ok(())
}

/// The same batch, again and again.
struct Same {
    x: Tensor<f32>,
    y: Tensor<f32>,
    given: usize,
    weighted: bool,
}

impl BatchSource<f32> for Same {
    fn length(&self) -> Length {
        Length::Known(4)
    }

    fn begin_epoch(&mut self, _seed: u64) -> Result<(), ModelError> {
        self.given = 0;
        Ok(())
    }

    fn next_batch(&mut self, batch: &mut OwnedBatch<f32>) -> Result<bool, ModelError> {
        for (into, from) in [(&mut batch.x, &self.x), (&mut batch.y, &self.y)] {
            into.resize(from.shape());
            into.as_mut_slice().copy_from_slice(from.as_slice());
        }
        if self.weighted {
            batch.sample_weight.resize(BATCH, 0.5);
        }
        self.given += 1;
        Ok(self.given <= 4)
    }
}

#[test]
fn the_batches_of_a_source() -> Result<(), ModelError> {
    for ((name, mut model), weighted) in all()?.into_iter().zip([false, true, false, true]) {
        let (x, y) = samples(Sequential::sample_shape(&model).unwrap_or_default(), BATCH)?;
        let mut notes = Notes(Vec::with_capacity(3 * 8));
        let fit = Fit::new().epochs(3).verbose(Verbose::Silent).callback(&mut notes);
        let fit = if weighted { fit } else { fit.class_weight([(1, 2.0)]) };
        model.fit_source(&mut Same { x, y, given: 0, weighted }, fit)?;
        let epochs: Vec<usize> = notes.0.chunks_exact(8).map(|epoch| epoch[7] - epoch[0]).collect();
        assert_eq!(epochs[1..], [0, 0], "{name}");
    }
    Ok(())
}

#[test]
fn the_iterations_of_lbfgs() -> Result<(), ModelError> {
    let mut allocated = Vec::new();
    for max_iter in [20, 60] {
        let mut model = sequential![Dense::new(4).activation("tanh").input_shape([1]), Dense::new(1)]?;
        model.compile(Compile::new("adam", "mse"))?;
        let (x, y) = samples([1].into(), BATCH)?;
        let lbfgs = LBFGS::new().history_size(5)?.tolerance_change(0.0)?.tolerance_grad(0.0)?.max_iter(max_iter);
        let before = allocations();
        let report = model.minimize(&x, &y, None, &lbfgs)?;
        allocated.push(allocations() - before);
        assert!(report.iterations() == max_iter);
    }
    // The list of the losses may grow, from 32 to 64.
    assert!(allocated[1] <= allocated[0] + 1, "{allocated:?}");
    Ok(())
}

#[test]
fn a_prediction() -> Result<(), ModelError> {
    for (name, model) in all()? {
        let mut predictor = model.predictor()?;
        for count in [1, BATCH] {
            let (x, _) = samples(Sequential::sample_shape(&model).unwrap_or_default(), count)?;
            let mut output = Tensor::zeros([count, 2]);
            predictor.predict_into(x.view(), output.view_mut())?;
            let before = allocations();
            for _ in 0..5 {
                predictor.predict_into(x.view(), output.view_mut())?;
            }
            assert_eq!(allocations() - before, 0, "{name}, {count} samples");
        }
    }
    Ok(())
}
