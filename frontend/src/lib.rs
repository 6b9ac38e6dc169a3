//! The browser's entry. Ten lines for ever: everything else is in `app`.
#[allow(unused_imports)]
use app as _;

#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
