//! The things on a page as TextObject, PathObject and ImageObject.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::xml::{Xml, number, numbers};
use super::{Ids, Media};
use crate::model::{Colour, Image, Item, Path, Run, Step};

/// Writes things into a layer.
pub(super) struct Objects<'a> {
    pub(super) xml: &'a mut Xml,
    pub(super) fonts: &'a BTreeMap<usize, u32>,
    pub(super) ids: &'a mut Ids,
    pub(super) images: &'a mut Vec<Media>,
}

impl Objects<'_> {
    pub(super) fn write(&mut self, item: &Item) {
        match item {
            Item::Run(run) => self.run(run),
            Item::Path(path) => self.path(path),
            Item::Image(image) => self.image(image),
        }
    }

    fn run(&mut self, run: &Run) {
        let id = self.ids.next().to_string();
        let font = self.fonts.get(&run.face).copied().unwrap_or_default().to_string();
        let (up, down) = (run.size * 0.9, run.size * 0.3);
        let mut attributes = vec![("ID", id)];
        let (x, y) = if run.turn == 0.0 {
            let box_ = [run.x, run.y - up, run.width().max(run.size * 0.1), up + down];
            attributes.push(("Boundary", numbers(&box_)));
            (0.0, up)
        } else {
            // The box holds the turned line; its matrix turns about the start of the baseline.
            let (sin, cos) = run.turn.to_radians().sin_cos();
            let corners = [(0.0, -up), (run.width(), -up), (0.0, down), (run.width(), down)];
            let turned = corners.map(|(u, v)| (u * cos - v * sin, u * sin + v * cos));
            let least = |of: fn(&(f64, f64)) -> f64| turned.iter().map(of).fold(f64::MAX, f64::min);
            let most = |of: fn(&(f64, f64)) -> f64| turned.iter().map(of).fold(f64::MIN, f64::max);
            let (left, top) = (least(|p| p.0), least(|p| p.1));
            let box_ = [run.x + left, run.y + top, most(|p| p.0) - left, most(|p| p.1) - top];
            attributes.push(("Boundary", numbers(&box_)));
            let matrix = [cos, sin, -sin, cos].map(|v| format!("{v:.5}")).join(" ");
            attributes.push(("CTM", format!("{matrix} {}", numbers(&[-left, -top]))));
            (0.0, 0.0)
        };
        attributes.push(("Font", font));
        attributes.push(("Size", number(run.size)));
        if run.bold {
            attributes.push(("Stroke", "true".to_owned()));
            attributes.push(("LineWidth", number(run.outline())));
        }
        let attributes: Vec<(&str, &str)> = attributes.iter().map(|(k, v)| (*k, v.as_str())).collect();
        self.xml.begin("TextObject", &attributes);
        if run.colour != Colour::BLACK || run.bold {
            self.xml.empty("FillColor", &[("Value", &colour(run.colour))]);
        }
        if run.bold {
            self.xml.empty("StrokeColor", &[("Value", &colour(run.colour))]);
        }
        let mut place = vec![("X", number(x)), ("Y", number(y))];
        if let Some(delta) = deltas(&run.advances) {
            place.push(("DeltaX", delta));
        }
        let place: Vec<(&str, &str)> = place.iter().map(|(k, v)| (*k, v.as_str())).collect();
        self.xml.element("TextCode", &place, &run.text);
        self.xml.end();
    }

    fn path(&mut self, path: &Path) {
        let (left, top, right, bottom) = path.bounds();
        let half = path.stroke.map_or(0.0, |(_, width)| width / 2.0);
        let (left, top) = (left - half, top - half);
        let id = self.ids.next().to_string();
        let bounds = numbers(&[left, top, right + half - left, bottom + half - top]);
        let mut attributes = vec![("ID", id), ("Boundary", bounds)];
        if let Some((_, width)) = path.stroke {
            attributes.push(("LineWidth", number(width)));
        } else {
            attributes.push(("Stroke", "false".to_owned()));
        }
        if path.fill.is_some() {
            attributes.push(("Fill", "true".to_owned()));
        }
        let attributes: Vec<(&str, &str)> = attributes.iter().map(|(k, v)| (*k, v.as_str())).collect();
        self.xml.begin("PathObject", &attributes);
        if let Some(fill) = path.fill {
            self.xml.empty("FillColor", &[("Value", &colour(fill))]);
        }
        if let Some((stroke, _)) = path.stroke {
            self.xml.empty("StrokeColor", &[("Value", &colour(stroke))]);
        }
        let mut data = Vec::new();
        for step in &path.steps {
            data.push(match *step {
                Step::Move(x, y) => format!("M {}", numbers(&[x - left, y - top])),
                Step::Line(x, y) => format!("L {}", numbers(&[x - left, y - top])),
                Step::Cubic(x1, y1, x2, y2, x, y) => {
                    format!("B {}", numbers(&[x1 - left, y1 - top, x2 - left, y2 - top, x - left, y - top]))
                }
                Step::Close => "C".to_owned(),
            });
        }
        self.xml.element("AbbreviatedData", &[], &data.join(" "));
        self.xml.end();
    }

    fn image(&mut self, image: &Image) {
        let known = self.images.iter().find(|media| media.kind == image.kind && media.bytes == image.bytes);
        let resource = match known {
            Some(media) => media.id,
            None => {
                let id = self.ids.next();
                self.images.push(Media { id, kind: image.kind, bytes: Arc::clone(&image.bytes) });
                id
            }
        };
        let id = self.ids.next().to_string();
        let matrix = numbers(&[image.width, 0.0, 0.0, image.height, 0.0, 0.0]);
        let bounds = numbers(&[image.x, image.y, image.width, image.height]);
        let resource = resource.to_string();
        self.xml
            .empty("ImageObject", &[("ID", &id), ("Boundary", &bounds), ("ResourceID", &resource), ("CTM", &matrix)]);
    }
}

fn colour(colour: Colour) -> String {
    format!("{} {} {}", colour.0, colour.1, colour.2)
}

/// Steps from character to character: one fewer than characters, so that none is drawn over another. Rounded so that no
/// error adds up over the line.
fn deltas(advances: &[f64]) -> Option<String> {
    let steps = advances.split_last()?.1;
    if steps.is_empty() {
        return None;
    }
    let mut at = 0.0;
    let mut before = 0.0;
    let mut values = Vec::new();
    for step in steps {
        at += step;
        let rounded = (at * 1000.0_f64).round() / 1000.0;
        values.push(number(rounded - before));
        before = rounded;
    }
    match values.first() {
        Some(first) if values.len() > 1 && values.iter().all(|value| value == first) => {
            Some(format!("g {} {first}", values.len()))
        }
        _ => Some(values.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_one_fewer_than_characters() {
        assert_eq!(deltas(&[5.64]), None);
        assert_eq!(deltas(&[5.64, 5.64]).unwrap(), "5.64");
        assert_eq!(deltas(&[5.64; 5]).unwrap(), "g 4 5.64");
        assert_eq!(deltas(&[5.64, 2.5, 5.64]).unwrap(), "5.64 2.5");
    }
}
