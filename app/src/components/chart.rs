//! Messages per day: bars with labels, and the same as a table.

use super::icon::Icon;
use crate::wording::counts::{count, of};
use crate::wording::times::Clock;
use domain::Time;
use domain::console::mailboxes::DayCount;
use domain::time::Span;
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

/// Days that are named below the chart: at most five, evenly spread, each once.
fn named(days: usize) -> Vec<usize> {
    let last = days.saturating_sub(1);
    let mut at: Vec<usize> = (0..5).map(|n| (n * last + 2) / 4).collect();
    at.dedup();
    at.truncate(days.min(5));
    at
}

/// Where a span of time stands in the chart: its left edge and width in percent.
fn band(from: Time, to: Time, first: Time, days: usize) -> Option<(f64, f64)> {
    let whole = Span::days(days as i64).0 as f64;
    let left = (from.0 - first.0).max(0) as f64 * 100.0 / whole;
    let right = ((to.0 - first.0) as f64 * 100.0 / whole).min(100.0);
    // A short one is still seen.
    let width = (right - left).max(0.5);
    (right > 0.0 && left < 100.0).then_some((left.min(100.0 - width), width))
}

/// The chart of a mailbox's days, oldest first.
#[component]
pub fn Days(
    days: Vec<DayCount>,
    /// When nothing could be fetched.
    down: Vec<(Time, Time)>,
    /// From when on messages can be counted.
    counted_since: Time,
    clock: Clock,
) -> impl IntoView {
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
    let first = days.first().map_or(clock.now, |d| d.day);
    let axis: Vec<String> = named(days.len()).into_iter().map(|at| utc.day(days[at].day)).collect();
    let bands: Vec<(f64, f64)> = down.iter().filter_map(|(from, to)| band(*from, *to, first, n)).collect();
    let any_down = !bands.is_empty();
    let bands = bands
        .into_iter()
        .map(|(x, width)| {
            view! { <rect class="outage" x=format!("{x:.2}%") y="0" width=format!("{width:.2}%") height=HEIGHT></rect> }
        })
        .collect_view();
    let outages: String = down
        .iter()
        .map(|(from, to)| {
            let until = if *to >= clock.now { "now".to_owned() } else { clock.time(*to) };
            format!(" Disconnected {} to {until}.", clock.time(*from))
        })
        .collect();
    let said = format!(
        "Messages received per day, {} to {}: {} in all, {} of them fetched after an outage.{outages}",
        axis.first().cloned().unwrap_or_default(),
        axis.last().cloned().unwrap_or_default(),
        count(total),
        count(late)
    );
    // Days before the mailbox are not days without mail.
    let over = if counted_since > first {
        format!("since {}", utc.day(counted_since))
    } else {
        format!("in {}", of(days.len() as u64, "day", "days"))
    };
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
                <span class="quiet num">{count(total)} " " {over}</span>
            </div>
            <div class="plot">
                <div class="scale" aria-hidden="true">{labels.into_iter().collect_view()}</div>
                <div class="chart">
                    <svg height=HEIGHT role="img" aria-label=said>
                        {bands} {lines.into_iter().collect_view()} {bars}
                        <line class="base" x1="0" x2="100%" y1=HEIGHT y2=HEIGHT></line>
                    </svg>
                    <div class="axis" aria-hidden="true">{axis.into_iter().map(|day| view! { <span>{day}</span> }).collect_view()}</div>
                </div>
            </div>
            {(late > 0 || any_down).then(|| view! {
                <ul class="legend" aria-hidden="true">
                    <li><span class="swatch"></span>"Received"</li>
                    {(late > 0).then(|| view! { <li><span class="swatch late"></span>"Arrived while disconnected, fetched later"</li> })}
                    {any_down.then(|| view! { <li><span class="swatch outage"></span>"Disconnected"</li> })}
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
    fn a_day_is_named_once() {
        for (days, at) in [(0, vec![]), (1, vec![0]), (2, vec![0, 1]), (3, vec![0, 1, 2]), (30, vec![0, 7, 15, 22, 29])]
        {
            assert_eq!(named(days), at, "{days} days");
        }
    }

    #[test]
    fn an_outage_is_a_band() {
        let first = Time(0);
        let at = |from: i64, to: i64| band(first + Span::hours(from), first + Span::hours(to), first, 10);
        assert_eq!(at(24, 48), Some((10.0, 10.0)));
        assert_eq!(at(-24, 24), Some((0.0, 10.0)), "it began before the chart");
        assert_eq!(at(239, 400), Some((99.5, 0.5)), "it lasts, and its beginning is still seen");
        assert_eq!(at(24, 24), Some((10.0, 0.5)), "a short one is seen");
        assert_eq!(at(-48, -24), None);
    }

    #[test]
    fn the_scale_is_round() {
        for (most, top) in [(0, 10), (7, 10), (11, 20), (33, 40), (41, 50), (52, 100), (101, 200), (900, 1_000)] {
            assert_eq!(ceiling(most), top);
        }
    }
}
