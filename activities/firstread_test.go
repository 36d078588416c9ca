package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

const (
	createInstanceMetadata = `{"@type":"type.googleapis.com/google.spanner.admin.instance.v1.CreateInstanceMetadata"}`
	createBackupMetadata   = `{"@type":"type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata","progress":{"progressPercent":0}}`
)

func observed(metadata string) *poller.Observation {
	o := poller.ObservationOf(lro.Operation{Metadata: json.RawMessage(metadata)})
	return &o
}

// reads are when the operation was read, from the start of the wait.
func (s *setup) reads() []time.Duration {
	var reads []time.Duration
	for _, call := range s.service.CallsFor(testsuite.MethodGet, s.ref) {
		reads = append(reads, call.Time.Sub(start))
	}
	return reads
}

func TestPollFirstRead(t *testing.T) {
	t.Parallel()
	seconds := func(each ...float64) []time.Duration {
		var out []time.Duration
		for _, s := range each {
			out = append(out, time.Duration(s*float64(time.Second)))
		}
		return out
	}
	rows := map[string]struct {
		reason   string
		metadata string
		observed *poller.Observation
		policy   lro.PollPolicy
		deadline time.Duration
		late     time.Duration // that the activity starts
		want     []time.Duration
	}{
		"not observed":       {reason: "what is not known is read at once", metadata: `{}`, want: seconds(0, 1, 2.3)},
		"observed":           {reason: "what was just seen is read an interval later", metadata: `{}`, observed: observed(`{}`), want: seconds(1, 2.3)},
		"instance":           {reason: "5s after its start, then by the formula", metadata: createInstanceMetadata, observed: observed(createInstanceMetadata), want: seconds(5, 7.5)},
		"instance, by a ref": {reason: "its first read tells the method", metadata: createInstanceMetadata, want: seconds(0, 5, 7.5)},
		"the user's":         {reason: "an initial interval that is given wins", metadata: createInstanceMetadata, observed: observed(createInstanceMetadata), policy: lro.PollPolicy{InitialInterval: 2 * time.Second}, want: seconds(2, 4.6)},
		"the user's, by ref": {reason: "an initial interval that is given wins", metadata: createInstanceMetadata, policy: lro.PollPolicy{InitialInterval: 2 * time.Second}, want: seconds(0, 2, 4.6)},
		"late":               {reason: "the delay counts from the start of the wait", metadata: createInstanceMetadata, observed: observed(createInstanceMetadata), late: 4 * time.Second, want: seconds(5, 7.5)},
		"too late":           {reason: "it is over", metadata: createInstanceMetadata, observed: observed(createInstanceMetadata), late: 8 * time.Second, want: seconds(8)},
		"deadline":           {reason: "the last read is made all the same", metadata: createBackupMetadata, observed: observed(createBackupMetadata), deadline: 10 * time.Second, want: seconds(9)},
		"deadline now":       {reason: "one read is made whatever the deadline", metadata: createBackupMetadata, observed: observed(createBackupMetadata), deadline: time.Nanosecond, want: seconds(0)},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{RunsFor: row.want[len(row.want)-1], Metadata: testsuite.RawMetadata(row.metadata)})
			in := s.input()
			in.Policy, in.Observed = row.policy, row.observed
			if row.deadline > 0 {
				in.Deadline = start.Add(row.deadline)
			}
			s.clock.Advance(row.late)
			if _, err := poll(s.activities(), in); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, s.reads()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

// A long first delay is not held, and says what it is at.
func TestPollFirstReadYields(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{End: testsuite.RunForever(), Metadata: testsuite.RawMetadata(createBackupMetadata)})
	in := s.input()
	in.Observed, in.Policy.YieldInterval = observed(createBackupMetadata), 20*time.Second
	_, err := poll(s.activities(), in)
	assertYield(t, err, "running, 0%, next poll in 20s", 20*time.Second)
	if n := s.service.Count(testsuite.MethodGet); n != 0 {
		t.Errorf("%d reads, want none before the delay", n)
	}
}

// What was observed at the start ages: after a failed read the wait goes on by
// the formula.
func TestPollFailureForgetsProgress(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{RunsFor: 30 * time.Second, Metadata: testsuite.RawMetadata(`{"progressPercent":40}`), Faults: []testsuite.Fault{testsuite.Unavailable().Calls(2, 2)}})
	in := s.input()
	in.Policy.YieldInterval = time.Hour
	if _, err := poll(s.activities(), in); err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{0, time.Second, 2300 * time.Millisecond}
	if diff := cmp.Diff(want, s.reads()[:3]); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
}
