//! What is printed: a table in Markdown.

use std::fs;

use super::Result;
use super::scenario::{All, Measured};
use super::wrk::Round;

/// Says what is measured on, and what else it does.
pub(super) fn machine() -> Result<()> {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores < 2 {
        return Err("two cores are needed, one for the server and one for wrk".to_owned());
    }
    println!("machine: {}, {cores} cores", model.trim_start_matches(['\t', ' ', ':']));
    println!("load before: {}", read("/proc/loadavg").trim());
    Ok(())
}

/// The figures.
pub(super) fn table(all: &All) {
    println!("\n| | requests/s | p50 ms | p99 ms | CPU µs each | bare requests/s | ratio |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    all.scenarios.iter().for_each(line);
    let starts: Vec<String> = all.starts.iter().map(|ms| format!("{ms:.0}")).collect();
    println!("\nstart to first answer, ms: {}", starts.join(", "));
    println!("resident memory, MB: {:.1}, at the highest {:.1}", all.memory.0, all.memory.1);
}

fn line(measured: &Measured) {
    let ours = &measured.ours;
    let [rate, p50, p99, cpu] = [
        median(ours, |round| round.rate),
        median(ours, |round| round.p50),
        median(ours, |round| round.p99),
        median(ours, |round| round.cpu),
    ];
    let bare = median(&measured.bare, |round| round.rate);
    let (bare, ratio) = if measured.bare.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("{bare:.0}"), format!("{:.1} %", rate * 100.0 / bare))
    };
    println!("| {} | {rate:.0} | {p50:.2} | {p99:.2} | {cpu:.1} | {bare} | {ratio} |", measured.name);
}

/// The middle one of the rounds.
fn median(rounds: &[Round], of: impl Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
