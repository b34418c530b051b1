//! The messages of an event file: `Event`, with what it holds of `Summary`, `SummaryMetadata` and `TensorProto`.
//!
//! A scalar is a tensor of no dimension for TensorBoard's plugin `scalars`, a histogram one of 30 buckets by left edge, right
//! edge and count for `histograms`: the form of TensorFlow 2's `tf.summary`.

use crate::Histogram;
use crate::message::Message;

/// TensorFlow's `DT_FLOAT`.
const F32: u64 = 1;
/// TensorFlow's `DT_DOUBLE`.
const F64: u64 = 2;

/// When an event was, in seconds since 1970, and of which step it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) wall_time: f64,
    pub(crate) step: u64,
}

/// The first event of a file.
pub(crate) fn version(buffer: &mut Vec<u8>, wall_time: f64) {
    let mut event = Message::new(buffer);
    event.double(1, wall_time);
    event.bytes(3, b"brain.Event:2");
}

/// A scalar, which becomes an `f32` as in TensorFlow.
pub(crate) fn scalar(buffer: &mut Vec<u8>, moment: Moment, tag: &str, value: f64) {
    summary(buffer, moment, tag, "scalars", |tensor| {
        tensor.integer(1, F32);
        tensor.bytes(2, &[]); // a shape of no dimension
        tensor.bytes(5, &(value as f32).to_le_bytes());
    });
}

/// A histogram.
pub(crate) fn histogram(buffer: &mut Vec<u8>, moment: Moment, tag: &str, histogram: &Histogram) {
    let buckets = histogram.buckets();
    summary(buffer, moment, tag, "histograms", |tensor| {
        tensor.integer(1, F64);
        tensor.message(2, |shape| {
            shape.message(2, |dimension| dimension.integer(1, buckets.len() as u64));
            shape.message(2, |dimension| dimension.integer(1, 3));
        });
        tensor.message(4, |content| {
            for bucket in buckets {
                for number in [bucket.left, bucket.right, bucket.count as f64] {
                    content.raw(&number.to_le_bytes());
                }
            }
        });
    });
}

/// A tensor for a plugin of TensorBoard.
fn summary(buffer: &mut Vec<u8>, moment: Moment, tag: &str, plugin: &str, tensor: impl FnOnce(&mut Message<'_>)) {
    let mut event = Message::new(buffer);
    event.double(1, moment.wall_time);
    event.integer(2, moment.step.min(i64::MAX as u64)); // an `int64`
    event.message(5, |summary| {
        summary.message(1, |value| {
            value.bytes(1, tag.as_bytes());
            value.message(8, tensor);
            value.message(9, |metadata| metadata.message(1, |data| data.bytes(1, plugin.as_bytes())));
        });
    });
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use cornu_testkit::golden;

    use super::{Moment, histogram, scalar, version};
    use crate::{Histogram, record};

    /// `golden/events.json`: the same bytes as TensorBoard's own writer.
    #[test]
    fn the_records_are_tensorboards_own() -> Result<(), Box<dyn Error>> {
        let golden = golden::read("events")?;
        for case in golden["records"].as_array().ok_or("no records")? {
            let mut event = Vec::new();
            let wall_time = golden::float(&case["wall_time"])?;
            if let Some(tag) = case["tag"].as_str() {
                let moment = Moment { wall_time, step: case["step"].as_u64().ok_or("no step")? };
                if case["values"].is_null() {
                    scalar(&mut event, moment, tag, golden::float(&case["value"])?);
                } else {
                    histogram(&mut event, moment, tag, &Histogram::new(golden::floats(&case["values"])?));
                }
            } else {
                version(&mut event, wall_time);
            }
            let mut framed = Vec::new();
            record::write(&mut framed, &event)?;
            let hexadecimal: String = framed.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hexadecimal, golden::text(&case["record"])?, "{case}");
        }
        Ok(())
    }
}
