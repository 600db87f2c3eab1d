//! The alert's sound, for those who ask for it: two tones every few seconds while something waits to be acknowledged.

use super::looks::{keep, kept};
use super::watch;
use leptos::prelude::*;
use std::time::Duration;
use web_sys::{AudioContext, AudioContextState, OscillatorType};

/// Between two calls.
const EVERY: Duration = Duration::from_secs(4);
/// The two tones, hertz, and how long each sounds, seconds: within what a person of any age hears well.
const TONES: [f32; 2] = [880.0, 659.0];
const LONG: f64 = 0.22;
const LOUD: f32 = 0.25;

/// The sound, and whether it is asked for.
#[derive(Clone, Copy)]
pub struct Siren {
    /// Whether a person asked for it, here or before.
    pub on: RwSignal<bool>,
    /// Whether the browser keeps it silent until something is pressed on the page.
    pub silenced: RwSignal<bool>,
    context: StoredValue<Option<AudioContext>, LocalStorage>,
}

impl Siren {
    /// Rings while `waiting` says so and sound is asked for; at once when the first comes, and then again and again.
    pub fn hang(waiting: Signal<bool>) -> Self {
        let siren = Self {
            on: RwSignal::new(kept("sound").as_deref() == Some("on")),
            silenced: RwSignal::new(false),
            context: StoredValue::new_local(None),
        };
        let wanted = Memo::new(move |_| siren.on.get() && waiting.get());
        let ringing = StoredValue::new(None::<IntervalHandle>);
        watch(move || {
            if let Some(before) = ringing.try_update_value(Option::take).flatten() {
                before.clear();
            }
            if wanted.get() {
                siren.sound();
                ringing.set_value(set_interval_with_handle(move || siren.sound(), EVERY).ok());
            }
        });
        siren
    }

    /// Asks for it, or no more; asking for it is answered by how it sounds. Where the browser kept it silent, this press lets it sound.
    pub fn turn(self) {
        let on = self.silenced.get_untracked() || !self.on.get_untracked();
        keep("sound", if on { "on" } else { "off" });
        self.on.set(on);
        if on {
            self.sound();
        }
    }

    /// Both tones, once. A browser without sound stays silent and says so.
    fn sound(self) {
        if self.context.with_value(Option::is_none) {
            self.context.set_value(AudioContext::new().ok());
        }
        let heard = self.context.with_value(|context| {
            let context = context.as_ref()?;
            // Resolves when the browser lets it; until then it is silent.
            drop(context.resume().ok()?);
            for (tone, from) in TONES.into_iter().zip([0.0, LONG]) {
                play(context, tone, context.current_time() + from).ok()?;
            }
            Some(context.state() == AudioContextState::Running)
        });
        self.silenced.set(heard != Some(true));
    }
}

fn play(context: &AudioContext, tone: f32, from: f64) -> Result<(), wasm_bindgen::JsValue> {
    let (source, volume) = (context.create_oscillator()?, context.create_gain()?);
    source.set_type(OscillatorType::Triangle);
    source.frequency().set_value(tone);
    volume.gain().set_value_at_time(LOUD, from)?;
    // Faded, so that it does not click.
    volume.gain().linear_ramp_to_value_at_time(0.0, from + LONG)?;
    source.connect_with_audio_node(&volume)?;
    volume.connect_with_audio_node(&context.destination())?;
    source.start_with_when(from)?;
    source.stop_with_when(from + LONG)
}
