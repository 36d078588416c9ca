package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
)

const (
	// hidden has characters that no output may have. forged has a line that no output may show as a line.
	hidden = "\x1b\u200b\u202e\u2028\ufeff\r"
	forged = "x\nprojects/p/instances/i/operations/forged  succeeded\n" + hidden
)

// service serves the same answer to every request, as a hostile or a broken service may.
func service(t *testing.T, status int, body any) string {
	t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(encoded)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// The worker refuses a wrong configuration with status 2, before it connects.
func TestWorkerConfigurationRefused(t *testing.T) {
	t.Parallel()
	const away = "127.0.0.1:1"
	tests := map[string]struct {
		reason, config, queue string
		text                  string
	}{
		"budget":   {"the Poller's", "budgets: {spanner.googleapis.com: {requestsPerSecond: -1}}", "", "budgets.spanner.googleapis.com.requestsPerSecond"},
		"memory":   {"the client's", "maxBytesInFlight: 1", "", "maxBytesInFlight"},
		"endpoint": {"the service's", `services: [{name: spanner.googleapis.com, endpoint: "https://spanner.googleapis.com/?key=k"}]`, "", "services[0].endpoint"},
		"queue":    {"the command line's", "", "a\tb", "taskQueue"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "awaitop.yaml")
			if err := os.WriteFile(file, []byte(tt.config), 0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			status := Run(t.Context(), []string{"worker", "--address", away, "--config", file, "--task-queue", tt.queue}, IO{Out: &out, Err: &out})
			if status != ExitUsage || !strings.Contains(out.String(), tt.text) {
				t.Errorf("%s: %d, %q, want %d and %s", tt.reason, status, out.String(), ExitUsage, tt.text)
			}
		})
	}
}

// Text of a service takes one line, shows hidden characters, and is bounded.
func TestOutsideText(t *testing.T) {
	t.Parallel()
	const name = "projects/p/instances/i/operations/o"
	long := strings.Repeat("x", 600<<10)
	failed := func(name, message string) map[string]any {
		return map[string]any{"name": name, "done": true, "error": map[string]any{"code": 9, "message": message}}
	}
	tests := map[string]struct {
		reason string
		status int
		body   any
		args   []string
		lines  int // on both outputs
		max    int // bytes, of both
	}{
		"list":         {"names and messages", 200, map[string]any{"operations": []any{failed(name, forged), failed(forged, "y")}}, []string{"list", "projects/p/instances/i"}, 3, 1 << 10},
		"long list":    {"one message of 600 KiB", 200, map[string]any{"operations": []any{failed(name, long), failed(long, "y")}}, []string{"list", "projects/p/instances/i"}, 3, 16 << 10},
		"token":        {"the page after", 200, map[string]any{"operations": []any{failed(name, "y")}, "nextPageToken": forged}, []string{"list", "projects/p/instances/i"}, 3, 1 << 10},
		"unreachable":  {"what was not reached", 200, map[string]any{"operations": []any{failed(name, "y")}, "unreachable": []string{forged, long}}, []string{"list", "projects/p/instances/i"}, 4, printable.MaxLine + 1<<10},
		"get":          {"its message and its metadata", 200, map[string]any{"name": name, "done": true, "error": map[string]any{"code": 9, "message": forged}, "metadata": map[string]any{"@type": "t/x.Y", "text": forged}}, []string{"get", name}, 3, 2 << 10},
		"refusal":      {"an error", 403, map[string]any{"error": map[string]any{"code": 403, "status": "PERMISSION_DENIED", "message": forged}}, []string{"get", name}, 1, 1 << 10},
		"long refusal": {"an error of 600 KiB", 403, map[string]any{"error": map[string]any{"code": 403, "status": "PERMISSION_DENIED", "message": long}}, []string{"get", name}, 1, printable.MaxLine + 1<<10},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			args := append([]string{"operations"}, append(tt.args, "--without-authentication", "--endpoint", service(t, tt.status, tt.body))...)
			Run(t.Context(), args, IO{Out: &out, Err: &out})
			text := out.String()
			if n := strings.Count(text, "\n"); n != tt.lines || len(text) > tt.max || strings.ContainsAny(text, hidden) {
				t.Errorf("%s: %d lines of %d bytes, want %d of what can be seen, %d bytes at most:\n%.3000q", tt.reason, n, len(text), tt.lines, tt.max, text)
			}
		})
	}
}

// Text of the Temporal server and of workflows does too.
func TestOutsideStatus(t *testing.T) {
	t.Parallel()
	status := &control.Status{
		WorkflowID: forged, WorkflowType: forged, Parent: &control.Execution{WorkflowID: forged}, TaskQueue: forged, State: "Running", Unanswered: forged,
		Failure: &control.Failure{Message: forged},
		Outcome: &lro.Outcome{CancelReason: forged, Operation: lro.Operation{Metadata: json.RawMessage("{\n \"text\": \"x\"\n}")}},
		Waits: []control.Wait{{WorkflowID: forged, Message: forged, LastFailure: forged, Worker: forged, Step: forged}, {WorkflowID: forged, Set: &control.Set{
			In: forged, Members: []control.Member{{Step: forged, State: lro.State(forged), Error: &lro.Status{Message: forged}}},
		}}},
	}
	var listed, described, waits bytes.Buffer
	c := &command{IO: IO{Out: &listed, Err: &listed}, output: "text"}
	l := &listing{command: c}
	if err := l.printList([]*control.Status{status, {WorkflowID: forged, State: "Running", Trouble: forged}}); err != nil {
		t.Fatal(err)
	}
	c.Out = &described
	if err := c.printStatus(status); err != nil {
		t.Fatal(err)
	}
	plain := plainLines{io: IO{Err: &waits}}
	plain.show(&status.Waits[0])
	for name, out := range map[string]*bytes.Buffer{"list": &listed, "describe": &described, "progress": &waits} {
		if text := out.String(); strings.Contains(text, "\nprojects/p") || strings.ContainsAny(text, hidden) || text == "" {
			t.Errorf("%s:\n%q", name, text)
		}
	}
	if n := strings.Count(listed.String(), "\n"); n != 5 {
		t.Errorf("%d lines are listed, want a header, two workflows and two waits:\n%s", n, listed.String())
	}
	if !strings.Contains(described.String(), `{"text":"x"}`) {
		t.Errorf("metadata is not on one line:\n%s", described.String())
	}
}

// An error of this machine may take several lines.
func TestErrorLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if status := Run(t.Context(), []string{"lst"}, IO{Out: &out, Err: &out}); status != ExitUsage || !strings.Contains(out.String(), "Did you mean this?\n    list\n") {
		t.Errorf("%d, %q, want cobra's suggestions on lines of their own", status, out.String())
	}
}

// An error of the command line or of the configuration quotes the value, says what is wanted, and ends with status 2.
func TestUsageErrors(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "awaitop.yaml")
	if err := os.WriteFile(config, []byte("taskQueue: a\ntaskQueue: b\nlog: {}\nlog: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const ref = "//spanner.googleapis.com/projects/p/instances/i/operations/o"
	tests := map[string]struct {
		reason string
		args   []string
		says   string
		hides  string
	}{
		"yaml":          {"its parser tells line by line", []string{"worker", "-c", config}, "unmarshal errors:\n  line 2: key \"taskQueue\" already set", `\u000a`},
		"port":          {"no port, and no name of one", []string{"worker", "--listen", ":x"}, `listen: ":x"; want an address`, ""},
		"no deadline":   {"removing it by mistake", []string{"set-deadline", ref}, "none of the flags is set: want one of --in, --at and --none; see `awaitop set-deadline --help`", ""},
		"two deadlines": {"which of them?", []string{"set-deadline", ref, "--none", "--in", "2h"}, "--in and --none exclude each other: want one of", ""},
		"codec":         {"no URL", []string{"describe", ref, "--codec-endpoint", "foo"}, `"foo"`, ""},
		"codec's user":  {"it may be a secret", []string{"describe", ref, "--codec-endpoint", "hunter2:hunter3@codec.example"}, "want a base URL", "hunter"},
		"codec's auth":  {"`ps` shows it", []string{"describe", ref, "--codec-auth", "Bearer hunter2"}, "--codec-auth: every user of this machine can read the command line; set TEMPORAL_CODEC_AUTH", "hunter"},
		"no server":     {"it does nothing", []string{"operations", "get", ref, "--address", "127.0.0.1:1"}, "--address has no effect: `awaitop operations get` sends nothing to a Temporal server", ""},
		"codec's key":   {"it may be a secret", []string{"describe", ref, "--codec-endpoint", "codec.example?key=hunter2"}, "want a base URL", "hunter"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			status := Run(t.Context(), tt.args, IO{Out: &out, Err: &out})
			if text := out.String(); status != ExitUsage || !strings.Contains(text, tt.says) || tt.hides != "" && strings.Contains(text, tt.hides) {
				t.Errorf("%s: status %d, %q, want %q", tt.reason, status, text, tt.says)
			}
		})
	}
}

// If the server does not find a workflow, the error says what to do next.
func TestNotFound(t *testing.T) {
	t.Parallel()
	gone := serviceerror.NewNotFound("workflow not found")
	const name = "projects/p/instances/i/operations/o"
	tests := map[string]struct {
		reason, argument string
		err              error
		want             string
	}{
		"ref":        {"it has no wait", "//x.example.com/" + name, gone, "workflow not found; no AwaitOperation awaits it now: `awaitop await` starts one"},
		"name":       {"of Spanner", name, gone, "workflow not found; no AwaitOperation awaits it now: `awaitop await` starts one"},
		"another's":  {"Spanner has no such names", "projects/p/locations/l/operations/o", gone, "workflow not found; is it an operation of another service? Begin the REF with it (//SERVICE/projects/p/locations/l/operations/o), or name it with --service"},
		"no slashes": {"it has its service", "x.example.com/" + name, gone, "workflow not found; a REF begins with two slashes: //x.example.com/" + name},
		"end":        {"no full name begins so", "b4/operations/o", gone, "workflow not found, and no running wait has a name that ends so"},
		"bare":       {"it may be a workflow id", "operations/o", gone, "workflow not found"},
		"id":         {"a workflow's", "provision-42", gone, "workflow not found"},
		"path":       {"a workflow's", "teams.a/provision-42", gone, "workflow not found"},
		"others":     {"an error of another kind", "//x.example.com/" + name, errors.New("no"), "no"},
	}
	for key, tt := range tests {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			if got := (&naming{}).notFound(tt.argument, tt.err).Error(); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

// A held wait reads between two reports, so its row says how old the report is.
func TestAgeOfReport(t *testing.T) {
	t.Parallel()
	ago := time.Now().Add(-5 * time.Second)
	tests := map[string]struct {
		reason      string
		wait        control.Wait
		polls, next string
	}{
		"held":     {"read since, perhaps", control.Wait{Mode: control.ModeHeld, Reported: ago, NextPoll: ago}, "0, as of 5s ago", "was due 5s ago"},
		"ahead":    {"the report still holds", control.Wait{Mode: control.ModeHeld, Polls: 7, Reported: ago, NextPoll: time.Now().Add(time.Minute + 200*time.Millisecond)}, "7, as of 5s ago", "in 1m0s"},
		"new":      {"before the first report", control.Wait{Mode: control.ModeHeld}, "not reported yet", "-"},
		"yielded":  {"nothing reads it", control.Wait{Mode: control.ModeYielded, Polls: 7, Reported: ago, NextPoll: ago}, "7", "due since " + ago.Format(time.TimeOnly)},
		"canceled": {"a cancel reports no next read", control.Wait{Mode: control.ModeHeld, Reported: ago}, "0, as of 5s ago", "-"},
	}
	for key, tt := range tests {
		t.Run(key, func(t *testing.T) { // at once: the rows are about now
			if polls, next := pollsText(tt.wait), nextPollText(tt.wait); polls != tt.polls || next != tt.next {
				t.Errorf("%s: %q and %q, want %q and %q", tt.reason, polls, next, tt.polls, tt.next)
			}
		})
	}
}

// The end that a percentage predicts is shown as an estimate.
func TestEstimatedEnd(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	began := time.Now().Add(-time.Hour)
	shown := plainLines{io: IO{Err: &out}}
	shown.show(&control.Wait{
		Phase: "awaiting", Message: "running, 50%", StartTime: began, LastPoll: began.Add(time.Hour), Reported: began.Add(time.Hour),
		Progress: lro.Progress{Known: true, Percent: 50},
	})
	if want := "running, 50%, estimated end " + began.Add(2*time.Hour).Round(time.Second).Format(time.TimeOnly); strings.TrimSpace(out.String()) != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
