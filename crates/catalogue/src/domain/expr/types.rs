//! Static types: a condition that can never be evaluated is found when the item is checked, not when people apply.

use std::collections::{BTreeMap, BTreeSet};

use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr as Node, LiteralValue, operators};

use super::ExprError;
use crate::domain::{Field, FieldType, Item};

/// The names of one item that its expressions may use.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    fields: BTreeMap<&'a str, &'a Field>,
    materials: BTreeSet<&'a str>,
    /// Whether `materials_complete` and `rules_ok` exist: only for `auto`, which is asked last.
    outcome: bool,
}

impl<'a> Known<'a> {
    /// The names of `item`; `outcome` adds the two verdicts over the whole application.
    pub(crate) fn of(item: &'a Item, outcome: bool) -> Self {
        Self {
            fields: item.fields.iter().map(|field| (field.key.as_str(), field)).collect(),
            materials: item.materials.iter().map(|material| material.key.as_str()).collect(),
            outcome,
        }
    }
}

/// Type of a value, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Bool,
    Int,
    Double,
    Text,
    Texts,
    List,
    Day,
    Span,
    Null,
    Any,
}

impl Type {
    const fn label(self) -> &'static str {
        match self {
            Self::Bool => "真假",
            Self::Int => "整数",
            Self::Double => "小数",
            Self::Text => "文字",
            Self::Texts => "多选",
            Self::List => "列表",
            Self::Day => "日期",
            Self::Span => "时长",
            Self::Null => "空值",
            Self::Any => "任意",
        }
    }

    const fn of(field: FieldType) -> Self {
        match field {
            FieldType::Integer | FieldType::Money => Self::Int,
            FieldType::Decimal => Self::Double,
            FieldType::Date => Self::Day,
            FieldType::Bool => Self::Bool,
            FieldType::Choices => Self::Texts,
            _ => Self::Text,
        }
    }

    const fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Double)
    }

    const fn is_list(self) -> bool {
        matches!(self, Self::Texts | Self::List)
    }

    fn fits(self, wanted: Self) -> bool {
        self == wanted || self == Self::Any
    }

    /// Whether `==` of the two can be true.
    fn equals(self, other: Self) -> bool {
        let free = |t| matches!(t, Self::Any | Self::Null);
        self == other
            || free(self)
            || free(other)
            || self.is_number() && other.is_number()
            || self.is_list() && other.is_list()
    }

    /// Whether `<` of the two is defined.
    fn ordered(self, other: Self) -> bool {
        let orders = |t| matches!(t, Self::Int | Self::Double | Self::Text | Self::Day | Self::Span | Self::Any);
        orders(self) && orders(other) && self.equals(other)
    }
}

/// Checks the whole expression; its result must be a truth value.
pub(super) fn check(root: &IdedExpr, known: &Known<'_>) -> Result<(), ExprError> {
    let mut check = Check { known, locals: Vec::new() };
    match check.infer(root)? {
        Type::Bool | Type::Any => Ok(()),
        other => Err(ExprError::WrongType(format!("整个条件的结果是{}，应为真或假", other.label()))),
    }
}

struct Check<'a> {
    known: &'a Known<'a>,
    locals: Vec<(String, Type)>,
}

impl Check<'_> {
    fn infer(&mut self, node: &IdedExpr) -> Result<Type, ExprError> {
        match &node.expr {
            Node::Literal(literal) => Ok(match literal {
                LiteralValue::Boolean(_) => Type::Bool,
                LiteralValue::Double(_) => Type::Double,
                LiteralValue::Int(_) => Type::Int,
                LiteralValue::String(_) => Type::Text,
                LiteralValue::Null => Type::Null,
                LiteralValue::Bytes(_) | LiteralValue::UInt(_) => Type::Any,
            }),
            Node::Ident(name) => self.ident(name),
            Node::Call(call) => self.call(call),
            Node::List(list) => {
                let mut all_text = true;
                for element in &list.elements {
                    all_text &= self.infer(element)? == Type::Text;
                }
                Ok(if all_text { Type::Texts } else { Type::List })
            }
            Node::Comprehension(comprehension) => self.comprehension(comprehension),
            _ => Ok(Type::Any),
        }
    }

    fn ident(&self, name: &str) -> Result<Type, ExprError> {
        if let Some((_, kind)) = self.locals.iter().find(|(local, _)| local == name) {
            return Ok(*kind);
        }
        let (name, presence) = name.strip_prefix("has ").map_or((name, false), |name| (name, true));
        let unknown = || ExprError::UnknownName(name.to_owned());
        let kind = if let Some(key) = name.strip_prefix("form.") {
            Type::of(self.known.fields.get(key).ok_or_else(unknown)?.field_type)
        } else if let Some(rest) = name.strip_prefix("certificates.") {
            match rest.split_once('.').map_or("", |(_, member)| member) {
                "valid" => Type::Bool,
                // Null when the certificate is absent, so never quite its own type.
                _ => Type::Any,
            }
        } else if let Some(key) = name.strip_prefix("materials.").and_then(|rest| rest.strip_suffix(".provided")) {
            self.known.materials.get(key).ok_or_else(unknown)?;
            Type::Bool
        } else {
            match name {
                "today" => Type::Day,
                "applicant.age" => Type::Int,
                "materials_complete" | "rules_ok" if self.known.outcome => Type::Bool,
                "materials_complete" | "rules_ok" => return Err(unknown()),
                _ => Type::Text,
            }
        };
        Ok(if presence { Type::Bool } else { kind })
    }

    fn call(&mut self, call: &CallExpr) -> Result<Type, ExprError> {
        let target = call.target.as_deref().map(|target| self.infer(target)).transpose()?;
        let args = call.args.iter().map(|arg| self.infer(arg)).collect::<Result<Vec<_>, _>>()?;
        let wrong = |what: &str| {
            let types: Vec<_> = target.iter().chain(&args).map(|t| t.label()).collect();
            Err(ExprError::WrongType(format!("{what}不能用于{}", types.join("与"))))
        };
        match (call.func_name.as_str(), args.as_slice()) {
            (
                operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT | operators::NOT_STRICTLY_FALSE,
                _,
            ) => {
                if args.iter().all(|arg| arg.fits(Type::Bool)) {
                    Ok(Type::Bool)
                } else {
                    wrong("“且、或、非”")
                }
            }
            (operators::CONDITIONAL, [cond, a, b]) => match cond.fits(Type::Bool) {
                true => Ok(if a == b { *a } else { Type::Any }),
                false => wrong("条件选择"),
            },
            (operators::EQUALS | operators::NOT_EQUALS, [a, b]) => {
                self.options(&call.args)?;
                if a.equals(*b) { Ok(Type::Bool) } else { wrong("相等比较") }
            }
            (operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS, [a, b]) => {
                if a.ordered(*b) { Ok(Type::Bool) } else { wrong("大小比较") }
            }
            (operators::IN, [element, list]) => {
                self.options(&call.args)?;
                let fits = match list {
                    Type::Texts => matches!(element, Type::Text | Type::Any),
                    list => matches!(list, Type::List | Type::Any),
                };
                if fits { Ok(Type::Bool) } else { wrong("“属于”") }
            }
            (operators::INDEX, [list, index]) if index.fits(Type::Int) => match list {
                Type::Texts => Ok(Type::Text),
                Type::List | Type::Any => Ok(Type::Any),
                _ => wrong("下标"),
            },
            (operators::NEGATE, [number]) if number.is_number() || *number == Type::Any => Ok(*number),
            (op, [a, b]) if ARITHMETIC.contains(&op) => arithmetic(op, *a, *b).map_or_else(|| wrong("算术运算"), Ok),
            ("size", rest) => match target.or_else(|| rest.first().copied()) {
                Some(Type::Text | Type::Texts | Type::List | Type::Any) => Ok(Type::Int),
                _ => wrong("size"),
            },
            ("duration", _) => Ok(Type::Span),
            ("int", [Type::Int | Type::Double | Type::Text | Type::Any]) => Ok(Type::Int),
            ("double", [Type::Int | Type::Double | Type::Text | Type::Any]) => Ok(Type::Double),
            ("string", [value]) if !value.is_list() => Ok(Type::Text),
            (name @ ("contains" | "startsWith" | "endsWith" | "matches"), args) => {
                let texts = target.iter().chain(args).all(|value| value.fits(Type::Text));
                if texts { Ok(Type::Bool) } else { wrong(name) }
            }
            (name, []) if name.starts_with("get") && target.is_some_and(|t| t.fits(Type::Day)) => Ok(Type::Int),
            (name, _) => wrong(name),
        }
    }

    /// A choice compared with a text that is none of its options would never, or always, hold.
    fn options(&self, args: &[IdedExpr]) -> Result<(), ExprError> {
        let [left, right] = args else { return Ok(()) };
        for (field, texts) in [(left, right), (right, left)] {
            let Node::Ident(name) = &field.expr else { continue };
            let Some(field) = name.strip_prefix("form.").and_then(|key| self.known.fields.get(key)) else { continue };
            if !matches!(field.field_type, FieldType::Choice | FieldType::Choices) {
                continue;
            }
            let texts = match &texts.expr {
                Node::List(list) => list.elements.as_slice(),
                _ => std::slice::from_ref(texts),
            };
            for text in texts {
                let Node::Literal(LiteralValue::String(text)) = &text.expr else { continue };
                let text = text.inner();
                if !text.is_empty() && !field.options.iter().any(|option| option == text) {
                    return Err(ExprError::UnknownOption { field: field.key.clone(), option: text.to_owned() });
                }
            }
        }
        Ok(())
    }

    fn comprehension(&mut self, c: &ComprehensionExpr) -> Result<Type, ExprError> {
        let element = match self.infer(&c.iter_range)? {
            Type::Texts => Type::Text,
            Type::List | Type::Any => Type::Any,
            other => return Err(ExprError::WrongType(format!("循环不能用于{}", other.label()))),
        };
        // An empty list to start with says nothing of what is appended.
        let accumulator = match self.infer(&c.accu_init)? {
            list if list.is_list() => Type::List,
            other => other,
        };
        self.locals = vec![(c.iter_var.clone(), element), (c.accu_var.clone(), accumulator)];
        self.infer(&c.loop_cond)?;
        self.infer(&c.loop_step)?;
        let result = self.infer(&c.result);
        self.locals.clear();
        result
    }
}

const ARITHMETIC: [&str; 5] =
    [operators::ADD, operators::SUBSTRACT, operators::MULTIPLY, operators::DIVIDE, operators::MODULO];

/// The type of `a op b`, if there is one.
fn arithmetic(op: &str, a: Type, b: Type) -> Option<Type> {
    use Type::{Any, Day, Double, Int, Span, Text};
    if a.is_list() || b.is_list() {
        let lists = (a.is_list() || a == Any) && (b.is_list() || b == Any);
        return (op == operators::ADD && lists).then_some(Type::List);
    }
    match (a, b) {
        (Any, Any | Int | Double | Text | Day | Span) | (Int | Double | Text | Day | Span, Any) => Some(Any),
        (Int, Int) => Some(Int),
        (Double, Double) if op != operators::MODULO => Some(Double),
        (Text, Text) if op == operators::ADD => Some(Text),
        (Span, Span) if op == operators::ADD || op == operators::SUBSTRACT => Some(Span),
        (Day, Span) if op == operators::ADD || op == operators::SUBSTRACT => Some(Day),
        (Span, Day) if op == operators::ADD => Some(Day),
        (Day, Day) if op == operators::SUBSTRACT => Some(Span),
        _ => None,
    }
}
