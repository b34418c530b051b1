//! The patches of an image under a window, each as one row of a matrix (im2col), and back (col2im).

use std::ops::Range;

use cornu_tensor::{Scalar, threads};

use crate::window::Geometry;

/// Values that a block of patches holds at most, unless [`LEAST_ROWS`] need more: about what a core's second
/// cache takes.
const BLOCK: usize = 1 << 17;
/// The fewest patches of a block, so that each product with the kernel is worth its overhead.
const LEAST_ROWS: usize = 64;

/// The patches of a batch. A patch holds the values of one group of channels after the other, in each the
/// window's rows, its columns, and the group's channels.
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
        let one = |axis: crate::window::Axis| axis.size == 1 && axis.stride == 1;
        one(self.geometry.rows) && one(self.geometry.columns)
    }

    /// The places of so many samples in blocks that are worked on together.
    pub(crate) fn blocks(&self, samples: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let (places, rows) = (samples * self.geometry.places(), self.block_rows(samples));
        (0..places).step_by(rows).map(move |start| start..(start + rows).min(places))
    }

    /// The patches of the largest block.
    pub(crate) fn block_rows(&self, samples: usize) -> usize {
        let places = samples * self.geometry.places();
        let rows = if self.is_image() { places } else { (BLOCK / self.len()).max(LEAST_ROWS) };
        rows.min(places).max(1)
    }

    /// Copies the patches of a block out of a batch of images; padding is zero.
    pub(crate) fn gather<T: Scalar>(&self, images: &[T], block: Range<usize>, patches: &mut [T]) {
        let patches = &mut patches[..block.len() * self.len()];
        threads::over_rows((patches, &mut []), (self.len(), 0), &|first, (patches, _): (&mut [T], &mut [()])| {
            for (place, patch) in (block.start + first..).zip(patches.chunks_exact_mut(self.len())) {
                if !self.is_inside(place) {
                    patch.fill(T::zero());
                }
                self.pieces(place, |to, from, len| {
                    for (value, &part) in patch[to..][..len].iter_mut().zip(&images[from..][..len]) {
                        *value = part;
                    }
                });
            }
        });
    }

    /// Adds the patches of a block to where they came from.
    pub(crate) fn scatter<T: Scalar>(&self, images: &mut [T], block: Range<usize>, patches: &[T]) {
        for (place, patch) in block.zip(patches.chunks_exact(self.len())) {
            self.pieces(place, |from, to, len| {
                for (value, &part) in images[to..][..len].iter_mut().zip(&patch[from..][..len]) {
                    *value += part;
                }
            });
        }
    }

    /// Whether the window at this place sees no padding.
    fn is_inside(&self, place: usize) -> bool {
        let Geometry { rows, columns, .. } = &self.geometry;
        let (_, row, column) = self.geometry.place(place);
        rows.taps(row).len() == rows.size && columns.taps(column).len() == columns.size
    }

    /// Calls `f` for each piece of the patch at this place that lies on the image: where it begins in the
    /// patch, where in the batch, and how long it is.
    fn pieces(&self, place: usize, mut f: impl FnMut(usize, usize, usize)) {
        let Geometry { rows, columns, .. } = &self.geometry;
        let (sample, row, column) = self.geometry.place(place);
        let channels = self.channels();
        // Neighbours under the window are neighbours in memory: a row of the window is one piece.
        let whole = self.groups == 1 && columns.dilation == 1;
        let across = columns.taps(column);
        for group in 0..self.groups {
            for down in rows.taps(row) {
                let patch_row = (group * rows.size + down) * columns.size;
                let mut piece = |tap: usize, taps: usize| {
                    let from = (sample, rows.position(row, down), columns.position(column, tap));
                    let from = self.geometry.offset(from.0, from.1, from.2) + group * channels;
                    f((patch_row + tap) * channels, from, taps * channels);
                };
                if whole {
                    piece(across.start, across.len());
                } else {
                    across.clone().for_each(|tap| piece(tap, 1));
                }
            }
        }
    }
}
