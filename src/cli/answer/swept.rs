//! A sweep in a table and a plot: lines with bands for one axis, shades for two.

use super::header::of_study;
use super::{endpoint_named, failed, part};
use crate::cli::studies::{Point, Swept};
use crate::cli::text::curve::{Mark, curve, heat};
use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::{Look, Role, number};
use crate::sim::result::{EndpointFigures, RunResult};
use clap::ValueEnum;

/// What is plotted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Figure {
    /// Completed requests per second
    Goodput,
    /// Share of requests that failed
    Failed,
    /// Mean latency
    Mean,
    /// Median latency
    P50,
    /// 95th percentile of the latency
    P95,
    /// 99th percentile of the latency
    #[default]
    P99,
    /// Dollars per hour
    Cost,
}

/// All figures, as they stand in a file.
pub(crate) const FIGURES: [Figure; 7] = [
    Figure::Goodput,
    Figure::Failed,
    Figure::Mean,
    Figure::P50,
    Figure::P95,
    Figure::P99,
    Figure::Cost,
];

impl Figure {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Figure::Goodput => "goodput",
            Figure::Failed => "failed",
            Figure::Mean => "mean",
            Figure::P50 => "p50",
            Figure::P95 => "p95",
            Figure::P99 => "p99",
            Figure::Cost => "cost",
        }
    }

    /// The figure of an endpoint and its interval.
    pub(crate) fn of(
        self,
        of: &EndpointFigures,
        result: &RunResult,
    ) -> (Option<f64>, Option<[f64; 2]>) {
        let latency = &of.latency_s;
        let some = of.completed > 0;
        let given = |[low, high]: [f64; 2]| (high > 0.0).then_some([low, high]);
        let percentile = |name: &str, value: f64| {
            let band = latency.percentiles_ci95.get(name).copied();
            (some.then_some(value), band.filter(|_| some))
        };
        match self {
            Figure::Goodput => (Some(of.goodput_per_s), given(of.goodput_ci95)),
            Figure::Failed => (Some(part(failed(of), of.offered)), None),
            Figure::Mean => (some.then_some(latency.mean), given(latency.ci95)),
            Figure::P50 => percentile("p50", latency.p50),
            Figure::P95 => percentile("p95", latency.p95),
            Figure::P99 => percentile("p99", latency.p99),
            Figure::Cost => (Some(result.cost.per_hour), None),
        }
    }

    fn write(self, value: f64, look: Look) -> String {
        match self {
            Figure::Goodput => number::rate(value, look),
            Figure::Failed => number::share(value, look),
            Figure::Cost => number::dollars(value, look),
            _ => number::time(value, look),
        }
    }
}

/// The whole answer.
pub(crate) fn sweep(
    name: &str,
    sweep: &Swept,
    (endpoint, figure): (Option<&str>, Figure),
    look: Look,
) -> String {
    let first = &sweep.points[0].result;
    let what = format!(
        "{} points {dot} {} {} {} {dot} seed {}",
        sweep.points.len(),
        first.replications,
        look.times(),
        number::duration(first.simulated_s, look),
        first.seed,
        dot = look.dot()
    );
    let missing = sweep.partial.then_some("later points are missing");
    let mut text = of_study(name, &what, missing, look);
    text.push('\n');
    let chosen = chosen(sweep, endpoint);
    text.push_str(&table(sweep, &chosen, look));
    if let Some(plot) = plot(sweep, &chosen, figure, look) {
        let title = format!("{}  {}", figure.name(), look.name(&chosen));
        text.push_str(&format!("\n{}\n{plot}", look.paint(Role::Title, &title)));
    }
    text
}

/// The endpoint that was asked for, by its whole identifier or its end; else the busiest.
fn chosen(sweep: &Swept, asked: Option<&str>) -> String {
    let result = &sweep.points[0].result;
    endpoint_named(result, asked)
        .or_else(|| endpoint_named(result, None))
        .unwrap_or_default()
}

fn of<'p>(point: &'p Point, id: &str) -> Option<&'p EndpointFigures> {
    point.result.endpoints.iter().find(|of| of.id == id)
}

fn table(sweep: &Swept, id: &str, look: Look) -> String {
    let mut table = Table::new(vec![
        words("values"),
        figures("goodput"),
        figures("failed"),
        figures("mean").leaving(2),
        figures("p99"),
        figures("95% interval").leaving(1),
        figures("cost").leaving(3),
        figures("objectives"),
    ]);
    for point in &sweep.points {
        let Some(seen) = of(point, id) else { continue };
        let cell = |figure: Figure| {
            let (value, _) = figure.of(seen, &point.result);
            value.map_or(Cell::new(Role::Dim, look.none()), |value| {
                figure.write(value, look).into()
            })
        };
        let band = Figure::P99
            .of(seen, &point.result)
            .1
            .map_or(String::new(), |band| {
                number::time_interval(band, seen.latency_s.p99, look)
            });
        let objectives = &point.result.objectives;
        let met = objectives.iter().filter(|objective| objective.met).count();
        let role = if met == objectives.len() {
            Role::Good
        } else {
            Role::Bad
        };
        let verdict = if objectives.is_empty() {
            Cell::new(Role::Dim, look.none())
        } else {
            Cell::new(role, format!("{met} of {}", objectives.len()))
        };
        table.row(vec![
            Cell::from(look.name(&point.values.join(", "))),
            cell(Figure::Goodput),
            cell(Figure::Failed),
            cell(Figure::Mean),
            cell(Figure::P99),
            Cell::new(Role::Dim, band),
            cell(Figure::Cost),
            verdict,
        ]);
    }
    table.render(look)
}

fn plot(sweep: &Swept, id: &str, figure: Figure, look: Look) -> Option<String> {
    let value =
        |point: &Point| of(point, id).map_or((None, None), |seen| figure.of(seen, &point.result));
    let write = |value: f64| figure.write(value, look);
    if let [_] = sweep.axes.as_slice() {
        let marks: Vec<Mark> = sweep
            .points
            .iter()
            .map(|point| {
                let (value, band) = value(point);
                Mark {
                    label: look.name(&point.values[0]),
                    value,
                    band,
                }
            })
            .collect();
        return curve(&marks, None, write, look);
    }
    let columns = &sweep.axes.get(1)?.values;
    let values: Vec<Vec<Option<f64>>> = sweep
        .points
        .chunks(columns.len())
        .map(|row| row.iter().map(|point| value(point).0).collect())
        .collect();
    heat(&sweep.axes[0].values, columns, &values, write, look)
}
