package nexusservice

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
)

func TestCallbackNamespace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ reason, callback, want string }{
		"frontend":      {"the route of Temporal's frontend", "http://localhost:7243/namespaces/payments/nexus/callback", "payments"},
		"escaped":       {"a name in a path", "http://localhost:7243/namespaces/pay%2Fments/nexus/callback", "pay/ments"},
		"of the system": {"a server that keeps it to itself", "temporal://system", ""},
		"another path":  {"somebody else's", "http://localhost/namespaces/payments/other", ""},
		"none":          {"no callback", "", ""},
		"no URL":        {"whatever it is", "http://[", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := callbackNamespace(tt.callback); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

// The id of a wait says which namespace has started it, and no other namespace can claim it.
func TestCallerOwns(t *testing.T) {
	t.Parallel()
	start := func(namespace string) string {
		return call{caller: Caller{Namespace: namespace}, id: "id"}.start(client.StartWorkflowOptions{}, "await://s/n").ID
	}
	long := strings.Repeat("n", 300)
	tests := map[string]struct {
		reason, namespace, id string
		want                  bool
	}{
		"own":              {"it has started it", "payments", start("payments"), true},
		"another's":        {"another has", "payments", start("orders"), false},
		"nobody's":         {"the shared wait of a client", "payments", "await://s/n", false},
		"unknown":          {"a caller without a namespace owns nothing", "", start(""), false},
		"long":             {"by a digest", long, start(long), true},
		"another long":     {"by another digest", long + "n", start(long), false},
		"separator":        {"a name with the separator does not pass for another", "payments#x", start("payments"), false},
		"digest as a name": {"nor does one that looks like a digest", Caller{Namespace: long}.owner(), start(long), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Caller{Namespace: tt.namespace}).owns(tt.id); got != tt.want {
				t.Errorf("%s: %q owns %q: %t, want %t", tt.reason, tt.namespace, tt.id, got, tt.want)
			}
		})
	}
}

// A wait ends before the Nexus operation of its caller times out.
func TestWaitTimeout(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason                    string
		wanted, operation, margin time.Duration
		want                      time.Duration
	}{
		"none":            {"no caller gives up", 0, 0, 0, 0},
		"own":             {"the caller's word", time.Hour, 0, 0, time.Hour},
		"operation's":     {"a tenth before", 0, 10 * time.Minute, 0, 9 * time.Minute},
		"long":            {"ten minutes before at most", 0, 10 * time.Hour, 0, 9*time.Hour + 50*time.Minute},
		"margin":          {"the caller's margin", 0, 10 * time.Minute, 4 * time.Minute, 6 * time.Minute},
		"too much margin": {"half is left to the wait", 0, 10 * time.Minute, time.Hour, 5 * time.Minute},
		"shorter":         {"the caller's own, if sooner", time.Minute, time.Hour, 0, time.Minute},
		"longer":          {"the operation's, if sooner", time.Hour, 10 * time.Minute, 0, 9 * time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := waitTimeout(tt.wanted, tt.operation, tt.margin); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.reason, got, tt.want)
			}
		})
	}
}
