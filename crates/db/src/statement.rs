//! Statements are registered constants, so that one test can prepare them all on both engines.

/// A registered statement. Made by [`statements!`](crate::statements) alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sql(&'static str);

impl Sql {
    #[doc(hidden)]
    #[must_use]
    pub const fn registered(text: &'static str) -> Self {
        Self(text)
    }
    /// The text.
    #[must_use]
    pub const fn text(self) -> &'static str {
        self.0
    }
}

/// Declares the statements of a slice and `STATEMENTS`, the list of them all.
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: $crate::Sql = $crate::Sql::registered($text);)*
        /// Every statement of this slice.
        pub(crate) const STATEMENTS: &[$crate::Sql] = &[$($name),*];
    };
}
