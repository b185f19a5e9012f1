//! Comma-separated values as RFC 4180 has them: a tidy table with one figure in each row.

use crate::sim::result::RunResult;
use crate::store::figures;

/// All figures of a result: `scope,id,figure,value,low,high`.
pub(crate) fn run(result: &RunResult) -> String {
    let mut text = String::from("scope,id,figure,value,low,high\n");
    for figure in figures(result) {
        let [low, high] = figure
            .interval
            .map_or([String::new(), String::new()], |interval| {
                interval.map(|end| end.to_string())
            });
        let value = figure.value.to_string();
        text.push_str(&row(&[
            figure.scope,
            &figure.id,
            &figure.name,
            &value,
            &low,
            &high,
        ]));
    }
    text
}

/// One row, its end included.
pub(crate) fn row(fields: &[&str]) -> String {
    let quoted: Vec<String> = fields.iter().map(|field| quote(field)).collect();
    quoted.join(",") + "\n"
}

fn quote(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::single;

    #[test]
    fn every_figure_is_a_row() {
        insta::assert_snapshot!(run(&single()), @"
        scope,id,figure,value,low,high
        run,,replications,1,,
        run,,simulated_s,60,,
        run,,warmup_s,6.4,,
        run,,events,12431877,,
        run,,partial,0,,
        run,,goodput_per_s,549.78,,
        endpoint,users -> server/request,offered,330012,,
        endpoint,users -> server/request,completed,330012,,
        endpoint,users -> server/request,failed,0,,
        endpoint,users -> server/request,in_flight,0,,
        endpoint,users -> server/request,goodput_per_s,549.78,548.9,550.7
        endpoint,users -> server/request,attempts_per_request,1,,
        endpoint,users -> server/request,latency_s.mean,0.003412,0.003398,0.003427
        endpoint,users -> server/request,latency_s.p50,0.00211,0.0021,0.00212
        endpoint,users -> server/request,latency_s.p90,0.00402,0.004,0.00405
        endpoint,users -> server/request,latency_s.p95,0.00631,0.0062,0.00642
        endpoint,users -> server/request,latency_s.p99,0.0184,0.0179,0.0191
        endpoint,users -> server/request,latency_s.p999,0.084,,
        endpoint,users -> server/request,latency_s.max,0.612,,
        endpoint,users -> server/request,failed_latency_s.mean,0.25,0,0
        endpoint,users -> server/request,failed_latency_s.p50,0,,
        endpoint,users -> server/request,failed_latency_s.p90,0,,
        endpoint,users -> server/request,failed_latency_s.p95,0,,
        endpoint,users -> server/request,failed_latency_s.p99,0.25,,
        endpoint,users -> server/request,failed_latency_s.p999,0,,
        endpoint,users -> server/request,failed_latency_s.max,0,,
        endpoint,users -> server/request,degraded,0,,
        endpoint,users -> server/request,attack,0,,
        node,server,arrivals_per_s,670,,
        node,server,completions_per_s,664,,
        node,server,utilization,0.8,,
        node,server,queue_mean,3.2,,
        node,server,queue_max,3,,
        node,server,wait_s.mean,0.00002,,
        node,server,wait_s.p50,0,,
        node,server,wait_s.p99,0.0008,,
        node,server,service_s.mean,0.0019,,
        node,server,service_s.p50,0.0015,,
        node,server,service_s.p99,0.0077,,
        node,server,rejected,0,,
        node,server,latency_s.mean,0.0048,,
        node,server,latency_s.p50,0.0031,,
        node,server,latency_s.p99,0.0712,,
        node,server,busy_mean,3,,
        node,server,workers,128,,
        node,server,wasted_share,0,,
        node,server,errors,0,,
        node,server,availability,1,,
        correctness,,duplicate_effects,0,,
        correctness,,stale_reads,0,,
        correctness,,lost_messages,0,,
        correctness,,lost_writes,0,,
        cost,,per_hour,0,,
        cost,,per_million_good,0,,
        check,conservation api,left,3,,
        check,conservation api,right,3,,
        check,conservation api,holds,1,,
        check,little api,left,3,,
        check,little api,right,3,,
        check,little api,holds,1,,
        ");
    }

    #[test]
    fn separators_and_quotes_are_quoted() {
        assert_eq!(
            row(&["a,b", "say \"hi\"", "plain", ""]),
            "\"a,b\",\"say \"\"hi\"\"\",plain,\n"
        );
    }
}
