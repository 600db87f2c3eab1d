//! One canvas in one pane of the map.

use crate::format::trimmed;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, CssStyleDeclaration, Document, HtmlCanvasElement, HtmlElement};

/// The two-dimensional pen of a canvas.
pub type Pen = CanvasRenderingContext2d;

/// A new canvas and its pen.
///
/// # Errors
/// What the browser threw, or that it has no two-dimensional canvas.
pub fn canvas(document: &Document) -> Result<(HtmlCanvasElement, Pen), JsValue> {
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
    let pen = canvas.get_context("2d")?.ok_or("this browser draws no canvas")?;
    Ok((canvas, pen.unchecked_into()))
}

/// A canvas that lies somewhere in the layer panes.
pub struct Surface {
    canvas: HtmlCanvasElement,
    style: CssStyleDeclaration,
    /// Its pen; one unit is one CSS pixel.
    pub pen: Pen,
    ratio: f64,
    size: (f64, f64),
    /// Where it was laid last: layer point, and enlargement.
    laid: Option<((f64, f64), f64)>,
}

impl Surface {
    /// A canvas in this pane, not laid out yet.
    ///
    /// # Errors
    /// What the browser threw.
    pub fn new(document: &Document, pane: &HtmlElement) -> Result<Self, JsValue> {
        let (canvas, pen) = canvas(document)?;
        canvas.set_class_name("map-surface");
        pane.append_child(&canvas)?;
        let style = canvas.style();
        Ok(Self { canvas, style, pen, ratio: 0.0, size: (0.0, 0.0), laid: None })
    }

    /// Clears it for `size` CSS pixels at `ratio` device pixels each. True where it had to be made anew, and its pen
    /// has forgotten all that it was told.
    pub fn clear(&mut self, size: (f64, f64), ratio: f64) -> bool {
        let anew = self.size != size || (self.ratio - ratio).abs() > f64::EPSILON;
        if anew {
            (self.size, self.ratio) = (size, ratio);
            self.canvas.set_width(device(size.0, ratio));
            self.canvas.set_height(device(size.1, ratio));
            self.put("width", &px(size.0));
            self.put("height", &px(size.1));
        }
        self.reset();
        self.pen.clear_rect(0.0, 0.0, size.0, size.1);
        anew
    }

    /// Lays its corner on a layer point, enlarged.
    pub fn lay(&mut self, at: (f64, f64), scale: f64) {
        if self.laid == Some((at, scale)) {
            return;
        }
        self.laid = Some((at, scale));
        self.put("transform", &[&translate(at.0, at.1), " scale(", &trimmed(scale, 6), ")"].concat());
    }

    /// Back to one unit a CSS pixel.
    pub fn reset(&self) {
        transform(&self.pen, self.ratio);
    }

    fn put(&self, name: &str, value: &str) {
        if let Err(error) = self.style.set_property(name, value) {
            leptos::logging::warn!("{name} of a canvas could not be set: {error:?}");
        }
    }
}

/// One unit of the pen becomes `ratio` device pixels.
pub fn transform(pen: &Pen, ratio: f64) {
    if let Err(error) = pen.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0) {
        leptos::logging::warn!("a canvas could not be scaled: {error:?}");
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a canvas's size; `as` saturates")]
fn device(css: f64, ratio: f64) -> u32 {
    (css * ratio).round().max(1.0) as u32
}

fn px(value: f64) -> String {
    [&trimmed(value, 3), "px"].concat()
}

/// A move by so many pixels, for a style.
pub fn translate(x: f64, y: f64) -> String {
    ["translate3d(", &px(x), ",", &px(y), ",0)"].concat()
}
