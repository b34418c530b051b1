//! The picture of one array: bars for a vector, tiles for filters, a heat map for any other matrix.

use super::Array;
use super::bars::{bars, written};
use super::grid::Grid;
use super::moves::ROWS;
use super::text::{count, num, put, shape, svg, xy};

/// A matrix of at most this many columns and rows has its values written in its cells.
const WRITTEN: (usize, usize) = (8, 10);
/// At most this many tiles are drawn.
const TILES: usize = 1024;
/// At most this many tiles stand side by side.
const WIDEST: usize = 64;
/// A vector of at most this many values has them written at its bars.
const FEW: usize = 5;
/// How far a picture with written values may grow.
const LARGER: f64 = 1.2;
/// A row of more tiles than this is too small to see if there is a shorter one.
const ACROSS: usize = 10;
/// The width of a picture without written values.
const WIDTH: f64 = 500.0;

/// The picture of an array; `limit` is the end of its colour scale and `when` says which moment it shows.
pub(super) fn picture(array: &Array, limit: f64, when: &str) -> String {
    let title = format!("{} {when}, shape {}", array.path, shape(&array.shape));
    if array.values.is_empty() {
        return "<p class=\"none\">no values</p>".to_string();
    }
    if let Some(tiles) = tiles(array) {
        return tiled(&tiles, limit, &title);
    }
    match matrix(array) {
        Some(grid) if is_written(&grid) => {
            let (w, h) = (grid.cols as f64 * 50.0, grid.rows as f64 * 30.0);
            svg("heat", (w, h), LARGER, &title, &grid.written(limit, 50.0, 30.0))
        }
        Some(grid) => heat(grid, limit, &title),
        None => strip(&array.values, limit, &title),
    }
}

/// Whether the values of a matrix are written in its cells: there is room, more of it in the card of a large array.
fn is_written(grid: &Grid) -> bool {
    let across = if grid.values.len() <= ROWS { FEW } else { WRITTEN.0 };
    grid.cols <= across && grid.rows <= WRITTEN.1
}

/// A vector as a strip of bars.
fn strip(values: &[f32], limit: f64, title: &str) -> String {
    let few = values.len() <= FEW;
    let slot = match values.len() {
        ..=FEW => 50.0,
        n if n <= ROWS => WIDTH / 2.0 / n as f64,
        n => WIDTH / n as f64,
    };
    let (reach, room) = if few { (34.0, 18.0) } else { (40.0, 4.0) };
    let mut body = format!("<g transform=\"translate(0 {})\">", xy(reach + room));
    body.push_str(&bars(values, limit, slot, reach));
    if few {
        body.push_str(&written(values, limit, slot, reach));
    }
    body.push_str("</g>");
    svg("strip", (slot * values.len() as f64, 2.0 * (reach + room)), if few { LARGER } else { 1.0 }, title, &body)
}

/// A matrix as a heat map without text; a tall one lies on its side.
fn heat(grid: Grid, limit: f64, title: &str) -> String {
    let (rows, cols) = (grid.rows, grid.cols);
    let lying = rows > cols;
    let grid = if lying { grid.transposed() } else { grid }.reduced();
    let picture = svg("cells", (grid.cols as f64, grid.rows as f64), WIDTH, title, &grid.cells(limit));
    let (across, down) = if lying { ("inputs", "units") } else { ("units", "inputs") };
    let (right, below) = if lying { (rows, cols) } else { (cols, rows) };
    format!("{picture}<p class=\"note\">{} {across} across, {} {down} down</p>", count(right), count(below))
}

/// Little pictures, how many of them stand side by side, and the input channels of a filter.
struct Tiles {
    grids: Vec<Grid>,
    across: usize,
    channels: usize,
}

/// Filters as little pictures, each with its own tooltip.
fn tiled(tiles: &Tiles, limit: f64, title: &str) -> String {
    let Some(first) = tiles.grids.first() else { return String::new() };
    let (all, across) = (tiles.grids.len(), tiles.across);
    let drawn = all.min(TILES);
    let gap = (first.cols as f64 * 0.12).max(0.35);
    let (step_x, step_y) = (first.cols as f64 + gap, first.rows as f64 + gap);
    let filters = all / tiles.channels.max(1);
    let mut body = String::new();
    for (i, tile) in tiles.grids.iter().take(TILES).enumerate() {
        let (x, y) = ((i % across) as f64 * step_x, (i / across) as f64 * step_y);
        let ends = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = tile.values.iter().fold(ends, |(l, h), &v| (l.min(v), h.max(v)));
        let channel = if tiles.channels > 1 { format!(", channel {}", i / filters) } else { String::new() };
        put!(body, "<g transform=\"translate({} {})\">", xy(x), xy(y));
        put!(body, "<title>filter {}{channel}: {} to {}</title>", i % filters, num(low), num(high));
        put!(body, "{}</g>", tile.cells(limit));
    }
    let size = (across.min(drawn) as f64 * step_x - gap, drawn.div_ceil(across) as f64 * step_y - gap);
    // Few tiles are not blown up to the full width.
    let most = (WIDTH / size.0).min(76.0 / first.cols as f64);
    let mut out = svg("cells", size, most.max(1.0), title, &body);
    if drawn < all {
        put!(out, "<p class=\"note\">the first {} of {} tiles</p>", count(drawn), count(all));
    } else if tiles.channels > 1 && across == filters {
        put!(out, "<p class=\"note\">{filters} filters across, {} channels down</p>", tiles.channels);
    }
    out
}

/// How many tiles stand side by side: the rows are full and the whole is about as wide as it is high, or wider.
fn columns(tiles: usize) -> usize {
    let root = (tiles as f64).sqrt().ceil() as usize;
    if tiles <= 8 {
        return tiles.max(1);
    }
    let mut full = (root..=2 * root).filter(|&across| tiles.is_multiple_of(across));
    full.clone().rfind(|&across| across <= ACROSS).or_else(|| full.next()).unwrap_or(root + 1)
}

/// Whether the shape tells the number of values.
fn fits(array: &Array) -> bool {
    array.shape.iter().try_fold(1_usize, |n, &size| n.checked_mul(size)) == Some(array.values.len())
}

/// The filters of a convolution, or of a dense kernel whose inputs are the pixels of a picture.
fn tiles(array: &Array) -> Option<Tiles> {
    let value = |i: usize| array.values.get(i).map_or(f64::NAN, |&v| f64::from(v));
    match (array.shape.as_slice(), array.tile) {
        _ if !fits(array) => None,
        (&[inputs, units], Some((h, w))) if h.checked_mul(w) == Some(inputs) => {
            let grids = (0..units).map(|u| Grid::new(h, w, |r, c| value((r * w + c) * units + u))).collect();
            Some(Tiles { grids, across: columns(units), channels: 1 })
        }
        (&[h, w, channels, filters], _) => {
            let all = channels * filters;
            let grids = (0..all).map(|k| Grid::new(h, w, |r, c| value((r * w + c) * all + k))).collect();
            // A column for each filter and a row for each of its channels, as long as that can be seen.
            let across = if channels > 1 && filters <= WIDEST { filters } else { columns(all) };
            Some(Tiles { grids, across, channels })
        }
        _ => None,
    }
}

/// The array as a matrix with its last axis across; `None` for a vector, a scalar or a wrong shape.
fn matrix(array: &Array) -> Option<Grid> {
    let (&cols, rest) = array.shape.split_last()?;
    if rest.is_empty() || cols == 0 || !fits(array) {
        return None;
    }
    let values = array.values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
    Some(Grid { rows: values.len() / cols, cols, values })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(shape: &[usize], tile: Option<(usize, usize)>) -> Array {
        let values = (0..shape.iter().product::<usize>()).map(|i| i as f32).collect();
        Array { path: "a".to_string(), shape: shape.to_vec(), values, tile }
    }

    #[test]
    fn dense_kernels_become_one_tile_a_unit() {
        let tiles = tiles(&array(&[6, 4], Some((2, 3)))).unwrap();
        assert_eq!((tiles.grids.len(), tiles.across), (4, 4));
        assert_eq!(tiles.grids[1].values, [1.0, 5.0, 9.0, 13.0, 17.0, 21.0]);
    }

    #[test]
    fn convolutions_become_one_tile_a_filter_and_channel() {
        let tiles = tiles(&array(&[1, 2, 2, 3], None)).unwrap();
        assert_eq!((tiles.grids.len(), tiles.across), (6, 3));
        assert_eq!(tiles.grids[1].values, [1.0, 7.0]);
    }

    #[test]
    fn rows_of_tiles_are_full_where_they_can_be() {
        assert_eq!([1, 8, 10, 16, 32, 64, 128].map(columns), [1, 8, 5, 8, 8, 8, 16]);
    }

    #[test]
    fn every_rank_has_a_picture() {
        for shape in [&[][..], &[3], &[40], &[2, 2], &[20, 30], &[2, 3, 4], &[2, 2, 2, 2], &[1, 2, 1, 2, 1]] {
            assert!(picture(&array(shape, None), 1.0, "before").contains("<svg"), "{shape:?}");
        }
        let wrong = Array { shape: vec![usize::MAX, 9], ..array(&[5], None) };
        assert!(picture(&wrong, 1.0, "before").contains("<svg"));
        let deep = picture(&array(&[3, 3, 16, 128], None), 1.0, "before");
        assert!(deep.contains("the first 1\u{202f}024 of 2\u{202f}048 tiles"));
        assert!(picture(&array(&[0, 3], None), 1.0, "before").contains("no values"));
    }
}
