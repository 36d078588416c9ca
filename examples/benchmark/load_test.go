package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// testLoad is the load of the given flags on a service whose clock stands still.
func testLoad(t *testing.T, args ...string) (*load, *manualclock.Clock) {
	t.Helper()
	f, err := parseFlags(args)
	if err != nil {
		t.Fatal(err)
	}
	clock := manualclock.New(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	return newLoad(f, testsuite.ForTest(t, testsuite.Options{Service: f.service(), Waits: f.atServer, Clock: clock})), clock
}

// startAll starts the operations and returns the names in each wait.
func startAll(t *testing.T, l *load, perWait int) (waits []*wait, names []string) {
	t.Helper()
	probes, waits := l.waits(perWait)
	for _, w := range slices.Concat(probes, waits) {
		l.start(w)
		var in []string
		for _, ref := range w.refs {
			in = append(in, strings.TrimPrefix(ref.Name, "projects/p/instances/"))
		}
		names = append(names, w.id+": "+strings.Join(in, " "))
	}
	return waits, names
}

func TestWaits(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		args    []string
		perWait int
		want    []string
	}{
		"one each, in one collection": {[]string{"-n", "2", "-cancels", "1"}, 1,
			[]string{"probe-0: i0/operations/probe0", "wait-0: i0/operations/o0", "wait-1: i0/operations/o1"}},
		"in chunks, the last is smaller": {[]string{"-n", "5", "-cancels", "3", "-collections", "2"}, 2, []string{
			"probe-0: i0/operations/probe0 i1/operations/probe1", "probe-2: i0/operations/probe2",
			"wait-0: i0/operations/o0 i1/operations/o1", "wait-2: i0/operations/o2 i1/operations/o3", "wait-4: i0/operations/o4",
		}},
		"each in a location": {[]string{"-n", "2", "-cancels", "0", "-at-server", "-collections", "2"}, 1,
			[]string{"wait-0: projects/p/locations/l0/operations/o0", "wait-1: projects/p/locations/l1/operations/o1"}},
		"each in a database": {[]string{"-n", "2", "-cancels", "0", "-databases"}, 5000,
			[]string{"wait-0: i/databases/o0/operations/o0 i/databases/o1/operations/o1"}},
	}
	for name, row := range rows {
		l, _ := testLoad(t, row.args...)
		if _, got := startAll(t, l, row.perWait); !slices.Equal(got, row.want) {
			t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(row.want, got))
		}
	}
}

func TestLags(t *testing.T) {
	t.Parallel()
	l, clock := testLoad(t, "-n", "3", "-durations", "60s", "-cancels", "1", "-progress")
	waits, _ := startAll(t, l, 1)
	clock.Advance(30 * time.Second)
	op, err := l.service.GetOperation(t.Context(), waits[0].refs[0])
	if percent := lro.ProgressOf(op.Metadata).Percent; err != nil || op.Done || percent != 50 {
		t.Errorf("half-way: %+v, %v", op, err)
	}
	clock.Advance(32 * time.Second)
	for _, w := range waits[:2] {
		if _, err := l.service.GetOperation(t.Context(), w.refs[0]); err != nil {
			t.Fatal(err)
		}
		clock.Advance(time.Second)
	}
	if got := l.lags(waits); !slices.Equal(got, []float64{2, 3}) {
		t.Errorf("lags %v, want 2 s and 3 s, and none of the one nobody read", got)
	}
	if running := l.service.Running(); len(running) != 1 {
		t.Errorf("%d operations go on, want the probe", len(running))
	}
}

// The first cancel that is not refused counts, of each operation.
func TestLatencies(t *testing.T) {
	t.Parallel()
	l, clock := testLoad(t, "-n", "1", "-cancels", "2")
	l.service.AddFaults(testsuite.Unavailable().On(testsuite.MethodCancel).Calls(1, 1))
	waits, _ := l.waits(1)
	p := probes{waits: waits, canceled: map[lro.Ref]time.Time{}}
	for _, w := range waits {
		l.start(w)
		p.canceled[w.refs[0]] = clock.Now()
	}
	for range 3 {
		clock.Advance(time.Second)
		_ = l.service.CancelOperation(t.Context(), waits[0].refs[0]) // the first is refused
	}
	if got := p.latencies(l.service); !slices.Equal(got, []float64{2}) {
		t.Errorf("latencies %v, want 2 s, and none of the one nobody canceled", got)
	}
}
