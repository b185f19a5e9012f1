//! Steps lowered to runs of micro-operations.

use super::programs::{Context, names};
use super::{Builder, CompileError};
use crate::design::model::{Dist as Written, Kind, Need, Step, TimeDist};
use crate::sim::model::{CachedSpec, ChoiceSpec, ForkSpec, NONE, Op, TxSpec, feature};
use crate::stats::dist::Dist;
use crate::stats::rng::hash_name;

/// How the names of endpoints begin that only the engine calls.
const GET: &str = "\u{1}get ";
const PUT: &str = "\u{1}put ";
const COMMIT: &str = "\u{1}commit";

impl Builder<'_> {
    /// Endpoints that only the engine calls: look-ups, fills, commits.
    pub(super) fn lower_internal(
        &mut self,
        cx: &mut Context,
        name: &str,
    ) -> Result<(), CompileError> {
        if name == COMMIT {
            let db = self.model.nodes[cx.node as usize].db;
            for op in [
                Op::Session,
                Op::Committed,
                Op::Flush { db },
                Op::Unlock { db },
                Op::SessionEnd,
                Op::Return,
            ] {
                self.emit(op);
            }
            return Ok(());
        }
        let cached = name[GET.len()..].parse().unwrap_or(NONE);
        let node = &self.design.nodes.0[cx.node as usize].1;
        if let Some(work) = node.serving().and_then(|serving| serving.work.clone()) {
            cx.endpoint = String::new();
            let stream = cx.stream(self, if name.starts_with(GET) { "get" } else { "put" });
            self.lower_visit(0, &work.0, &names(&stream))?;
        }
        self.emit(if name.starts_with(GET) {
            Op::CacheGet { cached }
        } else {
            Op::CachePut { cached }
        });
        self.emit(Op::Return);
        Ok(())
    }

    pub(super) fn lower_steps(
        &mut self,
        cx: &mut Context,
        steps: &[Step],
    ) -> Result<(), CompileError> {
        steps.iter().try_for_each(|step| self.lower_step(cx, step))
    }

    fn lower_step(&mut self, cx: &mut Context, step: &Step) -> Result<(), CompileError> {
        match step {
            Step::Work { time } => self.lower_work(cx, time),
            Step::Wait { time } => {
                let stream = cx.stream(self, "wait");
                let draw = self.draw(&time.0, &names(&stream))?;
                self.emit(Op::Delay { draw });
                self.emit(Op::DelayEnd);
                Ok(())
            }
            Step::Call {
                node,
                endpoint,
                fallback,
            } => self.lower_call(cx, node, endpoint.as_deref(), fallback.as_deref()),
            Step::Parallel { branches, need } => {
                let branches: Vec<&[Step]> =
                    branches.iter().map(|branch| branch.0.as_slice()).collect();
                let need = match need {
                    Need::All => branches.len() as u32,
                    Need::Any => 1,
                    Need::AtLeast { k } => *k,
                };
                self.lower_fork(cx, &branches, need)
            }
            Step::Choose { branches } => self.lower_choose(cx, branches),
            Step::Repeat { times, steps } => self.lower_repeat(cx, &times.0, steps, step),
            Step::Cached { cache, key, miss } => self.lower_cached(cx, cache, key, miss, step),
            Step::Publish { queue } => self.lower_call(cx, queue, None, None),
            Step::Transaction { db, steps } => self.lower_transaction(cx, db, steps, step),
            Step::Read { pages } => self.lower_read(cx, &pages.0),
            Step::Write => {
                let db = self.model.nodes[cx.node as usize].db;
                for op in [
                    Op::Lock { db },
                    Op::Written { db },
                    Op::Flush { db },
                    Op::Unlock { db },
                ] {
                    self.emit(op);
                }
                Ok(())
            }
            Step::Reply => {
                self.emit(Op::Reply);
                // The worker goes with the answer; work after it needs one anew.
                cx.holds_worker = false;
                Ok(())
            }
            Step::Fail { probability } => {
                let stream = cx.stream(self, "fail");
                let draw = self.draw_of(&Dist::Constant(probability.0), &names(&stream));
                self.emit(Op::Fail { draw });
                Ok(())
            }
        }
    }

    fn lower_work(&mut self, cx: &mut Context, time: &TimeDist) -> Result<(), CompileError> {
        let stream = cx.stream(self, "work");
        let draw = self.draw(&time.0, &names(&stream))?;
        let layout = self.layouts[cx.node as usize];
        let is_database = self.model.nodes[cx.node as usize].db != NONE;
        match layout.cores {
            Some(st) => {
                let takes_worker = !cx.holds_worker && !is_database;
                if takes_worker {
                    self.emit(Op::Acquire { st: 0 });
                }
                self.emit(Op::Visit { st, draw });
                self.emit(Op::VisitEnd { st });
                if takes_worker {
                    self.emit(Op::Release { st: 0 });
                }
            }
            None if cx.holds_worker || is_database => {
                self.emit(Op::Hold { draw });
                self.emit(Op::HoldEnd);
            }
            None => {
                self.emit(Op::Visit { st: 0, draw });
                self.emit(Op::VisitEnd { st: 0 });
            }
        }
        Ok(())
    }

    fn lower_call(
        &mut self,
        cx: &mut Context,
        node: &str,
        endpoint: Option<&str>,
        fallback: Option<&[Step]>,
    ) -> Result<(), CompileError> {
        let site = self.step_site(cx, node, endpoint)?;
        self.emit(Op::Call { site });
        let Some(fallback) = fallback else {
            return Ok(());
        };
        let over = self.emit(Op::Jump { to: NONE });
        self.model.sites[site as usize].on_fail = self.here();
        self.lower_steps(cx, fallback)?;
        self.model.ops[over] = Op::Jump { to: self.here() };
        Ok(())
    }

    /// The site of a step that calls a node.
    fn step_site(
        &mut self,
        cx: &mut Context,
        node: &str,
        endpoint: Option<&str>,
    ) -> Result<u32, CompileError> {
        let path = format!("nodes/{}/endpoints/{}", self.name(cx.node), cx.endpoint);
        let target = self.node(node, &path)?;
        let stream = cx.stream(self, &format!("call {node} {}", endpoint.unwrap_or("")));
        let site = self.site(cx.node, &[target], endpoint, hash_name(&names(&stream)))?;
        if let Some(tx) = cx.tx
            && self.model.dbs[self.model.txs[tx as usize].db as usize].node == target
        {
            // It goes over the connection that the transaction holds.
            self.model.sites[site as usize].features &= !(feature::POOL | feature::CONNECT);
        }
        Ok(site)
    }

    /// Steps in frames of their own, at the same time.
    fn lower_fork(
        &mut self,
        cx: &mut Context,
        branches: &[&[Step]],
        need: u32,
    ) -> Result<(), CompileError> {
        if branches.is_empty() || need == 0 {
            return Ok(());
        }
        let fork = self.model.forks.len() as u32;
        let stream = cx.stream(self, "fork");
        self.model.forks.push(ForkSpec {
            branches: Vec::new(),
            need: need.min(branches.len() as u32),
            stream: hash_name(&names(&stream)),
        });
        self.emit(Op::Fork { fork });
        let over = self.emit(Op::Jump { to: NONE });
        let (loops, fetches, tx) = (cx.loops, cx.fetches, cx.tx);
        let holds_worker = cx.holds_worker;
        for branch in branches {
            (cx.loops, cx.fetches) = (false, false);
            let entry = self.here();
            self.model.forks[fork as usize].branches.push(entry);
            self.lower_steps(cx, branch)?;
            self.emit(Op::BranchEnd);
        }
        (cx.loops, cx.fetches, cx.tx) = (loops, fetches, tx);
        cx.holds_worker = holds_worker;
        self.model.ops[over] = Op::Jump { to: self.here() };
        Ok(())
    }

    fn lower_choose(
        &mut self,
        cx: &mut Context,
        branches: &[(f64, crate::design::model::Steps)],
    ) -> Result<(), CompileError> {
        if branches.is_empty() {
            return Ok(());
        }
        let total: f64 = branches.iter().map(|branch| branch.0).sum();
        let mut sum = 0.0;
        let upto = branches
            .iter()
            .map(|branch| {
                sum += branch.0 / total;
                sum
            })
            .collect();
        let choice = self.model.choices.len() as u32;
        let stream = cx.stream(self, "choose");
        self.model.choices.push(ChoiceSpec {
            upto,
            to: Vec::new(),
            stream: hash_name(&names(&stream)),
        });
        self.emit(Op::Choose { choice });
        let mut ends = Vec::new();
        for (_, branch) in branches {
            let entry = self.here();
            self.model.choices[choice as usize].to.push(entry);
            self.lower_steps(cx, &branch.0)?;
            ends.push(self.emit(Op::Jump { to: NONE }));
        }
        let after = self.here();
        for end in ends {
            self.model.ops[end] = Op::Jump { to: after };
        }
        Ok(())
    }

    fn lower_repeat(
        &mut self,
        cx: &mut Context,
        times: &Written,
        steps: &[Step],
        whole: &Step,
    ) -> Result<(), CompileError> {
        if cx.loops {
            // A frame counts one loop; an inner one gets a frame of its own.
            return self.lower_fork(cx, &[std::slice::from_ref(whole)], 1);
        }
        let stream = cx.stream(self, "repeat");
        let draw = self.draw(times, &names(&stream))?;
        let begin = self.emit(Op::Loop { draw, exit: NONE });
        let body = self.here();
        cx.loops = true;
        self.lower_steps(cx, steps)?;
        cx.loops = false;
        self.emit(Op::Again { body });
        self.model.ops[begin] = Op::Loop {
            draw,
            exit: self.here(),
        };
        Ok(())
    }

    fn lower_cached(
        &mut self,
        cx: &mut Context,
        cache: &str,
        key: &str,
        miss: &[Step],
        whole: &Step,
    ) -> Result<(), CompileError> {
        if cx.fetches {
            return self.lower_fork(cx, &[std::slice::from_ref(whole)], 1);
        }
        let path = format!("nodes/{}", self.name(cx.node));
        let target = self.node(cache, &path)?;
        let cached = self.model.cached.len() as u32;
        let stream = cx.stream(self, &format!("refresh {cache}"));
        self.model.cached.push(CachedSpec {
            cache: self.model.nodes[target as usize].cache,
            miss: NONE,
            end: NONE,
            refresh: NONE,
            stream: hash_name(&names(&stream)),
            salt: hash_name(&["key", key]),
        });
        let get = self.step_site(cx, cache, Some(&format!("{GET}{cached}")))?;
        let put = self.step_site(cx, cache, Some(&format!("{PUT}{cached}")))?;
        self.emit(Op::Call { site: get });
        self.model.sites[get as usize].on_fail = self.here();
        self.emit(Op::Cached { cached });
        self.model.cached[cached as usize].miss = self.here();
        let ordinals = cx.ordinals.clone();
        cx.fetches = true;
        self.lower_steps(cx, miss)?;
        self.emit(Op::Filled { cached });
        self.emit(Op::Send { site: put });
        let over = self.emit(Op::Jump { to: NONE });
        let refreshes = match &self.design.nodes.0[target as usize].1.kind {
            Kind::Cache(cache) => cache.stale_while_revalidate.is_some(),
            _ => false,
        };
        if refreshes {
            self.model.cached[cached as usize].refresh = self.here();
            // The same steps under the same names: a refresh meets the demands that a fetch would.
            let after = std::mem::replace(&mut cx.ordinals, ordinals);
            let (loops, holds_worker, tx) = (cx.loops, cx.holds_worker, cx.tx.take());
            (cx.loops, cx.holds_worker) = (false, false);
            self.lower_steps(cx, miss)?;
            (cx.loops, cx.holds_worker, cx.tx, cx.ordinals) = (loops, holds_worker, tx, after);
            self.emit(Op::Filled { cached });
            self.emit(Op::Send { site: put });
            self.emit(Op::BranchEnd);
        }
        cx.fetches = false;
        let end = self.here();
        self.model.ops[over] = Op::Jump { to: end };
        self.model.cached[cached as usize].end = end;
        Ok(())
    }

    fn lower_transaction(
        &mut self,
        cx: &mut Context,
        db: &str,
        steps: &[Step],
        whole: &Step,
    ) -> Result<(), CompileError> {
        if let Some(outer) = cx.tx.take() {
            // A frame has one transaction open; an inner one, with a connection of its own, gets a frame of its own.
            let lowered = self.lower_fork(cx, &[std::slice::from_ref(whole)], 1);
            cx.tx = Some(outer);
            return lowered;
        }
        let path = format!("nodes/{}", self.name(cx.node));
        let target = self.node(db, &path)?;
        let wire = self.wire(cx.node, target)?;
        let tx = self.model.txs.len() as u32;
        let id = self.model.nodes[target as usize].db;
        self.model.txs.push(TxSpec {
            wire,
            db: id,
            commit: NONE,
        });
        self.emit(Op::Begin { tx });
        cx.tx = Some(tx);
        self.lower_steps(cx, steps)?;
        let commit = self.step_site(cx, db, Some(COMMIT))?;
        cx.tx = None;
        self.model.txs[tx as usize].commit = commit;
        self.emit(Op::Commit { tx });
        self.emit(Op::End { tx });
        Ok(())
    }

    pub(super) fn lower_read(
        &mut self,
        cx: &mut Context,
        pages: &Written,
    ) -> Result<(), CompileError> {
        let db = self.model.nodes[cx.node as usize].db;
        let spec = self.model.dbs[db as usize].clone();
        if spec.buffer_hit >= 1.0 {
            return Ok(());
        }
        let stream = cx.stream(self, "read");
        let draw = self.draw(pages, &names(&stream))?;
        self.emit(Op::Pages { draw, db });
        self.emit(Op::Visit {
            st: spec.disk,
            draw: spec.read_draw,
        });
        self.emit(Op::VisitEnd { st: spec.disk });
        self.emit(Op::PageEnd);
        Ok(())
    }
}
