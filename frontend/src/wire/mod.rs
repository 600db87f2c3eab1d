//! What the server sends, read into the types of `geodata::wire`.
//!
//! The browser parses the JSON; here its values become ours. `serde` would do the same, for 57 KB of compressed
//! WebAssembly: each type's derived reader is compiled for itself. What must not drift is kept by the compiler (a record
//! that lacks one of its type's fields does not build) and by tests (what serde writes is read back, type by type).

mod admin;
mod around;
mod life;
mod people;
mod records;
mod values;
mod write;

pub use write::{Write, json};

use geodata::Time;
use wasm_bindgen::{JsCast as _, JsValue};

/// A value of a parsed JSON text.
pub trait Tree: Sized {
    /// A member of an object; null where it has none, or is no object.
    #[must_use]
    fn member(&self, name: &str) -> Self;
    /// Whether it is null or absent.
    fn is_null(&self) -> bool;
    /// A text.
    fn text(&self) -> Option<String>;
    /// A number.
    fn number(&self) -> Option<f64>;
    /// True or false.
    fn flag(&self) -> Option<bool>;
    /// The items of an array.
    fn items(&self) -> Option<Vec<Self>>;
    /// A moment, written as RFC 3339 has it; to the millisecond.
    fn time(&self) -> Option<Time>;
    /// The names of an object's members.
    fn names(&self) -> Vec<String>;
}

/// Something that can be read from JSON; `None` where it is not what it should be.
pub trait Read: Sized {
    /// Reads it.
    fn read(from: &impl Tree) -> Option<Self>;
}

impl Tree for JsValue {
    fn member(&self, name: &str) -> Self {
        // Only objects have members; asking others is an exception, and reads as nothing.
        js_sys::Reflect::get(self, &Self::from_str(name)).unwrap_or(Self::NULL)
    }

    fn is_null(&self) -> bool {
        self.is_undefined() || Self::is_null(self)
    }

    fn text(&self) -> Option<String> {
        self.as_string()
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.as_bool()
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.dyn_ref::<js_sys::Array>().map(js_sys::Array::to_vec)
    }

    fn time(&self) -> Option<Time> {
        let ms = js_sys::Date::parse(&self.as_string()?);
        #[expect(clippy::cast_possible_truncation, reason = "JavaScript's dates end before i64 does")]
        Time::from_timestamp_millis(ms.is_finite().then_some(ms as i64)?)
    }

    fn names(&self) -> Vec<String> {
        let names = self.dyn_ref::<js_sys::Object>().map(js_sys::Object::keys);
        names.iter().flat_map(js_sys::Array::to_vec).filter_map(|name| name.as_string()).collect()
    }
}

/// Reads a JSON text.
pub fn parse<T: Read>(text: &str) -> Option<T> {
    T::read(&js_sys::JSON::parse(text).ok()?)
}
