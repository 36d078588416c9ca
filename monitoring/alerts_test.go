package monitoring

import (
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
)

// interval is how often series are scraped and rules are evaluated.
const interval = 30 * time.Second

// rule is one of alerts.yaml.
func rule(t *testing.T, alert string) rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.ParseFile("alerts.yaml", false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	if groups == nil {
		t.Fatal(errs)
	}
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			if rule.Alert == alert {
				return rule
			}
		}
	}
	t.Fatalf("there is no rule %s", alert)
	return rulefmt.Rule{}
}

// fires reports whether a rule fires within two hours of the series, in Prometheus'
// engine.
func fires(t *testing.T, rule rulefmt.Rule, series string) bool {
	t.Helper()
	storage := promqltest.LoadedStorage(t, "load 30s\n  "+series+"\n")
	defer func() { _ = storage.Close() }()
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1e6, Timeout: time.Minute})
	defer func() { _ = engine.Close() }()
	pending := time.Duration(-1) // since when
	for at := time.Duration(0); at <= 2*time.Hour; at += interval {
		query, err := engine.NewInstantQuery(t.Context(), storage, nil, rule.Expr, time.Unix(0, 0).Add(at))
		if err != nil {
			t.Fatal(err)
		}
		found, err := query.Exec(t.Context()).Vector()
		query.Close()
		switch {
		case err != nil:
			t.Fatal(err)
		case len(found) == 0:
			pending = -1
			continue
		case pending < 0:
			pending = at
		}
		if at-pending >= time.Duration(rule.For) {
			return true
		}
	}
	return false
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason, alert, series string
		want                  bool
	}{
		"undelivered":       {"the first of a process: its series begins", "AwaitopCancelsUndelivered", `awaitop_cancel_outcomes{awaitop_outcome="undelivered",instance="a"} _x20 1x200`, true},
		"unconfirmed":       {"three at once", "AwaitopCancelsUndelivered", `awaitop_cancel_outcomes{awaitop_outcome="unconfirmed",instance="a"} _x20 3x200`, true},
		"another":           {"later than the first", "AwaitopCancelsUndelivered", `awaitop_cancel_outcomes{awaitop_outcome="undelivered",instance="a"} 1x100 2x100`, true},
		"canceled":          {"as it should be", "AwaitopCancelsUndelivered", `awaitop_cancel_outcomes{awaitop_outcome="canceled",instance="a"} 0+1x200`, false},
		"undo stuck":        {"refused once a minute", "AwaitopUndoStuck", `awaitop_undo_tries_total{awaitop_result="PERMISSION_DENIED",gcp_service="s",instance="a"} _x20 1x1 2x1 3x1 4x1 5x1 6x1 7x1 8x1 9x1 10x1 11x1 12x1 13x1 14x1 15x1 16x1 17x1 18x1 19x1 20x1 21x1 22x1 23x1 24x1 25x1`, true},
		"undo, at last":     {"six tries within a minute, then it was done", "AwaitopUndoStuck", "awaitop_undo_tries_total{awaitop_result=\"UNAVAILABLE\",gcp_service=\"s\"} _x20 5 6x200\n  awaitop_undo_tries_total{awaitop_result=\"done\",gcp_service=\"s\"} _x21 1x200", false},
		"undo waits":        {"the delete is an operation that takes long", "AwaitopUndoStuck", `awaitop_undo_tries_total{awaitop_result="running",gcp_service="s",instance="a"} 0+1x240`, false},
		"undone":            {"as it should be", "AwaitopUndoStuck", `awaitop_undo_tries_total{awaitop_result="done",gcp_service="s",instance="a"} 0+1x240`, false},
		"left":              {"the first of a process", "AwaitopUndoFailed", `awaitop_undo_outcomes{awaitop_outcome="left",instance="a"} _x20 1x200`, true},
		"left again":        {"later than the first", "AwaitopUndoFailed", `awaitop_undo_outcomes{awaitop_outcome="left",instance="a"} 1x100 4x100`, true},
		"not left":          {"as it should be", "AwaitopUndoFailed", `awaitop_undo_outcomes{awaitop_outcome="undone",instance="a"} 0+1x200`, false},
		"poll failed":       {"the first of a process", "AwaitopPollsFailed", `awaitop_wait_duration_seconds_count{awaitop_outcome="poll_failed",instance="a"} _x20 1x200`, true},
		"gone":              {"the first of a process", "AwaitopPollsFailed", `awaitop_wait_duration_seconds_count{awaitop_outcome="gone",instance="a"} _x20 1x200`, true},
		"succeeded":         {"as it should be", "AwaitopPollsFailed", `awaitop_wait_duration_seconds_count{awaitop_outcome="succeeded",instance="a"} 0+1x200`, false},
		"blocked":           {"each read", "AwaitopReadsBlocked", `awaitop_polls_total{awaitop_result="blocked",gcp_service="s",instance="a"} 1+1x240`, true},
		"blocked, seldom":   {"a wait that is read each 10 min", "AwaitopReadsBlocked", `awaitop_polls_total{awaitop_result="blocked",gcp_service="s",instance="a"} 1x19 2x19 3x19 4x19 5x19 6x19 7x19`, true},
		"disabled":          {"the API is not enabled", "AwaitopReadsBlocked", `awaitop_polls_total{awaitop_result="disabled",gcp_service="s",instance="a"} 1+1x240`, true},
		"not blocked":       {"as it should be", "AwaitopReadsBlocked", `awaitop_polls_total{awaitop_result="running",gcp_service="s",instance="a"} 1+1x240`, false},
		"transient":         {"each read", "AwaitopReadsFail", `awaitop_polls_total{awaitop_result="transient",gcp_service="s",instance="a"} 1+1x240`, true},
		"front end":         {"pages in place of answers", "AwaitopReadsFail", `awaitop_polls_total{awaitop_result="no_status",gcp_service="s",instance="a"} 1+1x240`, true},
		"quota of reads":    {"each read is turned away", "AwaitopReadsFail", `awaitop_polls_total{awaitop_result="quota",gcp_service="s",instance="a"} 1+1x240`, true},
		"transient, seldom": {"a wait that is read each 10 min", "AwaitopReadsFail", `awaitop_polls_total{awaitop_result="transient",gcp_service="s",instance="a"} 1x19 2x19 3x19 4x19 5x19 6x19 7x19`, true},
		"transient, a few":  {"one in four", "AwaitopReadsFail", "awaitop_polls_total{awaitop_result=\"transient\",gcp_service=\"s\"} 0+1x240\n  awaitop_polls_total{awaitop_result=\"running\",gcp_service=\"s\"} 0+3x240", false},
		"quota":             {"one in 10 s", "AwaitopQuota", `awaitop_quota_rejections_total{gcp_service="s",instance="a"} 0+3x240`, true},
		"quota, once":       {"the budget has given way", "AwaitopQuota", `awaitop_quota_rejections_total{gcp_service="s",instance="a"} 0x20 3x220`, false},
		"throttled":         {"for long", "AwaitopThrottled", `awaitop_requests_waiting{gcp_service="s",instance="a"} 150x240`, true},
		"throttled, short":  {"a burst", "AwaitopThrottled", `awaitop_requests_waiting{gcp_service="s",instance="a"} 0x20 150x20 0x200`, false},
		"slow":              {"two minutes late", "AwaitopSlow", "awaitop_poll_delay_seconds_bucket{gcp_service=\"s\",le=\"60\"} 0x240\n  awaitop_poll_delay_seconds_bucket{gcp_service=\"s\",le=\"120\"} 0+1x240\n  awaitop_poll_delay_seconds_bucket{gcp_service=\"s\",le=\"+Inf\"} 0+1x240", true},
		"in time":           {"as it should be", "AwaitopSlow", "awaitop_poll_delay_seconds_bucket{gcp_service=\"s\",le=\"60\"} 0+1x240\n  awaitop_poll_delay_seconds_bucket{gcp_service=\"s\",le=\"+Inf\"} 0+1x240", false},
		"held":              {"nearly all that it may", "AwaitopTooManyHeld", `awaitop_waits_held{gcp_service="s",instance="a",awaitop_kind="single"} 9500x240`, true},
		"few held":          {"as it should be", "AwaitopTooManyHeld", `awaitop_waits_held{gcp_service="s",instance="a",awaitop_kind="single"} 500x240`, false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := fires(t, rule(t, row.alert), row.series); got != row.want {
				t.Errorf("%s: %s fires: %v, want %v", row.reason, row.alert, got, row.want)
			}
		})
	}
}
