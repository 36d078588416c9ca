package lro_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
)

func ExamplePollPolicy() {
	// A schema change is expected to take an hour: read it every five minutes
	// at most, and hold no worker slot in between.
	policy := lro.PollPolicy{MaximumInterval: 5 * time.Minute, YieldInterval: 10 * time.Second}
	fmt.Println(policy.Validate())
	fmt.Println(policy.WithDefaults().InitialInterval)

	raw, _ := json.Marshal(policy)
	fmt.Println(string(raw))

	policy.Coefficient = 0.5
	fmt.Println(policy.Validate())
	// Output:
	// <nil>
	// 1s
	// {"maximumInterval":"300s","yieldInterval":"10s"}
	// policy.coefficient: "0.5"; want 0 (the default) or a number from 1 to 100
}

func TestPollPolicy(t *testing.T) {
	t.Parallel()
	defaults := lro.PollPolicy{InitialInterval: lro.DefaultInitialInterval, Coefficient: lro.DefaultCoefficient, MaximumInterval: lro.DefaultMaximumInterval, MaximumEstimate: lro.DefaultMaximumEstimate, YieldInterval: lro.DefaultYieldInterval}
	with := func(change func(*lro.PollPolicy)) lro.PollPolicy {
		p := defaults
		change(&p)
		return p
	}
	tests := map[string]struct {
		reason string
		policy lro.PollPolicy
		want   lro.PollPolicy // WithDefaults
		field  string         // of the InvalidError, without "policy."
	}{
		"zero": {reason: "the default policy", want: defaults},
		"slow": {reason: "the maxima follow the initial interval", policy: lro.PollPolicy{InitialInterval: time.Hour}, want: with(func(p *lro.PollPolicy) {
			p.InitialInterval, p.MaximumInterval, p.MaximumEstimate = time.Hour, time.Hour, time.Hour
		})},
		"fast": {reason: "the others follow the maximum", policy: lro.PollPolicy{MaximumInterval: time.Millisecond}, want: with(func(p *lro.PollPolicy) {
			p.InitialInterval, p.MaximumInterval, p.MaximumEstimate = time.Millisecond, time.Millisecond, time.Millisecond
		})},
		"constant":         {reason: "coefficient 1 never grows", policy: lro.PollPolicy{Coefficient: 1}, want: with(func(p *lro.PollPolicy) { p.Coefficient = 1 })},
		"steepest":         {reason: "the limit", policy: lro.PollPolicy{Coefficient: 100}, want: with(func(p *lro.PollPolicy) { p.Coefficient = 100 })},
		"kept":             {reason: "what is set stays", policy: lro.PollPolicy{InitialInterval: 1, Coefficient: 2, MaximumInterval: 3, MaximumEstimate: 2, YieldInterval: 4, IgnoreProgress: true}, want: lro.PollPolicy{InitialInterval: 1, Coefficient: 2, MaximumInterval: 3, MaximumEstimate: 2, YieldInterval: 4, IgnoreProgress: true}},
		"estimates capped": {reason: "a maximum holds for estimates as well", policy: lro.PollPolicy{MaximumInterval: time.Minute}, want: with(func(p *lro.PollPolicy) { p.MaximumInterval, p.MaximumEstimate = time.Minute, time.Minute })},
		"longest": {reason: "the limit", policy: lro.PollPolicy{InitialInterval: lro.MaxDuration}, want: with(func(p *lro.PollPolicy) {
			p.InitialInterval, p.MaximumInterval, p.MaximumEstimate = lro.MaxDuration, lro.MaxDuration, lro.MaxDuration
		})},
		"too long":          {reason: "added to a time it would overflow", policy: lro.PollPolicy{MaximumInterval: math.MaxInt64}, field: "maximumInterval"},
		"negative initial":  {reason: "no time to wait", policy: lro.PollPolicy{InitialInterval: -1}, field: "initialInterval"},
		"negative maximum":  {reason: "no time to wait", policy: lro.PollPolicy{MaximumInterval: math.MinInt64}, field: "maximumInterval"},
		"negative estimate": {reason: "no time to wait", policy: lro.PollPolicy{MaximumEstimate: -1}, field: "maximumEstimate"},
		"negative yield":    {reason: "no time to wait", policy: lro.PollPolicy{YieldInterval: -time.Second}, field: "yieldInterval"},
		"shrinking":         {reason: "intervals do not shrink", policy: lro.PollPolicy{Coefficient: 0.99}, field: "coefficient"},
		"negative":          {reason: "intervals do not turn", policy: lro.PollPolicy{Coefficient: -2}, field: "coefficient"},
		"steep":             {reason: "over the limit", policy: lro.PollPolicy{Coefficient: 100.5}, field: "coefficient"},
		"infinite":          {reason: "over the limit", policy: lro.PollPolicy{Coefficient: math.Inf(1)}, field: "coefficient"},
		"not a number":      {reason: "compares with nothing", policy: lro.PollPolicy{Coefficient: math.NaN()}, field: "coefficient"},
		"inverted":          {reason: "which of the two?", policy: lro.PollPolicy{InitialInterval: 2, MaximumInterval: 1}, field: "maximumInterval"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tt.policy.Validate()
			if tt.field != "" {
				checkInvalid(t, err, "policy."+tt.field)
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			got := tt.policy.WithDefaults()
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if again := got.WithDefaults(); again != got || got.Validate() != nil {
				t.Errorf("defaults are not final: %+v, then %+v, %v", got, again, got.Validate())
			}
			var back lro.PollPolicy
			if err := json.Unmarshal([]byte(compacted(t, got)), &back); err != nil || back != got {
				t.Errorf("read back from JSON as %+v, %v", back, err)
			}
		})
	}
}

func TestPollPolicyJSON(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		raw    string
		want   lro.PollPolicy
		field  string
	}{
		"null":      {reason: "null is absent", raw: `null`},
		"nulls":     {reason: "null is absent", raw: `{"initialInterval":null,"coefficient":null,"ignoreProgress":null}`},
		"go's form": {reason: "Go's durations are read", raw: `{"maximumInterval":"1m30s"}`, want: lro.PollPolicy{MaximumInterval: 90 * time.Second}},
		"number":    {reason: "of what unit?", raw: `{"initialInterval":5}`, field: "policy.initialInterval"},
		"maximum":   {reason: "the right one is named", raw: `{"initialInterval":"1s","maximumInterval":"x"}`, field: "policy.maximumInterval"},
		"estimate":  {reason: "the right one is named", raw: `{"maximumEstimate":{}}`, field: "policy.maximumEstimate"},
		"yield":     {reason: "the right one is named", raw: `{"yieldInterval":[]}`, field: "policy.yieldInterval"},
		"text":      {reason: "a number is wanted", raw: `{"coefficient":"2"}`, field: "policy.coefficient"},
		"infinite":  {reason: "no float64", raw: `{"coefficient":1e999}`, field: "policy.coefficient"},
		"newer":     {reason: "another release's, of a result", raw: `{"newer":"1s"}`},
		"no object": {reason: "no object", raw: `"fast"`, field: "policy"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := lro.PollPolicy{}
			err := json.Unmarshal([]byte(tt.raw), &got)
			checkInvalid(t, err, tt.field)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
