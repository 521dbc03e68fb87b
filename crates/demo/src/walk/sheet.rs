//! A small valid PDF, made here, so that every material that is asked for can be handed in.

use std::fmt::Write as _;

/// A PDF of one page with one line. `line` is shown as far as it is ASCII, and makes the bytes differ.
#[must_use]
pub fn sheet(line: &str) -> Vec<u8> {
    let shown: String = line.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
    let shown = shown.replace('\\', "").replace(['(', ')'], "");
    let content = format!("BT /F1 14 Tf 72 760 Td ({shown}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut text = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(text.len());
        let _infallible = write!(text, "{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let table = text.len();
    let _infallible = write!(text, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _infallible = writeln!(text, "{place:010} 00000 n ");
    }
    let _infallible =
        write!(text, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_points_at_the_objects() {
        let text = String::from_utf8(sheet("lease contract (演示) 1")).unwrap();
        assert!(text.contains("(lease contract  1) Tj"), "{text}");
        let table: usize = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        assert!(text[table..].starts_with("xref\n0 6\n"));
        for (number, line) in text[table..].lines().skip(3).take(5).enumerate() {
            let place: usize = line[..10].parse().unwrap();
            assert!(text[place..].starts_with(&format!("{} 0 obj\n", number + 1)), "{line}");
            assert_eq!(line.len(), 19, "with the line end twenty bytes");
        }
    }

    #[test]
    fn no_two_sheets_are_alike() {
        assert_ne!(sheet("a"), sheet("b"));
    }
}
