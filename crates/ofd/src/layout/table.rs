//! Tables: columns of given widths, cells with text over one or more columns.

use super::LayoutError;
use super::lines::{Line, Style, break_lines};
use super::place::{baseline, height_of};
use crate::fonts::Fonts;
use crate::model::{Colour, Item, Path};

/// Room between a cell's text and its lines, in mm.
const PADDING: f64 = 1.2;
/// Width of a table's lines in mm.
const LINE: f64 = 0.25;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Its text.
    pub text: String,
    /// How it looks.
    pub style: Style,
    /// Columns that it fills, at least one.
    pub columns: usize,
}

impl Cell {
    /// Text in one column.
    pub fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style, columns: 1 }
    }

    /// The same over several columns.
    #[must_use]
    pub fn over(self, columns: usize) -> Self {
        Self { columns: columns.max(1), ..self }
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Its cells from left to right; together they fill all columns.
    pub cells: Vec<Cell>,
    /// Least height in mm.
    pub least_height: f64,
}

impl Row {
    /// A row of `cells` as high as its text.
    pub fn new(cells: Vec<Cell>) -> Self {
        Self { cells, least_height: 0.0 }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Widths of the columns in mm.
    pub widths: Vec<f64>,
    /// Rows at its head, repeated on every page.
    pub head: Vec<Row>,
    /// Its rows. A row is never divided between pages.
    pub rows: Vec<Row>,
}

/// A row with its text broken.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    cells: Vec<(f64, f64, Style, Vec<Line>)>,
    pub(super) height: f64,
}

/// Measures row `number` (counted for the error) of `table`.
pub(super) fn measure(table: &Table, row: &Row, number: usize, fonts: &Fonts) -> Result<Measured, LayoutError> {
    let filled: usize = row.cells.iter().map(|cell| cell.columns).sum();
    if filled != table.widths.len() {
        return Err(LayoutError::Columns { row: number, filled, columns: table.widths.len() });
    }
    let mut cells = Vec::new();
    let mut height = row.least_height;
    let (mut column, mut left) = (0, 0.0);
    for cell in &row.cells {
        let width: f64 = table.widths[column..column + cell.columns].iter().sum();
        let lines = break_lines(&cell.text, (width - 2.0 * PADDING).max(0.0), &cell.style, fonts)?;
        height = height.max(height_of(lines.len(), &cell.style) + 2.0 * PADDING);
        cells.push((left, width, cell.style, lines));
        left += width;
        column += cell.columns;
    }
    Ok(Measured { cells, height })
}

/// Draws a measured row with its upper left corner at `x`, `y`.
pub(super) fn draw(row: &Measured, x: f64, y: f64) -> Vec<Item> {
    let mut items = Vec::new();
    for (left, width, style, lines) in &row.cells {
        items.push(Item::Path(Path::frame(x + left, y, *width, row.height, Colour::BLACK, LINE)));
        let top = y + (row.height - height_of(lines.len(), style)) / 2.0;
        for (n, line) in lines.iter().enumerate() {
            let runs = line.place(x + left + PADDING, top + baseline(n, style), width - 2.0 * PADDING, style);
            items.extend(runs.into_iter().map(Item::Run));
        }
    }
    items
}
