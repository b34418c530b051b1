//! A reader of TensorBoard's event files that shares nothing with the writer: frames, checksums, protobuf fields.

use std::path::Path;
use std::{fs, io};

use thiserror::Error;

/// What an event holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// The first event of a file.
    Version(String),
    /// A number of the plugin `scalars`.
    Scalar {
        /// Its tag.
        tag: String,
        /// The number.
        value: f32,
    },
    /// Buckets of the plugin `histograms`.
    Histogram {
        /// Its tag.
        tag: String,
        /// Left edge, right edge and count of each.
        buckets: Vec<[f64; 3]>,
    },
}

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Seconds since 1970.
    pub wall_time: f64,
    /// The step.
    pub step: i64,
    /// What it holds.
    pub content: Content,
}

/// Why an event file cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EventError {
    /// The file cannot be opened.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file is not what it must be.
    #[error("event file: expected {0}")]
    Form(&'static str),
}

/// Reads all events of a file.
///
/// # Errors
/// [`EventError`] for whatever TensorBoard would not read, and for what Cornu does not write.
pub fn read(path: &Path) -> Result<Vec<Event>, EventError> {
    parse(&fs::read(path)?)
}

/// Reads all events of a file's bytes.
///
/// # Errors
/// As [`read`].
pub fn parse(mut bytes: &[u8]) -> Result<Vec<Event>, EventError> {
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = checked(bytes, 8, "the checksum of a length")?;
        let length = u64::from_le_bytes(array(length)?);
        let length = usize::try_from(length).map_err(|_| EventError::Form("a length that memory has"))?;
        let (data, rest) = checked(rest, length, "the checksum of a record")?;
        events.push(event(data)?);
        bytes = rest;
    }
    Ok(events)
}

/// So many bytes, whose masked checksum follows, and what is after both.
fn checked<'a>(bytes: &'a [u8], length: usize, what: &'static str) -> Result<(&'a [u8], &'a [u8]), EventError> {
    let (data, rest) = bytes.split_at_checked(length).ok_or(EventError::Form("a whole record"))?;
    let (crc, rest) = rest.split_at_checked(4).ok_or(EventError::Form("a whole record"))?;
    let crc = u32::from_le_bytes(array(crc)?);
    let unmasked = crc.wrapping_sub(0xa282_ead8).rotate_left(15);
    if unmasked == crc32c(data) { Ok((data, rest)) } else { Err(EventError::Form(what)) }
}

/// CRC-32C, a bit at a time.
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 })
    })
}

fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], EventError> {
    bytes.try_into().map_err(|_| EventError::Form("a number of another size"))
}

/// A field of a message.
enum Field<'a> {
    Varint(u64),
    Double(f64),
    Bytes(&'a [u8]),
}

/// The fields of a message with their numbers.
fn fields(mut bytes: &[u8]) -> Result<Vec<(u64, Field<'_>)>, EventError> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let field = match key & 7 {
            0 => Field::Varint(varint(&mut bytes)?),
            1 => Field::Double(f64::from_le_bytes(array(take(&mut bytes, 8)?)?)),
            2 => {
                let length = varint(&mut bytes)?;
                Field::Bytes(take(&mut bytes, length)?)
            }
            _ => return Err(EventError::Form("a wire type that an event has")),
        };
        fields.push((key >> 3, field));
    }
    Ok(fields)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, EventError> {
    let mut value = 0;
    for place in 0..10 {
        let [byte] = array(take(bytes, 1)?)?;
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(EventError::Form("a varint of at most ten bytes"))
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Result<&'a [u8], EventError> {
    let length = usize::try_from(length).map_err(|_| EventError::Form("a length that memory has"))?;
    let (taken, rest) = bytes.split_at_checked(length).ok_or(EventError::Form("a whole field"))?;
    *bytes = rest;
    Ok(taken)
}

fn text(bytes: &[u8]) -> Result<String, EventError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| EventError::Form("UTF-8"))
}

/// The bytes of the only field of this number.
fn inner<'a>(fields: &[(u64, Field<'a>)], number: u64) -> Result<&'a [u8], EventError> {
    let mut found = fields.iter().filter(|(own, _)| *own == number);
    match (found.next(), found.next()) {
        (Some((_, Field::Bytes(bytes))), None) => Ok(bytes),
        _ => Err(EventError::Form("one field of bytes of this number")),
    }
}

/// `Event`.
fn event(bytes: &[u8]) -> Result<Event, EventError> {
    let (mut wall_time, mut step, mut content) = (0.0, 0, None);
    for field in fields(bytes)? {
        match field {
            (1, Field::Double(value)) => wall_time = value,
            (2, Field::Varint(value)) => step = value.cast_signed(),
            (3, Field::Bytes(version)) => content = Some(Content::Version(text(version)?)),
            (5, Field::Bytes(summary)) => content = Some(value(inner(&fields(summary)?, 1)?)?),
            _ => return Err(EventError::Form("time, step, version and summary in an event alone")),
        }
    }
    Ok(Event { wall_time, step, content: content.ok_or(EventError::Form("an event that holds something"))? })
}

/// `Summary.Value`, with its `TensorProto` and `SummaryMetadata`.
fn value(bytes: &[u8]) -> Result<Content, EventError> {
    let value = fields(bytes)?;
    let tag = text(inner(&value, 1)?)?;
    let plugin = fields(inner(&fields(inner(&value, 9)?)?, 1)?)?;
    let tensor = fields(inner(&value, 8)?)?;
    let dtype = tensor.iter().find_map(|field| match field {
        (1, Field::Varint(dtype)) => Some(*dtype),
        _ => None,
    });
    let mut dimensions = Vec::new();
    for (_, dimension) in fields(inner(&tensor, 2)?)? {
        let Field::Bytes(dimension) = dimension else { return Err(EventError::Form("a dimension")) };
        match fields(dimension)?[..] {
            [(1, Field::Varint(size))] => dimensions.push(size),
            _ => return Err(EventError::Form("the size of a dimension")),
        }
    }
    match (inner(&plugin, 1)?, dtype, &dimensions[..]) {
        (b"scalars", Some(1), []) => Ok(Content::Scalar { tag, value: f32::from_le_bytes(array(inner(&tensor, 5)?)?) }),
        (b"histograms", Some(2), &[count, 3]) => {
            let (numbers, rest) = inner(&tensor, 4)?.as_chunks::<8>();
            let (buckets, more) = numbers.as_chunks::<3>();
            if !rest.is_empty() || !more.is_empty() || buckets.len() as u64 != count {
                return Err(EventError::Form("three numbers a bucket"));
            }
            let buckets = buckets.iter().map(|bucket| bucket.map(f64::from_le_bytes)).collect();
            Ok(Content::Histogram { tag, buckets })
        }
        _ => Err(EventError::Form("a scalar of float32 or a histogram of float64")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_castagnolis() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283); // the check value of CRC-32/ISCSI
        assert_eq!(crc32c(b""), 0);
    }

    #[test]
    fn what_is_no_event_file_is_refused() {
        for bytes in [&b"x"[..], &[0; 12], &[0; 64], b"brain.Event:2 and more"] {
            assert!(matches!(parse(bytes), Err(EventError::Form(_))), "{bytes:?}");
        }
        assert_eq!(parse(b"").expect("no events"), []);
    }
}
