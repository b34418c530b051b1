//! The frame of a record (TensorFlow's `TFRecord`).

use std::io::{self, Write};

use crc::{CRC_32_ISCSI, Crc};

/// CRC-32C, Castagnoli's.
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

/// Writes one record: the length in 8 bytes, the checksum of these, the bytes, the checksum of the bytes. All numbers have
/// their lowest byte first.
pub(crate) fn write(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = (bytes.len() as u64).to_le_bytes();
    to.write_all(&length)?;
    to.write_all(&masked_crc(&length).to_le_bytes())?;
    to.write_all(bytes)?;
    to.write_all(&masked_crc(bytes).to_le_bytes())
}

/// The checksum, turned and moved, so that one of bytes that hold checksums is of use too.
fn masked_crc(bytes: &[u8]) -> u32 {
    CRC.checksum(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}
