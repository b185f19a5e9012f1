//! Whole answers as a user sees them.

#![expect(clippy::too_many_lines, reason = "whole screens stand in the tests")]

use super::*;
use crate::cli::text::density::Bin;
use crate::sim::result::LawCheck;
use crate::store::samples::{checkout, single};

/// A histogram with a hill at 2 ms and a small one at a quarter of a second.
fn shapes(id: &str) -> Vec<(String, Vec<Bin>)> {
    let hill = |middle: f64, count: f64| {
        (0..30).map(move |step: i32| {
            let edge = |step: i32| middle * 1.1_f64.powi(step - 15);
            let off = f64::from(step - 15) / 5.0;
            Bin {
                low_s: edge(step),
                high_s: edge(step + 1),
                count: (count * (-off * off).exp()).round(),
            }
        })
    };
    vec![(
        id.to_owned(),
        hill(0.0021, 40_000.0).chain(hill(0.25, 300.0)).collect(),
    )]
}

#[test]
fn a_run_with_a_fault() {
    let result = checkout();
    let shapes = shapes(&result.endpoints[0].id);
    insta::assert_snapshot!(answer(&result, &shapes, Look { width: 100, ..Look::PLAIN }), @"
    checkout · pool of 60 · shop/checkout.ron
    8 × 10 min · seed 1 · nothing left out, since things change over time · 12.4M events
    goodput 664/s · 0.93% failed · 1 of 3 objectives met

    requests         goodput  failed       mean         p50        p95        p99
      shoppers → edge/GET /orders/{id}
      550/s offered    550/s   0.04%    3.41 ms     2.11 ms    6.31 ms    18.4 ms
      95% interval   549–551          3.40–3.43   2.10–2.12  6.20–6.42  17.9–19.1
        130 timeout (0.04%) · failures took 250 ms (p99 250 ms)
      shoppers → edge/POST /orders
      120/s offered    114/s   5.00%    12.4 ms     9.80 ms    31.0 ms     271 ms
      95% interval   112–116          12.1–12.7  9.60–10.00  too short    249–297
        3,104 timeout (4.31%) · 498 rejected (0.69%) · failures took 500 ms (p99 520 ms)
        1.31 attempts each · 42 answered degraded

    latency  shoppers → edge/GET /orders/{id}
                ▁▄▇█▇▆▃
              ▁▅███████▇▃
            ▁▅███████████▇▄
      ▁▁▂▃▅▇████████████████▅▄▂▁▁▁▁▁▁▁▁                              ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
      ──┬─────────┬────────────┬────────┬─────────┬───────────┬─────────┬────────┬────────────
        1 ms      2 ms         5 ms     10 ms     20 ms       50 ms     100 ms   200 ms
       p50 2.11 ms ▲                            ▲ p99 18.4 ms

    phases                    from     to  goodput  failed     mean      p50      p99
      shoppers → edge/GET /orders/{id}
        before                0:00   5:00    550/s      0%  2.94 ms  2.10 ms  17.2 ms
        orders-db slow        5:00   5:30    541/s   0.36%  3.36 ms  2.40 ms   250 ms
        after orders-db slow  5:30  10:00    550/s      0%  2.94 ms  2.10 ms  18.0 ms
      shoppers → edge/POST /orders
        before                0:00   5:00    120/s      0%  13.6 ms  9.70 ms  71.2 ms
        orders-db slow        5:00   5:30   41.3/s   10.0%   1.69 s   1.21 s   2.10 s
        after orders-db slow  5:30  10:00    120/s      0%  13.7 ms  9.80 ms  74.1 ms
      Recovered from orders-db slow 41 s after its end.

    latency over time  shoppers → edge/POST /orders
       2.10 s ┤                                         ⢸⠭⠭⠭⢵⠤⣀⡀
              ┤                                         ⢸   ⠈⠉⠒⢺⣒⣄
       143 ms ┤   ⣀     ⢀⣀     ⢀⣀     ⢀⣀     ⢀⣀     ⢀⡀  ⢸        ⠓⣇⡀     ⣀⡀     ⣀⡀     ⣀⡀     ⣀
              ┤⠉⠉⠉ ⠉⠉⠉⠉⠉⠁ ⠉⠉⠉⠉⠉⠁ ⠉⠉⠉⠉⠉⠁ ⠉⠉⠉⠉⠉⠁ ⠉⠉⠉⠉⠉⠁⠈⠉⠉⢹         ⡇⠈⠉⠉⠉⠉⠉ ⠈⠉⠉⠉⠉⠉ ⠈⠉⠉⠉⠉⠉ ⠈⠉⠉⠉⠉⠉ ⠉⠉⠉ p99
      9.70 ms ┤⣀⣀⣀⠤⣀⣀⣀⣀⣀⡠⠤⣀⣀⣀⣀⣀⡠⠤⣀⣀⣀⣀⣀⡠⠤⣀⣀⣀⣀⣀⡠⠤⣀⣀⣀⣀⣀⡠⢄⣀⣀⡸         ⠧⢄⣀⣀⣀⣀⣀⠤⢄⣀⣀⣀⣀⣀⠤⢄⣀⣀⣀⣀⣀⠤⢄⣀⣀⣀⣀⣀⠤⣀⣀⣀ p50
               0:00            2:00             4:00            6:00             8:00
                                                        ━━━━ orders-db slow
    requests over time  shoppers → edge/POST /orders
       139/s ┤⣀⡰⠊⠉⠦⠔⢢⣀⠖⠊⠱⠤⠒⢢⡰⠒⠉⠱⠔⠒⣄⡰⠊⠉⠦⠔⢢⣀⠖⠊⠱⠤⠒⢢⡰⠒⠉⠱⠔⠒⣄⣀⣀⣀⣀⣀⣀⣀⣀⣸⠱⠤⠒⢢⡰⠒⠉⠱⠔⠒⣄⡰⠊⠉⠦⠔⢢⣀⠖⠊⠱⠤⠒⢢⡰⠒⠉⠱⠔⠒ goodput
             ┤                                        ⡇    ⢀⡰⠒⠉⠁                               offered
      69.6/s ┤                                        ⡏⠉⠉⠉⡏⠁
             ┤                                        ⡗⠒⠒⠒⠧⢄⡀
         0/s ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⠇     ⠈⠉⠦⢄⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀ failed
              0:00            2:00            4:00            6:00            8:00
                                                      ━━━━ orders-db slow

    nodes           kind      busy             queue  max     wait  service      p99  refused
      edge          balancer  no limit             0    3  20.0 µs  1.90 ms  71.2 ms        0
      api           service   ████▋     58.0%   0.31  412  20.0 µs  1.90 ms  71.2 ms      498
        2.10% of its work was for callers that had given up
      cache         cache     █▉        24.0%      0    3  20.0 µs  1.90 ms   900 µs        0
      orders-db     database  ███▎      41.3%      0    3  20.0 µs  1.90 ms  71.2 ms        0
        disk        station   █         12.0%  <0.01    9  40.0 µs   980 µs
        7 errors made here · up 99.8% of the time
      order-events  queue     no limit             0    3  20.0 µs  1.90 ms  71.2 ms        0

    caches   look-ups  hit ratio  stale  coalesced  evicted
      cache   330,012      81.0%      0      1,203   12,004

    queues          published    done  again  dead  left  oldest  age p50     p99
      order-events     68,390  68,371     22     1    18  31.2 s  50.0 ms  400 ms

    wires
      api → orders-db
        206,700 calls · 4.10 ms (p99 62.0 ms) · 64,077 retries · 1,020 retries refused by the budget
        60,127 attempts failed (60,120 timeout, 7 error) · 42 fallbacks · 1.31 attempts a call
        breaker opened 2 times (open 3.40% of the time)
        pool of 80 79.0% used, wait 3.10 ms (p99 20.0 ms)

    where the time went             mean                   slowest 1%
      shoppers → edge/POST /orders
        orders-db service        5.10 ms  ███▎      41.1%     21.0 ms  ▎         3.43%
        api → orders-db pool     3.10 ms  ██        25.0%      310 ms  ████      50.7%
        api service              2.30 ms  █▌        18.5%     4.00 ms  ▏         0.65%
        api wait                 1.10 ms  ▊         8.87%      201 ms  ██▋       32.8%
        api → orders-db backoff   600 µs  ▍         4.84%     70.0 ms  ▉         11.4%
        edge → api network        200 µs  ▏         1.61%     6.00 ms  ▏         0.98%
        all                      12.4 ms                       612 ms

    correctness
      3 effects happened twice · 12 messages lost

    cost
      $1.92 per hour · $1.01 per million good requests

    findings
      • The pools of api towards orders-db fill first: they are 79% busy on average, and the database is
        only 41% busy.
      • Retries add 31% load while orders-db is slow.

    objectives                                  observed  95% interval
      ✗ p99(POST /orders) < 250ms                 271 ms       249–297  not met
          the interval reaches over the limit
      ✗ goodput(POST /orders) > 99% of offered     95.0%                not met
      ✓ recovery(orders-db slow) < 60s            41.0 s                met
    ");
}

#[test]
fn a_run_with_a_fault_at_80_columns_in_ascii() {
    let result = checkout();
    let shapes = shapes(&result.endpoints[0].id);
    insta::assert_snapshot!(answer(&result, &shapes, Look { unicode: false, ..Look::PLAIN }), @"
    checkout | pool of 60 | shop/checkout.ron
    8 x 10 min | seed 1 | nothing left out, since things change over time
    12.4M events
    goodput 664/s | 0.93% failed | 1 of 3 objectives met

    requests         goodput  failed       mean         p50        p95        p99
      shoppers -> edge/GET /orders/{id}
      550/s offered    550/s   0.04%    3.41 ms     2.11 ms    6.31 ms    18.4 ms
      95% interval   549-551          3.40-3.43   2.10-2.12  6.20-6.42  17.9-19.1
        130 timeout (0.04%) | failures took 250 ms (p99 250 ms)
      shoppers -> edge/POST /orders
      120/s offered    114/s   5.00%    12.4 ms     9.80 ms    31.0 ms     271 ms
      95% interval   112-116          12.1-12.7  9.60-10.00  too short    249-297
        3,104 timeout (4.31%) | 498 rejected (0.69%)
        failures took 500 ms (p99 520 ms) | 1.31 attempts each
        42 answered degraded

    latency  shoppers -> edge/GET /orders/{id}
               .:##:.
             .:######:
            :##########.
      ....:##############:.........                         ......................
      --+-------+----------+-------+--------+---------+--------+-------+----------
        1 ms    2 ms       5 ms    10 ms    20 ms     50 ms    100 ms  200 ms
                 ^ p50 2.11 ms             ^ p99 18.4 ms

    phases                   from     to  goodput  failed     mean      p50      p99
      shoppers -> edge/GET /orders/{id}
        before               0:00   5:00    550/s      0%  2.94 ms  2.10 ms  17.2 ms
        orders-db slow       5:00   5:30    541/s   0.36%  3.36 ms  2.40 ms   250 ms
        after o..rs-db slow  5:30  10:00    550/s      0%  2.94 ms  2.10 ms  18.0 ms
      shoppers -> edge/POST /orders
        before               0:00   5:00    120/s      0%  13.6 ms  9.70 ms  71.2 ms
        orders-db slow       5:00   5:30   41.3/s   10.0%   1.69 s   1.21 s   2.10 s
        after o..rs-db slow  5:30  10:00    120/s      0%  13.7 ms  9.80 ms  74.1 ms
      Recovered from orders-db slow 41 s after its end.

    latency over time  shoppers -> edge/POST /orders
       2.10 s |                               *****
              |                               *   o***
       143 ms | **** ****  **** **** **** ****o      o*** **** ****  **** **** * p99
              |*    *    **    *    *    *    o       o  *    *    **    *
      9.70 ms |ooooooooooooooooooooooooooooooo        oooooooooooooooooooooooo o p50
               0:00        2:00         4:00        6:00         8:00
                                              === orders-db slow
    requests over time  shoppers -> edge/POST /orders
       139/s | oooo oooo oooo oooo oooo oooo       ooo oooo oooo oooo oooo o goodput
             |o    o    o    o    o    o    o...ooo   o    o    o    o     . offered
      69.6/s |                              ***o
             |                              *oo***
         0/s |******************************      ************************ * failed
              0:00        2:00        4:00        6:00        8:00
                                            === orders-db slow

    nodes           busy             queue  max     wait  service      p99  refused
      edge          no limit             0    3  20.0 us  1.90 ms  71.2 ms        0
      api           #####     58.0%   0.31  412  20.0 us  1.90 ms  71.2 ms      498
        2.10% of its work was for callers that had given up
      cache         ##        24.0%      0    3  20.0 us  1.90 ms   900 us        0
      orders-db     ###       41.3%      0    3  20.0 us  1.90 ms  71.2 ms        0
        disk        #         12.0%  <0.01    9  40.0 us   980 us
        7 errors made here | up 99.8% of the time
      order-events  no limit             0    3  20.0 us  1.90 ms  71.2 ms        0

    caches   look-ups  hit ratio  stale  coalesced  evicted
      cache   330,012      81.0%      0      1,203   12,004

    queues          published    done  again  dead  left  oldest  age p50     p99
      order-events     68,390  68,371     22     1    18  31.2 s  50.0 ms  400 ms

    wires
      api -> orders-db
        206,700 calls | 4.10 ms (p99 62.0 ms) | 64,077 retries
        1,020 retries refused by the budget
        60,127 attempts failed (60,120 timeout, 7 error) | 42 fallbacks
        1.31 attempts a call | breaker opened 2 times (open 3.40% of the time)
        pool of 80 79.0% used, wait 3.10 ms (p99 20.0 ms)

    where the time went           mean                   slowest 1%
      shoppers -> edge/POST /orders
        orders-db service      5.10 ms  ###       41.1%     21.0 ms  #         3.43%
        api -> orders-db pool  3.10 ms  ##        25.0%      310 ms  ####      50.7%
        api service            2.30 ms  #         18.5%     4.00 ms  #         0.65%
        api wait               1.10 ms  #         8.87%      201 ms  ###       32.8%
        api -> o..-db backoff   600 us  #         4.84%     70.0 ms  #         11.4%
        edge -> api network     200 us  #         1.61%     6.00 ms  #         0.98%
        all                    12.4 ms                       612 ms

    correctness
      3 effects happened twice | 12 messages lost

    cost
      $1.92 per hour | $1.01 per million good requests

    findings
      * The pools of api towards orders-db fill first: they are 79% busy on average,
        and the database is only 41% busy.
      * Retries add 31% load while orders-db is slow.

    objectives                                  observed  95% interval
      x p99(POST /orders) < 250ms                 271 ms       249-297  not met
          the interval reaches over the limit
      x goodput(POST /orders) > 99% of offered     95.0%                not met
      + recovery(orders-db slow) < 60s            41.0 s                met
    ");
}

#[test]
fn a_small_run() {
    insta::assert_snapshot!(answer(&single(), &[], Look::PLAIN), @"
    one queue · one.ron
    1 × 1 min · seed 1 · first 6.4 s left out (warm-up, found) · 12.4M events
    goodput 550/s · 0% failed

    requests         goodput  failed       mean        p50        p95        p99
      users → server/request
      550/s offered    550/s      0%    3.41 ms    2.11 ms    6.31 ms    18.4 ms
      95% interval   549–551          3.40–3.43  2.10–2.12  6.20–6.42  17.9–19.1

    nodes     kind     busy             queue  max     wait  service      p99
      server  service  ██████▍   80.0%   3.20    3  20.0 µs  1.90 ms  71.2 ms
    ");
}

#[test]
fn what_is_wrong_with_a_run_is_said() {
    let mut result = single();
    result.partial = true;
    result.endpoints[0].latency_s.percentiles_ci95.remove("p99");
    result.endpoints[0].attack = true;
    result.checks = vec![LawCheck {
        law: "conservation".to_owned(),
        place: "server".to_owned(),
        left: 12.0,
        right: 13.0,
        holds: false,
    }];
    insta::assert_snapshot!(answer(&result, &[], Look::PLAIN), @"
    one queue · one.ron
    1 × 1 min · seed 1 · first 6.4 s left out (warm-up, found) · 12.4M events
    partial: stopped before its end; these are the figures of what was simulated until then
    No requests but attacks were sent.

    requests         goodput  failed       mean        p50        p95        p99
      users → server/request (attack)
      550/s offered    550/s      0%    3.41 ms    2.11 ms    6.31 ms    18.4 ms
      95% interval   549–551          3.40–3.43  2.10–2.12  6.20–6.42  too short

    nodes     kind     busy             queue  max     wait  service      p99
      server  service  ██████▍   80.0%   3.20    3  20.0 µs  1.90 ms  71.2 ms

    The law of conservation does not hold at server: 12 against 13. This is a fault
    of buttress; please report it with this design.
    ");
}

#[test]
fn a_run_without_anything() {
    let mut result = single();
    result.endpoints.clear();
    result.nodes.clear();
    insta::assert_snapshot!(answer(&result, &[], Look::PLAIN), @"
    one queue · one.ron
    1 × 1 min · seed 1 · first 6.4 s left out (warm-up, found) · 12.4M events
    No requests were sent.
    ");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let result = checkout();
    let shapes = shapes(&result.endpoints[0].id);
    for width in [60, 70, 80, 100, 132, 200] {
        let text = answer(
            &result,
            &shapes,
            Look {
                width,
                ..Look::PLAIN
            },
        );
        for line in text.lines() {
            assert!(super::super::text::width(line) <= width, "{width}: {line}");
        }
    }
    for width in 0..60 {
        answer(
            &result,
            &shapes,
            Look {
                width,
                ..Look::PLAIN
            },
        );
    }
}

#[test]
fn colours_add_nothing_but_escape_sequences() {
    let result = checkout();
    let plain = answer(&result, &[], Look::PLAIN);
    let colored = answer(
        &result,
        &[],
        Look {
            color: true,
            ..Look::PLAIN
        },
    );
    let mut stripped = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    stripped.push_str(rest);
    let trimmed = |text: &str| {
        text.lines()
            .map(str::trim_end)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(trimmed(&stripped), trimmed(&plain));
}
