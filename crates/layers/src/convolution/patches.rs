//! The patches of an image under a window, each as one row of a matrix (im2col), and back (col2im).

use std::ops::Range;

use cornu_tensor::Scalar;

use crate::window::{Axis, Geometry};

/// Values that a block of patches holds, where a line of them is not longer: what a core's second cache takes easily.
const BLOCK: usize = 1 << 15;
/// The fewest patches of a block, so that each product with the kernel is worth its overhead.
const LEAST_ROWS: usize = 64;

/// The patches of some images. A patch holds the values of one group of channels after the other, in each the
/// window's rows, its columns, and the group's channels.
///
/// They come in lines: the places of the window in one row of one sample's output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patches {
    pub(crate) geometry: Geometry,
    pub(crate) groups: usize,
}

impl Patches {
    /// The channels of a group.
    fn channels(&self) -> usize {
        self.geometry.channels / self.groups
    }

    /// The values of a patch that belong to one group.
    pub(crate) fn group_len(&self) -> usize {
        self.geometry.rows.size * self.geometry.columns.size * self.channels()
    }

    /// The values of a patch.
    pub(crate) fn len(&self) -> usize {
        self.group_len() * self.groups
    }

    /// Whether the patches are the image itself: a window of one value that goes everywhere.
    pub(crate) fn is_image(&self) -> bool {
        let one = |axis: Axis| axis.size == 1 && axis.stride == 1;
        one(self.geometry.rows) && one(self.geometry.columns)
    }

    /// The lines of so many samples in blocks that are worked on together.
    pub(crate) fn blocks(&self, samples: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let (lines, block) = (samples * self.geometry.rows.output, self.block_lines(samples));
        (0..lines).step_by(block).map(move |start| start..(start + block).min(lines))
    }

    /// The values of the patches of the largest block; none if the patches are the image itself.
    pub(crate) fn block_len(&self, samples: usize) -> usize {
        if self.is_image() { 0 } else { self.block_lines(samples) * self.geometry.columns.output * self.len() }
    }

    /// The lines of the largest block.
    fn block_lines(&self, samples: usize) -> usize {
        let (lines, line) = (samples * self.geometry.rows.output, self.geometry.columns.output);
        let block = (BLOCK / (line * self.len())).max(LEAST_ROWS.div_ceil(line));
        if self.is_image() { lines.max(1) } else { block.min(lines).max(1) }
    }

    /// Copies the patches of some lines out of the images; padding is zero.
    pub(crate) fn gather<T: Scalar>(&self, images: &[T], lines: Range<usize>, patches: &mut [T]) {
        let mut at = 0;
        self.places(lines, |place| {
            if !place.is_inside {
                patches[at..][..self.len()].fill(T::zero());
            }
            self.pieces(&place, |to, from, len| {
                copy(&mut patches[at + to..], &images[from..], len, place.is_inside);
            });
            at += self.len();
        });
    }

    /// Adds the patches of some lines to where they came from.
    pub(crate) fn scatter<T: Scalar>(&self, images: &mut [T], lines: Range<usize>, patches: &[T]) {
        let mut at = 0;
        self.places(lines, |place| {
            self.pieces(&place, |from, to, len| {
                for (value, &part) in images[to..][..len].iter_mut().zip(&patches[at + from..][..len]) {
                    *value += part;
                }
            });
            at += self.len();
        });
    }

    /// Calls `f` for each place of some lines.
    #[inline(always)]
    fn places(&self, lines: Range<usize>, mut f: impl FnMut(Place)) {
        let Geometry { rows, columns, .. } = &self.geometry;
        for line in lines {
            let (sample, row) = (line / rows.output, line % rows.output);
            let down = rows.taps(row);
            for column in 0..columns.output {
                let (down, across) = (down.clone(), columns.taps(column));
                let is_inside = down.len() == rows.size && across.len() == columns.size;
                f(Place { sample, row, column, down, across, is_inside });
            }
        }
    }

    /// Calls `f` for each piece of the patch at this place that lies on the image, in the order of the patch: where it
    /// begins in the patch, where in the images, and how long it is.
    #[inline(always)]
    fn pieces(&self, place: &Place, mut f: impl FnMut(usize, usize, usize)) {
        let Geometry { rows, columns, .. } = &self.geometry;
        let channels = self.channels();
        // Neighbours under the window are neighbours in memory: a row of the window is one piece.
        let whole = self.groups == 1 && columns.dilation == 1;
        for group in 0..self.groups {
            for down in place.down.clone() {
                let patch_row = (group * rows.size + down) * columns.size;
                let row = rows.position(place.row, down);
                let mut piece = |tap: usize, taps: usize| {
                    let from = self.geometry.offset(place.sample, row, columns.position(place.column, tap));
                    f((patch_row + tap) * channels, from + group * channels, taps * channels);
                };
                if whole {
                    piece(place.across.start, place.across.len());
                } else {
                    place.across.clone().for_each(|tap| piece(tap, 1));
                }
            }
        }
    }
}

/// One place of the window.
struct Place {
    sample: usize,
    row: usize,
    column: usize,
    /// Which of the window's rows and columns lie on the image.
    down: Range<usize>,
    across: Range<usize>,
    /// Whether all do.
    is_inside: bool,
}

/// Copies `len` values. With `ahead` it may copy up to seven more, which the next piece of the patch, or the next
/// patch, overwrites: pieces are short, and whole vectors are copied faster than parts.
#[inline(always)]
fn copy<T: Scalar>(to: &mut [T], from: &[T], len: usize, ahead: bool) {
    let whole = len.next_multiple_of(8);
    match (to.get_mut(..whole), from.get(..whole)) {
        (Some(to), Some(from)) if ahead => {
            let ((to, _), (from, _)) = (to.as_chunks_mut::<8>(), from.as_chunks::<8>());
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
        _ => to[..len].copy_from_slice(&from[..len]),
    }
}
