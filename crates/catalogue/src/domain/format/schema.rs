//! The shape of the two files: which keys a table may have, which it must have, and what each holds.

use kernel::{Channel, SubjectKind};

use crate::domain::{
    CaseKind, CrossRegion, DayUnit, Delivery, FieldType, ItemType, Level, MaterialForm, Origin, QuantityPeriod,
    ResultKind, SpecialKind, StepKind, StepRole,
};

/// What a key holds.
pub(super) enum Shape {
    /// Text, not blank.
    Text,
    /// Text of lower-case letters and digits joined by `-`.
    Kebab,
    /// Text of lower-case letters and digits joined by `_`, beginning with a letter.
    Snake,
    /// Texts, none blank.
    Texts,
    /// Whole number within these bounds.
    Whole(i64, i64),
    /// Any finite number.
    Number,
    /// true or false.
    Bool,
    /// One of these words.
    Word(Words),
    /// Several of these words, each once.
    Words(Words),
    /// A table.
    Table(&'static [Key]),
    /// Any number of tables.
    Tables(&'static [Key]),
}

/// Lists the words of an enumeration.
pub(super) type Words = fn() -> Vec<&'static str>;

/// One key of a table.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) required: bool,
}

const fn must(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: true }
}

const fn may(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: false }
}

macro_rules! word {
    ($list:ty) => {
        (|| <$list>::ALL.iter().map(|word| word.as_str()).collect()) as Words
    };
}

/// Days, counts and visits stay below this.
const MANY: i64 = 3_650;
/// Amounts stay below ten thousand million yuan, in fen.
const MUCH: i64 = 1_000_000_000_000;

/// Keys of `catalogue/<department>/<slug>.toml`.
pub(super) const ITEM: &[Key] = &[
    must("slug", Shape::Kebab),
    must("name", Shape::Text),
    must("aliases", Shape::Texts),
    must("type", Shape::Word(word!(ItemType))),
    must("department", Shape::Kebab),
    must("level", Shape::Word(word!(Level))),
    must("audience", Shape::Words(word!(SubjectKind))),
    must("themes", Shape::Texts),
    must("case_kind", Shape::Word(word!(CaseKind))),
    must("statutory_days", Shape::Whole(0, MANY)),
    may("statutory_days_kind", Shape::Word(word!(DayUnit))),
    must("promised_days", Shape::Whole(0, MANY)),
    must("online_depth", Shape::Whole(1, 4)),
    must("visits", Shape::Whole(0, MANY)),
    must("channels", Shape::Words(word!(Channel))),
    must("high_frequency", Shape::Bool),
    must("one_visit", Shape::Bool),
    must("cross_region", Shape::Word(word!(CrossRegion))),
    must("summary", Shape::Text),
    must("conditions", Shape::Texts),
    must("legal_basis", Shape::Tables(LEGAL_BASIS)),
    must("fees", Shape::Tables(FEE)),
    must("windows", Shape::Texts),
    may("joint", Shape::Bool),
    must("result", Shape::Table(RESULT)),
    may("quantity_limit", Shape::Table(QUANTITY_LIMIT)),
    may("renewal", Shape::Table(RENEWAL)),
    may("material", Shape::Tables(MATERIAL)),
    may("field", Shape::Tables(FIELD)),
    may("rule", Shape::Tables(RULE)),
    must("step", Shape::Tables(STEP)),
    may("faq", Shape::Tables(FAQ)),
];

const LEGAL_BASIS: &[Key] = &[must("law", Shape::Text), must("article", Shape::Text)];

const FEE: &[Key] = &[
    must("name", Shape::Text),
    may("amount_cents", Shape::Whole(0, MUCH)),
    may("assessed", Shape::Bool),
    must("basis", Shape::Text),
];

const RESULT: &[Key] = &[
    must("kind", Shape::Word(word!(ResultKind))),
    may("name", Shape::Text),
    may("certificate_type", Shape::Kebab),
    may("delivery", Shape::Words(word!(Delivery))),
];

const QUANTITY_LIMIT: &[Key] = &[
    must("number", Shape::Whole(1, 1_000_000)),
    must("period", Shape::Word(word!(QuantityPeriod))),
    must("basis", Shape::Text),
];

const RENEWAL: &[Key] = &[must("certificate_type", Shape::Kebab), may("apply_before_days", Shape::Whole(0, 366))];

const MATERIAL: &[Key] = &[
    must("key", Shape::Kebab),
    must("name", Shape::Text),
    must("origin", Shape::Word(word!(Origin))),
    must("form", Shape::Word(word!(MaterialForm))),
    must("copies", Shape::Whole(0, 100)),
    must("required", Shape::Bool),
    must("baseline", Shape::Bool),
    may("certificate_type", Shape::Kebab),
    may("deferrable", Shape::Bool),
    may("when", Shape::Text),
    may("note", Shape::Text),
];

const FIELD: &[Key] = &[
    must("key", Shape::Snake),
    must("label", Shape::Text),
    must("type", Shape::Word(word!(FieldType))),
    must("required", Shape::Bool),
    may("prefill", Shape::Text),
    may("options", Shape::Texts),
    may("pattern", Shape::Text),
    may("min", Shape::Number),
    may("max", Shape::Number),
    may("min_length", Shape::Whole(0, 100_000)),
    may("max_length", Shape::Whole(1, 100_000)),
    may("help", Shape::Text),
    may("when", Shape::Text),
];

const RULE: &[Key] = &[must("expr", Shape::Text), must("message", Shape::Text)];

const STEP: &[Key] = &[
    must("key", Shape::Kebab),
    must("name", Shape::Text),
    must("kind", Shape::Word(word!(StepKind))),
    must("role", Shape::Word(word!(StepRole))),
    may("department", Shape::Kebab),
    must("days", Shape::Whole(0, MANY)),
    may("when", Shape::Text),
    may("auto", Shape::Text),
    may("parallel", Shape::Kebab),
    may("stops_clock", Shape::Bool),
    may("special_kind", Shape::Word(word!(SpecialKind))),
    may("max_days", Shape::Whole(1, MANY)),
];

const FAQ: &[Key] = &[must("question", Shape::Text), must("answer", Shape::Text)];

/// Keys of `bundles/<slug>.toml`.
pub(super) const BUNDLE: &[Key] = &[
    must("slug", Shape::Kebab),
    must("name", Shape::Text),
    must("audience", Shape::Words(word!(SubjectKind))),
    must("themes", Shape::Texts),
    must("summary", Shape::Text),
    must("items", Shape::Texts),
    must("stage", Shape::Tables(STAGE)),
    may("question", Shape::Tables(QUESTION)),
    may("shared", Shape::Tables(SHARED)),
];

const STAGE: &[Key] = &[must("items", Shape::Texts)];
const QUESTION: &[Key] = &[must("key", Shape::Snake), must("text", Shape::Text), must("needs", Shape::Texts)];
const SHARED: &[Key] = &[must("field", Shape::Snake), must("in", Shape::Texts)];
