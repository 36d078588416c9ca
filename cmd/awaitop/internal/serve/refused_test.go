package serve

import (
	"errors"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// A configuration that would not do what it seems to say is refused. The error has the path of the field.
func TestConfigRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason, config, field, problem string
	}{
		"another case": {"which of them?", "taskQueue: a\nTASKQUEUE: b\n", "TASKQUEUE", "did you mean taskQueue?"},
		"misspelled":   {"no default", "polls: {maxHold: 7}", "polls.maxHold", "did you mean maxHeld?"},
		"in a list":    {"the element is named", "services: [{name: a.example}, {namme: b.example}]", "services[1].namme", "did you mean name?"},
		"in a map":     {"the key is named", "budgets: {a.example: {burst: many}}", "budgets.a.example.burst", "is a string; want a whole number"},
		"number":       {"of what unit?", "requestTimeout: 5", "requestTimeout", `want a duration such as "90s"`},
		"budget":       {"the Poller's", "budgets: {spanner.googleapis.com: {requestsPerSecond: -1}}", "budgets.spanner.googleapis.com.requestsPerSecond", `"-1"`},
		"total":        {"the same bounds", "budgets: {spanner.googleapis.com: {totalRequestsPerSecond: 0.0001}}", "budgets.spanner.googleapis.com.totalRequestsPerSecond", `"0.0001"`},
		"two budgets":  {"which of them?", "budgets: {spanner.googleapis.com: {requestsPerSecond: 2, totalRequestsPerSecond: 6}}", "budgets.spanner.googleapis.com.totalRequestsPerSecond", "requestsPerSecond 2; want one of the two"},
		"no service":   {"it would bound nothing", "budgets: {a.example: {burst: 1}}", "budgets", `"a.example"`},
		"memory":       {"the client's", "maxBytesInFlight: 1", "maxBytesInFlight", `"1"`},
		"endpoint":     {"the service's", `services: [{name: spanner.googleapis.com, endpoint: "https://spanner.googleapis.com/?key=k"}]`, "services[0].endpoint", "want"},
		"plain http":   {"a token in the network", `services: [{name: spanner.googleapis.com, endpoint: "http://emulator"}, {name: a.example, withoutAuthentication: true}]`, "services[0].endpoint", "plain http"},
		"scopes":       {"of no token", `services: [{name: a.example, withoutAuthentication: true, scopes: [b]}]`, "services[0].scopes", "want none"},
		"format":       {"no such form", `services: [{name: a.example, errorFormat: "3"}]`, "services[0].errorFormat", `"1", "2"`},
		"prefix":       {"the client's", "allowedPrefixes: [/]", "allowedPrefixes[0]", "want"},
		"control":      {"Temporal takes it", `taskQueue: "a\u0000b"`, "taskQueue", "control characters"},
		"identity":     {"Temporal shows it", `worker: {identity: "a\nb"}`, "worker.identity", "control characters"},
		"listen":       {"no address", "listen: 9464", "listen", "is a number; want a string"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseConfig([]byte(tt.config))
			var invalid *lro.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != tt.field || !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("%s: %v, want %s with %q", tt.reason, err, tt.field, tt.problem)
			}
		})
	}
}
