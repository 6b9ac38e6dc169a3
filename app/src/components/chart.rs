//! Messages per day: bars with labels, and the same as a table.

use super::icon::Icon;
use crate::wording::counts::{count, of};
use crate::wording::times::Clock;
use domain::console::mailboxes::DayCount;
use leptos::prelude::*;

const HEIGHT: u32 = 112;
/// Above the bars, for the highest label.
const HEAD: u32 = 8;

/// A round number at or above the highest day, that halves well.
fn ceiling(most: u32) -> u32 {
    let mut step = 10;
    loop {
        for factor in [1, 2, 4, 5] {
            if most <= step * factor {
                return step * factor;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// The chart of a mailbox's days, oldest first.
#[component]
pub fn Days(days: Vec<DayCount>, clock: Clock) -> impl IntoView {
    let total: u64 = days.iter().map(|d| u64::from(d.received)).sum();
    let late: u64 = days.iter().map(|d| u64::from(d.late)).sum();
    let top = ceiling(days.iter().map(|d| d.received).max().unwrap_or(0));
    let n = days.len().max(1);
    let width = 100.0 / n as f64;
    // Days are counted in UTC, as the engine counts them.
    let utc = Clock { now: clock.now, offset: 0 };
    let y = move |value: u32| HEIGHT - (HEIGHT - HEAD) * value / top.max(1);
    let bars = days
        .iter()
        .enumerate()
        .filter(|(_, d)| d.received > 0)
        .map(|(at, d)| {
            let x = format!("{:.2}%", at as f64 * width + width * 0.18);
            let w = format!("{:.2}%", width * 0.64);
            let (whole, late) = (y(d.received), y(d.late));
            view! {
                <rect class="bar" x=x.clone() y=whole width=w.clone() height=HEIGHT - whole rx="1.5"></rect>
                {(d.late > 0).then(|| view! { <rect class="bar late" x=x y=late width=w height=HEIGHT - late rx="1.5"></rect> })}
            }
        })
        .collect_view();
    let lines =
        [top / 2, top].map(|value| view! { <line class="grid" x1="0" x2="100%" y1=y(value) y2=y(value)></line> });
    let labels = [top, top / 2, 0].map(|value| view! { <span>{count(u64::from(value))}</span> });
    let ends = match (days.first(), days.last()) {
        (Some(first), Some(last)) => {
            let middle = &days[n / 2];
            [first, middle, last].map(|d| utc.day(d.day))
        }
        _ => Default::default(),
    };
    let said = format!(
        "Messages received per day, {} to {}: {} in all, {} of them fetched after an outage.",
        ends[0],
        ends[2],
        count(total),
        count(late)
    );
    let rows = days
        .iter()
        .rev()
        .filter(|d| d.received > 0)
        .map(|d| {
            view! {
                <tr>
                    <th scope="row">{utc.day(d.day)}</th>
                    <td class="end half" data-label="Received">{count(u64::from(d.received))}</td>
                    <td class="end half" data-label="Fetched later">{count(u64::from(d.late))}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="perday">
            <div class="section-head">
                <h2 id="perday">"Messages per day"</h2>
                <span class="quiet num">{count(total)} " in " {of(days.len() as u64, "day", "days")}</span>
            </div>
            <div class="plot">
                <div class="scale" aria-hidden="true">{labels.into_iter().collect_view()}</div>
                <div class="chart">
                    <svg height=HEIGHT role="img" aria-label=said>
                        {lines.into_iter().collect_view()} {bars}
                        <line class="base" x1="0" x2="100%" y1=HEIGHT y2=HEIGHT></line>
                    </svg>
                    <div class="axis" aria-hidden="true">{ends.map(|day| view! { <span>{day}</span> }).into_iter().collect_view()}</div>
                </div>
            </div>
            {(late > 0).then(|| view! {
                <ul class="legend" aria-hidden="true">
                    <li><span class="swatch"></span>"Received"</li>
                    <li><span class="swatch late"></span>"Arrived while disconnected, fetched later"</li>
                </ul>
            })}
            {(total > 0).then(|| view! {
                <details class="fold gap">
                    <summary>{Icon::Chevron.with_class("icon chevron")}"As a table"</summary>
                    <table class="table figures">
                        <caption class="vh">"Messages per day, newest first"</caption>
                        <thead><tr><th scope="col">"Day"</th><th scope="col" class="end">"Received"</th><th scope="col" class="end">"Of them fetched later"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </details>
            })}
        </section>
    }
}

/// Parts of a whole, as one line; the words stand beside it.
#[component]
pub fn Share(parts: [u32; 3], #[prop(into)] said: String) -> impl IntoView {
    let whole = parts.iter().sum::<u32>().max(1);
    let mut from = 0.0;
    let bars = ["a", "b", "c"]
        .into_iter()
        .zip(parts)
        .filter(|(_, part)| *part > 0)
        .map(|(class, part)| {
            let width = f64::from(part) * 100.0 / f64::from(whole);
            let x = from;
            from += width;
            let gap = if from < 99.9 { 0.6 } else { 0.0 };
            view! { <rect class=class x=format!("{x:.2}%") width=format!("{:.2}%", (width - gap).max(0.4)) height="100%"></rect> }
        })
        .collect_view();
    view! { <svg class="share" role="img" aria-label=said>{bars}</svg> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_round() {
        for (most, top) in [(0, 10), (7, 10), (11, 20), (33, 40), (41, 50), (52, 100), (101, 200), (900, 1_000)] {
            assert_eq!(ceiling(most), top);
        }
    }
}
