//! Every initializer, seen as a histogram in the terminal.
//!
//! `cargo run --release --example 02_initializers`

use cornu::initializers::{Initializer, InitializerError, compute_fans, get, names, random};
use cornu::{Shape, Tensor};

/// The bars of a histogram.
const BARS: usize = 41;
/// The heights of a bar.
const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

fn main() -> Result<(), InitializerError> {
    let shape = Shape::from([100, 200]);
    let fans = compute_fans(shape);
    println!("A kernel of shape {shape}: {} inputs and {} outputs a unit.\n", fans.fan_in, fans.fan_out);
    println!("{:<17} {:<41}  {:>9} {:>9} {:>9}", "initializer", "histogram", "least", "most", "deviation");
    for name in names() {
        // Of these, the waves of `stft` do not fill a matrix.
        let Ok(kernel) = get(name)?.init(shape, &mut random::generator(42)) else { continue };
        let kernel: Tensor<f32> = kernel;
        let (least, most) = limits(kernel.as_slice());
        let deviation = deviation(kernel.as_slice());
        println!("{name:<17} {}  {least:>9.4} {most:>9.4} {deviation:>9.4}", histogram(kernel.as_slice()));
    }
    println!("\nEach histogram runs from minus to plus the largest size.");
    Ok(())
}

fn limits(values: &[f32]) -> (f32, f32) {
    values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), &v| (v.min(least), v.max(most)))
}

fn deviation(values: &[f32]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
    (values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count).sqrt()
}

fn histogram(values: &[f32]) -> String {
    let (least, most) = limits(values);
    let reach = f64::from(most.max(-least)).max(1e-12);
    let mut counts = [0_usize; BARS];
    for &value in values {
        let place = (f64::from(value) / reach + 1.0) / 2.0 * BARS as f64;
        counts[(place as usize).min(BARS - 1)] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or(1).max(1);
    counts.iter().map(|&count| LEVELS[(count * (LEVELS.len() - 1)).div_ceil(highest)]).collect()
}
