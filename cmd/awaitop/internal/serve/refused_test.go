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
		"transport":    {"no such one", "services: [{name: a.example, transport: quic}]", "services[0].transport", `"quic"; want "http" or "grpc"`},
		"gRPC, all":    {"a connection each", `services: [{name: "*.googleapis.com", transport: grpc}]`, "services[0].name", `"*.googleapis.com"; want the name of a single service`},
		"gRPC, twice":  {"which of them?", "services: [{name: a.example, transport: grpc}, {name: a.example}, {name: a.example, transport: grpc}]", "services[2].name", `"a.example" is there twice`},
		"HTTP, twice":  {"beside gRPC", "services: [{name: a.example, transport: grpc}, {name: a.example}, {name: a.example}]", "services[2].name", `"a.example" is there twice`},
		"gRPC, form":   {"it has another form", "services: [{name: compute.googleapis.com, transport: grpc}]", "services[0].name", `"compute.googleapis.com" has operations of its own form`},
		"gRPC, name":   {"no service", "services: [{name: Spanner, transport: grpc}]", "services[0].name", `"Spanner"`},
		"gRPC, path":   {"gRPC has none", "services: [{name: a.example}, {name: b.example, transport: grpc, endpoint: b.example/v1}]", "services[1].endpoint", "https://b.example"},
		"gRPC, plain":  {"a token in the network", `services: [{name: a.example, transport: grpc, endpoint: "http://emulator:9010"}]`, "services[0].endpoint", `"http://emulator:9010" would send credentials without TLS`},
		"gRPC, scopes": {"of no token", "services: [{name: a.example, transport: grpc, withoutAuthentication: true, scopes: [b]}]", "services[0].scopes", `"b"; want none`},
		"gRPC, quota":  {"a header", `services: [{name: a.example, transport: grpc, quotaProject: "a\nb"}]`, "services[0].quotaProject", `"a\nb"`},
		"quota of all": {"the worker's", `{quotaProject: "a\nb", services: [{name: a.example, transport: grpc}]}`, "quotaProject", `"a\nb"`},
		"gRPC, prefix": {"the worker's", "allowedPrefixes: [/]\nservices: [{name: a.example, transport: grpc}]", "allowedPrefixes[0]", "want"},
		"regional":     {"not over gRPC", "services: [{name: a.example, transport: grpc, regional: true}]", "services[0].regional", `"true"; want none with transport grpc`},
		"version":      {"of a path", "services: [{name: a.example, transport: grpc, version: v2}]", "services[0].version", `"v2"; want none with transport grpc`},
		"gRPC, format": {"of JSON", `services: [{name: a.example, transport: grpc, errorFormat: "1"}]`, "services[0].errorFormat", "want none with transport grpc"},
		"descriptors":  {"JSON needs none", "services: [{name: a.example, descriptors: f}]", "services[0].descriptors", `"f"; want none with transport http`},
		"HTTP behind":  {"its place in the file", "services: [{name: a.example, transport: grpc}, {name: b.example, transport: grpc}, {name: c.example, endpoint: \"x://y\"}]", "services[2].endpoint", "want"},
		"idle budget":  {"Spanner is not served", "services: [{name: a.example, transport: grpc}]\nbudgets: {spanner.googleapis.com: {burst: 1}}", "budgets", "want a service of services: a.example"},
		"nexus":        {"its rules", "nexus: {serve: true, allow: {resources: [/]}}", "nexus.allow.resources[0]", "want"},
		"nexus, name":  {"no such operation", "nexus: {serve: true, callers: {payments: {operations: [Await]}}}", "nexus.callers.payments.operations[0]", `"Await"; want one of await`},
		"nexus, off":   {"they would bound nothing", "nexus: {callers: {payments: {}}}", "nexus.serve", "want true"},
		"nexus, twice": {"which of them?", "nexus: {serve: true, allow: {others: true}, callers: {payments: {}}}", "nexus.allow", "none with nexus.callers"},
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
