//! What training holds in memory: weights, gradients, slots and activations, and little more.

#![expect(unsafe_code, reason = "a global allocator is unsafe to implement; this one counts and passes on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use cornu_layers::{Dense, KernelArguments};
use cornu_model::callbacks::Verbose;
use cornu_model::{Compile, Fit, LayerArguments, ModelError, sequential};
use cornu_tensor::Tensor;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counting the bytes that are held.
struct Counting;

fn add(bytes: usize) {
    let now = NOW.fetch_add(bytes, Ordering::Relaxed) + bytes;
    PEAK.fetch_max(now, Ordering::Relaxed);
}

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// 512-2048-2048-100 with Adam, as wide as makes what is needed large beside what the products pack their operands in.
#[test]
fn training_holds_little_more_than_it_needs() -> Result<(), ModelError> {
    const BATCH: usize = 64;
    let (x, y) = (Tensor::full([4 * BATCH, 512], 0.5_f32), Tensor::zeros([4 * BATCH]));
    let before = NOW.load(Ordering::Relaxed);
    let mut model = sequential![
        Dense::new(2048).activation("relu").input_shape([512]),
        Dense::new(2048).activation("relu"),
        Dense::new(100).activation("softmax"),
    ]?;
    model.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric("accuracy"))?;
    model.fit(&x, &y, Fit::new().batch_size(BATCH).epochs(2).verbose(Verbose::Silent))?;
    let parameters = 512 * 2048 + 2048 + 2048 * 2048 + 2048 + 2048 * 100 + 100;
    // Weights, gradients and Adam's two slots; each layer's output and its gradient.
    let needed = 4 * (4 * parameters + 2 * BATCH * (2048 + 2048 + 100));
    let held = PEAK.load(Ordering::Relaxed) - before;
    assert!((held as f64) < 1.2 * needed as f64, "{held} bytes for {needed}");
    Ok(())
}
