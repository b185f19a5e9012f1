//! Why the last run came out as it did: where the time went, what there is to say, one request as a
//! waterfall, and how much room is left. State, update and view, all without a clock or a disk.

mod room;
mod time;
mod view;
mod waterfall;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use view::draw;

use crate::sim::result::{Attribution, Exemplar, RunResult};

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Page {
    /// Where the time went.
    #[default]
    Time,
    /// One request from start to end.
    Trace,
    /// How much room each limit has.
    Headroom,
}

impl Page {
    /// All pages, in their order.
    pub const ALL: [Page; 3] = [Page::Time, Page::Trace, Page::Headroom];

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Page::Time => "where the time went",
            Page::Trace => "one request",
            Page::Headroom => "headroom",
        }
    }
}

/// Something to do on this screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// The next page, after the last the first.
    NextPage,
    /// The page before.
    PreviousPage,
    /// This page.
    Page(Page),
    /// The next endpoint.
    NextEndpoint,
    /// The endpoint before.
    PreviousEndpoint,
    /// The next trace: of a median and of a slow request.
    NextTrace,
    /// A line down.
    Down,
    /// A line up.
    Up,
    /// To the first line.
    First,
    /// To the last line.
    Last,
    /// The next finding.
    NextFinding,
    /// The finding before.
    PreviousFinding,
}

/// The explanation of a run as it is looked at.
#[derive(Debug, Clone)]
pub struct Explain {
    result: Arc<RunResult>,
    page: Page,
    endpoint: usize,
    trace: usize,
    line: usize,
    finding: usize,
}

impl Explain {
    /// The explanation of a run.
    pub fn new(result: Arc<RunResult>) -> Self {
        Self {
            result,
            page: Page::default(),
            endpoint: 0,
            trace: 0,
            line: 0,
            finding: 0,
        }
    }

    /// Another run is explained; what is looked at stays as far as it can.
    pub fn show(&mut self, result: Arc<RunResult>) {
        let id = self.endpoint_id().map(str::to_owned);
        self.result = result;
        let same = self
            .result
            .endpoints
            .iter()
            .position(|of| Some(&of.id) == id.as_ref());
        self.endpoint = same.unwrap_or(0);
        self.clamp();
    }

    /// The run.
    pub fn result(&self) -> &RunResult {
        &self.result
    }

    /// The page that is looked at.
    pub fn page(&self) -> Page {
        self.page
    }

    /// The endpoint that is looked at, such as `"users -> api/GET /"`.
    pub fn endpoint_id(&self) -> Option<&str> {
        self.result
            .endpoints
            .get(self.endpoint)
            .map(|of| of.id.as_str())
    }

    /// Where the time of its requests went.
    fn attribution(&self) -> Option<&Attribution> {
        let id = self.endpoint_id()?;
        self.result.attribution.iter().find(|of| of.id == id)
    }

    /// The traces of its requests.
    fn traces(&self) -> Vec<&Exemplar> {
        let id = self.endpoint_id();
        let own = |trace: &&Exemplar| Some(trace.id.as_str()) == id;
        self.result.exemplars.iter().filter(own).collect()
    }

    /// The trace that is looked at.
    fn trace(&self) -> Option<&Exemplar> {
        self.traces().get(self.trace).copied()
    }

    /// The node or wire that the chosen line is about, to be shown on the canvas.
    pub fn about(&self) -> Option<String> {
        match self.page {
            Page::Time => time::rows(self.attribution()?)
                .get(self.line)
                .map(|row| row.place.clone()),
            Page::Trace => self
                .trace()?
                .spans
                .get(self.line)
                .map(|span| span.place.clone()),
            Page::Headroom => room::limits(&self.result)
                .get(self.line)
                .map(|limit| limit.about.clone()),
        }
    }

    /// What the chosen finding is about: a node, wire or endpoint; nothing for the whole.
    pub fn finding_about(&self) -> Option<&str> {
        let finding = self.result.findings.get(self.finding)?;
        Some(finding.about.as_str()).filter(|about| !about.is_empty())
    }

    fn lines(&self) -> usize {
        match self.page {
            Page::Time => self.attribution().map_or(0, |of| time::rows(of).len()),
            Page::Trace => self.trace().map_or(0, |trace| trace.spans.len()),
            Page::Headroom => room::limits(&self.result).len(),
        }
    }

    fn clamp(&mut self) {
        self.endpoint = self
            .endpoint
            .min(self.result.endpoints.len().saturating_sub(1));
        self.trace = self.trace.min(self.traces().len().saturating_sub(1));
        self.line = self.line.min(self.lines().saturating_sub(1));
        self.finding = self
            .finding
            .min(self.result.findings.len().saturating_sub(1));
    }

    /// Does one thing.
    pub fn update(&mut self, what: Move) {
        let turn = |at: usize, by: usize, all: usize| if all == 0 { 0 } else { (at + by) % all };
        let page = Page::ALL
            .iter()
            .position(|page| *page == self.page)
            .unwrap_or(0);
        let endpoints = self.result.endpoints.len();
        match what {
            Move::NextPage => self.turn_to(Page::ALL[turn(page, 1, Page::ALL.len())]),
            Move::PreviousPage => {
                self.turn_to(Page::ALL[turn(page, Page::ALL.len() - 1, Page::ALL.len())])
            }
            Move::Page(page) => self.turn_to(page),
            Move::NextEndpoint => {
                self.endpoint = turn(self.endpoint, 1, endpoints);
                self.line = 0;
            }
            Move::PreviousEndpoint => {
                self.endpoint = turn(self.endpoint, endpoints.saturating_sub(1), endpoints);
                self.line = 0;
            }
            Move::NextTrace => {
                self.trace = turn(self.trace, 1, self.traces().len());
                self.line = 0;
            }
            Move::Down => self.line += 1,
            Move::Up => self.line = self.line.saturating_sub(1),
            Move::First => self.line = 0,
            Move::Last => self.line = usize::MAX,
            Move::NextFinding => self.finding += 1,
            Move::PreviousFinding => self.finding = self.finding.saturating_sub(1),
        }
        self.clamp();
    }

    fn turn_to(&mut self, page: Page) {
        self.page = page;
        self.line = 0;
    }
}
