//! Protocol Buffers: the little of the encoding that an event takes.

/// Writes the fields of one message at the end of a buffer, in the order of the calls. As Protocol Buffers have it, a
/// number that is 0 is left out.
pub(crate) struct Message<'b>(&'b mut Vec<u8>);

const VARINT: u64 = 0;
const EIGHT_BYTES: u64 = 1;
const LENGTH_FIRST: u64 = 2;

impl<'b> Message<'b> {
    pub(crate) fn new(buffer: &'b mut Vec<u8>) -> Self {
        Self(buffer)
    }

    /// An `int64` or an enum.
    pub(crate) fn integer(&mut self, field: u64, value: u64) {
        if value != 0 {
            self.key(field, VARINT);
            self.varint(value);
        }
    }

    /// A `double`.
    pub(crate) fn double(&mut self, field: u64, value: f64) {
        if value != 0.0 {
            self.key(field, EIGHT_BYTES);
            self.0.extend(value.to_le_bytes());
        }
    }

    /// A `string`, `bytes`, or packed numbers.
    pub(crate) fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.message(field, |message| message.0.extend_from_slice(bytes));
    }

    /// A message in the message, or bytes that `write` adds.
    pub(crate) fn message(&mut self, field: u64, write: impl FnOnce(&mut Message<'_>)) {
        self.key(field, LENGTH_FIRST);
        let begin = self.0.len();
        write(&mut Message(self.0));
        let end = self.0.len();
        // The length stands first, and its own length depends on it: it is written last and turned to the front.
        self.varint((end - begin) as u64);
        let width = self.0.len() - end;
        if let Some(field) = self.0.get_mut(begin..) {
            field.rotate_right(width);
        }
    }

    /// Raw bytes, where the field is the message itself.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn key(&mut self, field: u64, wire_type: u64) {
        self.varint(field << 3 | wire_type);
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}
