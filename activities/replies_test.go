package activities_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// recorded is a line of testdata/replies.jsonl: a reply, and what it means for a wait
// that has not seen its operation and for one that has.
type recorded struct {
	Case      string `json:"case"`
	HTTP      int    `json:"http"`
	Type      string `json:"type"`
	Body      string `json:"body"`
	NeverSeen string `json:"neverSeen"`
	Seen      string `json:"seen"`
}

func readReplies(t *testing.T) []recorded {
	t.Helper()
	raw, err := os.ReadFile("testdata/replies.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var rows []recorded
	for decoder := json.NewDecoder(bytes.NewReader(raw)); ; {
		var row recorded
		if err := decoder.Decode(&row); err == io.EOF {
			return rows
		} else if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

// The times of the waits below tell their ends apart.
const (
	repliesNotFoundGrace = 30 * time.Second
	repliesAuthGrace     = 2 * time.Minute
	repliesDeadline      = 5 * time.Minute
)

// replies is a service that answers each read with one reply, over HTTP; the first of
// each operation with a running one, if they are to be seen before.
type replies struct {
	recorded
	clock      *manualclock.Clock
	activities *activities.Activities

	mu    sync.Mutex
	seen  map[string]bool
	times []time.Time // when the reply was sent
}

func newReplies(t *testing.T, row recorded, seen bool) *replies {
	t.Helper()
	s := &replies{recorded: row, clock: manualclock.New(start)}
	s.clock.AutoAdvance()
	if seen {
		s.seen = map[string]bool{}
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	tries := manualclock.New(start)
	tries.AutoAdvance()
	client, err := rest.New(t.Context(), rest.Options{
		Services:              []rest.Service{{Name: "lro.example.com", Endpoint: server.URL}},
		WithoutAuthentication: true,
		Clock:                 tries,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.activities = activities.New(client, activities.Options{Clock: s.clock, Random: func() float64 { return 0 }})
	return s
}

func (s *replies) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen != nil && !s.seen[r.URL.Path] {
		s.seen[r.URL.Path] = true
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"name":"operations/o","metadata":{}}`)
		return
	}
	s.times = append(s.times, s.clock.Now())
	w.Header().Set("Content-Type", s.Type)
	w.WriteHeader(s.HTTP)
	_, _ = io.WriteString(w, s.Body)
}

// verdict says, in the words of the recorded rows, how a wait ended: by a failure ("" for
// none), or with its deadline and the last error.
func (s *replies) verdict(failure string, lastError *lro.Status) string {
	lasted := s.times[len(s.times)-1].Sub(s.times[0])
	switch {
	case failure == "" && lastError == nil:
		return "running"
	case failure == "" && lasted > repliesAuthGrace:
		return "retried"
	case lasted == 0:
		return failure
	case lasted == repliesNotFoundGrace:
		return "retried for NotFoundGrace, then " + failure
	case lasted == repliesAuthGrace && failure == "PollFailed.PERMISSION_DENIED":
		return "put up with for AuthGrace"
	default:
		return failure + " after " + lasted.String()
	}
}

var repliesRefs = []lro.Ref{
	{Service: "lro.example.com", Name: "projects/p/operations/o"},
	{Service: "lro.example.com", Name: "projects/q/operations/o"},
}

func (s *replies) single(t *testing.T) string {
	t.Helper()
	out, err := poll(s.activities, activities.PollInput{
		Ref: repliesRefs[0], StartTime: start, Deadline: start.Add(repliesDeadline), Policy: lro.PollPolicy{YieldInterval: time.Hour},
		NotFoundGrace: lro.DurationOf(repliesNotFoundGrace), AuthGrace: lro.DurationOf(repliesAuthGrace),
	})
	if err != nil {
		s.checkMessage(t, err.Error())
		return s.verdict(applicationError(t, err).Type(), nil)
	}
	if out.Operation.Done || !out.Expired {
		t.Errorf("the wait ended with %+v", out)
	}
	if out.LastError != nil {
		s.checkMessage(t, out.LastError.Message)
	}
	return s.verdict("", out.LastError)
}

// checkMessage wants one line that is not long, and says the status and the type of a
// reply that is no JSON.
func (s *replies) checkMessage(t *testing.T, text string) {
	t.Helper()
	if strings.ContainsAny(text, "\r\n") || len(text) > 500 {
		t.Errorf("%d bytes of message: %q", len(text), text)
	}
	if !strings.HasPrefix(s.Type, "text/") || strings.Contains(text, "is gone") {
		return
	}
	for _, want := range []string{"HTTP " + strconv.Itoa(s.HTTP), s.Type, strings.Fields(s.Body)[0]} {
		if !strings.Contains(text, want) {
			t.Errorf("the message %q does not say %q", text, want)
		}
	}
}

func (s *replies) set(t *testing.T) string {
	t.Helper()
	set, _ := sets.New(repliesRefs)
	out, err := pollSet(s.activities, sets.PollInput{
		Operations: set, StartTime: start, Deadline: start.Add(repliesDeadline),
		NotFoundGrace: lro.DurationOf(repliesNotFoundGrace), AuthGrace: lro.DurationOf(repliesAuthGrace),
	})
	if err != nil {
		t.Fatal(err)
	}
	switch string(out.States) {
	case "rr":
		if !out.Expired {
			t.Errorf("the set ended with %+v", out)
		}
		return notEnded
	case "xx":
		failure := string(out.Failures[0].Type)
		if failure == string(lro.TypePollFailed) {
			failure += "." + out.Failures[0].Status.Code.String()
		}
		return s.verdict(failure, nil)
	default:
		return "states " + string(out.States)
	}
}

// notEnded is the verdict of a set: its output does not say why the last read failed.
const notEnded = "not ended"

// wantOfSet is what is wanted of a set where a single wait is to do as wanted.
func wantOfSet(wanted string) string {
	if wanted == "running" || wanted == "retried" {
		return notEnded
	}
	return wanted
}

// get is the verdict of a single read: what waits put up with for long is retryable.
func (s *replies) get(t *testing.T) string {
	t.Helper()
	op, err := execute[lro.Operation](newEnv(), s.activities, activities.GetOperationName, activities.OperationInput{Ref: repliesRefs[0]})
	if err == nil {
		return string(op.State())
	}
	if app := applicationError(t, err); app.NonRetryable() {
		return app.Type()
	}
	return "retried"
}

// wantOfGet is what is wanted of a single read where a wait that has not seen the
// operation is to do as wanted. Without graces, a 404 of the API's is final.
func wantOfGet(wanted string) string {
	switch {
	case strings.HasSuffix(wanted, "PollFailed.NOT_FOUND"):
		return "PollFailed.NOT_FOUND"
	case strings.HasPrefix(wanted, "retried"), wanted == "put up with for AuthGrace":
		return "retried"
	default:
		return wanted
	}
}

// TestReplies holds the single wait, the set and the Get to the same verdicts on what
// services, front ends and proxies have been seen to answer.
func TestReplies(t *testing.T) {
	t.Parallel()
	for _, row := range readReplies(t) {
		for state, wanted := range map[string]string{"never seen": row.NeverSeen, "seen": row.Seen} {
			if wanted == "never a failed operation" {
				wanted = "retried" // its Status is the API's word: UNAVAILABLE
			}
			check := func(name, wanted string, run func(s *replies, t *testing.T) string) {
				t.Run(row.Case+"/"+state+"/"+name, func(t *testing.T) {
					t.Parallel()
					got := run(newReplies(t, row, state == "seen"), t)
					exact := strings.Contains(wanted, ".") || !strings.HasSuffix(wanted, "PollFailed")
					if got != wanted && (exact || !strings.HasPrefix(got, wanted+".")) {
						t.Errorf("got %q, want %q", got, wanted)
					}
				})
			}
			check("wait", wanted, (*replies).single)
			check("set", wantOfSet(wanted), (*replies).set)
			if state == "never seen" {
				check("get", wantOfGet(wanted), (*replies).get)
			}
		}
	}
}
