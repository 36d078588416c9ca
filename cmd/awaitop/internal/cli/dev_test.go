package cli

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/awaitop/awaitop/internal/freeport"
	"github.com/awaitop/awaitop/lro"
)

// Wrong flags are refused before anything starts.
func TestDevRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		args   []string
		says   string
	}{
		"count":      {"less than none", []string{"--operations", "-1"}, "--operations -1"},
		"time":       {"the last operation would run for longer than a duration holds", []string{"--runs-for", "30000h", "--operations", "100"}, "--runs-for 30000h0m0s: want at most 876h0m0s"},
		"port":       {"no port", []string{"--port", "70000"}, "--port 70000: want a port from 1 to 65535"},
		"UI port":    {"no port", []string{"--ui-port", "-1"}, "--ui-port -1: want a port"},
		"spanner":    {"no port", []string{"--spanner-port", "65536"}, "--spanner-port 65536: want a port"},
		"listen":     {"no address", []string{"--listen", "x"}, `listen: "x"; want an address`},
		"queue":      {"no name", []string{"--task-queue", "a\tb"}, "taskQueue"},
		"its state":  {"it has no server of its own", []string{"--address", "127.0.0.1:1", "--db", "x"}, "--db and --address exclude each other"},
		"its port":   {"neither", []string{"--address", "127.0.0.1:1", "--port", "1"}, "--port and --address exclude each other"},
		"namespace":  {"its own server has one alone", []string{"--namespace", "n"}, "--namespace needs --address"},
		"profile":    {"of another server", []string{"--profile", "p"}, "--profile needs --address"},
		"codec":      {"its worker has none", []string{"--codec-endpoint", "http://127.0.0.1:1"}, "--codec-endpoint needs --address"},
		"a ref":      {"there is no argument", []string{"x"}, `unexpected argument "x", want none`},
		"codec auth": {"as everywhere", []string{"--codec-auth", "hunter2"}, "TEMPORAL_CODEC_AUTH"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			status := Run(t.Context(), append([]string{"dev"}, tt.args...), IO{Out: &out, Err: &out})
			if text := out.String(); status != ExitUsage || !strings.Contains(text, tt.says) || strings.Contains(text, "starting") {
				t.Errorf("%s: status %d, %q, want %q", tt.reason, status, text, tt.says)
			}
		})
	}
}

// A port that the command line names is that port. The default gives way.
func TestChoosePorts(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", loopback(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	free, err := freeport.Take(1)
	if err != nil {
		t.Fatal(err)
	}
	one, other := taken.Addr().(*net.TCPAddr).Port, free[0]
	tests := []struct {
		reason string
		first  int
		second int
		set    string
		want   []int // nil for an error
	}{
		{"free", other, 0, "", []int{other, 0}},
		{"the default is taken", one, 0, "", []int{0, 0}},
		{"it was asked for, and is taken", one, 0, "first", nil},
		{"the second default is the first port", other, other, "first", []int{other, 0}},
		{"both were asked for", other, other, "first second", nil},
	}
	for _, tt := range tests { // in turn, for the ports are the machine's
		isSet := func(name string) bool { return strings.Contains(tt.set, name) }
		got, err := choosePorts(isSet, &portFlag{"first", tt.first}, &portFlag{"second", tt.second})
		if (err != nil) != (tt.want == nil) || fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %v, %v, want %v", tt.reason, got, err, tt.want)
		}
	}
}

// A worker that has not polled for longer than a poll lasts is gone, though the server lists it.
func TestPolling(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var pollers []*taskqueuepb.PollerInfo
	for identity, ago := range map[string]time.Duration{"here": 4 * time.Second, "gone": 2 * time.Minute} {
		pollers = append(pollers, &taskqueuepb.PollerInfo{Identity: identity, LastAccessTime: timestamppb.New(now.Add(-ago))})
	}
	if got := polling(pollers, now); !slices.Equal(got, []string{"here, seen 4s ago"}) {
		t.Errorf("%q", got)
	}
	if got := polling(nil, now); got != nil {
		t.Errorf("%q", got)
	}
}

// A command needs a flag only where the environment leads elsewhere.
func TestOwnFlags(t *testing.T) {
	t.Parallel()
	const address = "127.0.0.1:7233"
	tests := map[string]struct {
		reason string
		usual  client.Options
		want   string
	}{
		"plain":     {"it is the default", client.Options{HostPort: address, Namespace: "default"}, ""},
		"address":   {"another server", client.Options{HostPort: "temporal.example:7233", Namespace: "default"}, " --address " + address},
		"namespace": {"another namespace", client.Options{HostPort: address, Namespace: "team"}, " --namespace default"},
		"both":      {"both", client.Options{HostPort: "temporal.example:7233", Namespace: "team"}, " --address " + address + " --namespace default"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ownFlags(address, tt.usual); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

// The command shows the operations that it has started, and until when each runs.
func TestRunning(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 14, 0, 0, 0, time.UTC)
	refs := func(n int) (all []lro.Ref) {
		for i := range n {
			all = append(all, lro.Ref{Service: "s.example.com", Name: fmt.Sprintf("operations/o%d", i+1)})
		}
		return all
	}
	tests := map[string]struct {
		reason     string
		operations int
		want       string
	}{
		"none":  {"nothing runs", 0, ""},
		"three": {"one ends after the other", 3, "Runs      //s.example.com/operations/o1 until 14:20:00\n          //s.example.com/operations/o2 until 14:40:00\n          //s.example.com/operations/o3 until 15:00:00"},
		"many":  {"the first are enough to try", 7, "          //s.example.com/operations/o5 until 15:40:00\n          and 2 more"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join((&development{runsFor: 20 * time.Minute}).running(refs(tt.operations), now), "\n")
			if !strings.HasSuffix(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("%s:\n%s\nwant\n%s", tt.reason, got, tt.want)
			}
		})
	}
}
