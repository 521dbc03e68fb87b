//! How a result reaches somebody: the ways in words, and where it can be fetched.

use vocab::Vocabulary;

use crate::domain::{CrossRegion, Delivery, Item, Level};

/// Code of the city's own hall in the list of halls.
pub const CITY: &str = "city";
/// Where a result can be fetched: the city's hall, and those of the districts where the item is done there too.
#[must_use]
pub fn halls(item: &Item, vocabulary: &Vocabulary) -> Vec<(String, String)> {
    let mut halls = vec![(CITY.to_owned(), format!("市级政务大厅（{} 窗口）", item.windows.join("、")))];
    if item.level != Level::City || item.cross_region != CrossRegion::None {
        let districts = vocabulary.districts();
        halls.extend(districts.map(|d| (d.short_code().to_owned(), format!("{}政务大厅", d.name))));
    }
    halls
}

/// Something that can be printed on a label.
#[must_use]
pub fn plain(text: Option<&str>, most: usize) -> bool {
    text.is_some_and(|text| {
        let text = text.trim();
        !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
    })
}

/// What a way of delivery means: its word in forms, its name, what it is like for the applicant.
#[must_use]
pub fn way(way: Delivery) -> (&'static str, &'static str, &'static str) {
    match way {
        Delivery::Electronic => ("electronic", "电子送达", "办好就能在“我的证照”和“我的办件”里看到，最快"),
        Delivery::Post => ("post", "邮寄", "寄到您填的地址"),
        Delivery::Pickup => ("pickup", "到窗口领取", "带身份证件到您选的大厅领取"),
    }
}
