package simulate_test

import (
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/examples/benchmark/internal/simulate"
)

// seeds are fixed: what is shown is shown, not likely.
var seeds = []uint64{1, 2, 3, 42, 2026}

const (
	afterStart = "awaitop, after a start"
	byName     = "awaitop, by a name alone"
	google     = "google-cloud-go Wait, 1 s x2 to 60 s, full jitter"
)

// forSeeds runs a test of each seed's report.
func forSeeds(t *testing.T, test func(t *testing.T, report simulate.Report)) {
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			test(t, reports[seed]())
		})
	}
}

var reports = func() map[uint64]func() simulate.Report {
	all := map[uint64]func() simulate.Report{}
	for _, seed := range seeds {
		all[seed] = sync.OnceValue(func() simulate.Report { return simulate.Run(seed) })
	}
	return all
}()

// The model is that of an earlier, independent simulation of the same schedules,
// of some 25 operations each: its figures come out within its noise.
func TestModel(t *testing.T) {
	t.Parallel()
	earlier := map[string][]simulate.Cell{
		// The first client's 5 min were 22 polls there. Its reads are at 0, six
		// more within 31.5 s on average and then one each 30 s, of which the
		// last is 20 s late: 7 + (300-31.5+20)/30 = 16.6.
		google: {{4, 2.3}, {7, 17}, {16.6, 17}, {46, 21}, {723, 20}},
		"Python api_core, 1 s x1.5 to 20 s, full jitter": {{5, 1.2}, {10, 6.4}, {37, 6.6}, {127, 6.4}, {2226, 7}},
		"java-spanner DDL, 1 s x1.5 to 45 s":             {{3, 0.7}, {8, 6.6}, {16, 24}, {36, 23}, {509, 26}},
		"Terraform, every 10 s":                          {{2, 7}, {5, 5}, {31, 5}, {122, 5}, {2157, 5.5}},
		"Google Cloud Workflows, 1 s x1.25 to 60 s":      {{3, 0.7}, {11, 4}, {21, 31}, {36, 32}, {379, 26}},
	}
	forSeeds(t, func(t *testing.T, report simulate.Report) {
		for name, cells := range earlier {
			for i, want := range cells {
				got := report.Plain.Row(name).Cells[i]
				if math.Abs(got.Polls-want.Polls) > max(0.55, 0.07*want.Polls) || math.Abs(got.LagSeconds-want.LagSeconds) > max(0.2, 0.25*want.LagSeconds) {
					t.Errorf("%s, %s: %v, want about %v", name, report.Plain.Operations[i].Name, got, want)
				}
			}
		}
	})
}

// gain is how much of other's calls or of its lag cell saves, whichever is more.
// If it is not positive, other is at least as good in both.
func gain(cell, other simulate.Cell) float64 {
	return max(1-cell.Polls/other.Polls, 1-cell.LagSeconds/other.LagSeconds)
}

// No other schedule has both fewer calls and less lag than the default policy,
// by a margin. By a name alone the first read, at once, is for nothing where the
// operation has just begun; from minutes on that does not matter.
func TestDefaultPolicyIsNotDominated(t *testing.T) {
	t.Parallel()
	least := map[string][]float64{
		afterStart: {0.04, 0.1, 0.2, 0.2, 0.2},
		byName:     {-0.1, 0, 0.2, 0.2, 0.2},
	}
	forSeeds(t, func(t *testing.T, report simulate.Report) {
		for name, least := range least {
			for i, cell := range report.Plain.Row(name).Cells {
				for _, other := range report.Plain.Rows {
					if other.Awaitop {
						continue
					}
					if got := gain(cell, other.Cells[i]); got < least[i] {
						t.Errorf("%s, %s: %v, and %s has %v: a gain of %.3f, want %.2f", name, report.Plain.Operations[i].Name, cell, other.Schedule, other.Cells[i], got, least[i])
					}
				}
			}
		}
	})
}

// With progress, at most half of the calls and a fifth of the lag of
// google-cloud-go's Wait.
func TestProgressRatios(t *testing.T) {
	t.Parallel()
	forSeeds(t, func(t *testing.T, report simulate.Report) {
		own, other := report.Progress.Row(afterStart), report.Progress.Row(google)
		for i, op := range report.Progress.Operations {
			if op.Name != "5 min" && op.Name != "20 min" {
				continue
			}
			polls, lag := own.Cells[i].Polls/other.Cells[i].Polls, own.Cells[i].LagSeconds/other.Cells[i].LagSeconds
			if polls > 0.5 || lag > 0.2 {
				t.Errorf("%s: %.3f of the calls and %.3f of the lag, want 0.5 and 0.2 at most", op.Name, polls, lag)
			}
		}
	})
}

// A name alone costs one read, made at once, and no lag.
func TestByNameAlone(t *testing.T) {
	t.Parallel()
	forSeeds(t, func(t *testing.T, report simulate.Report) {
		for _, table := range []simulate.Table{report.Plain, report.Progress} {
			started, named := table.Row(afterStart), table.Row(byName)
			for i, op := range table.Operations {
				polls, lag := named.Cells[i].Polls-started.Cells[i].Polls, named.Cells[i].LagSeconds/started.Cells[i].LagSeconds
				if polls < 0.8 || polls > 1.3 || lag > 1.12 {
					t.Errorf("%s, %s: %.2f reads more and %.2f of the lag, want 1 and 1", table.Title, op.Name, polls, lag)
				}
			}
		}
	})
}

// CreateInstance's first delay of 5 s costs no lag, and twice as long does.
func TestFirstDelayOfInstances(t *testing.T) {
	t.Parallel()
	forSeeds(t, func(t *testing.T, report simulate.Report) {
		second, chosen, twice := report.FirstDelays.Row("first read after 1s"), report.FirstDelays.Row("first read after 5s"), report.FirstDelays.Row("first read after 10s")
		for i, op := range report.FirstDelays.Operations {
			if saved := second.Cells[i].Polls - chosen.Cells[i].Polls; saved < 2.4 {
				t.Errorf("%s: 5s save %.1f reads, want 2.4", op.Name, saved)
			}
			if more := chosen.Cells[i].LagSeconds / second.Cells[i].LagSeconds; more > 1.15 {
				t.Errorf("%s: 5s have %.2f of the lag, want the same", op.Name, more)
			}
		}
		if more := twice.Cells[0].LagSeconds / chosen.Cells[0].LagSeconds; more < 2 {
			t.Errorf("%s: 10s have %.2f of the lag of 5s, so why not 10s?", report.FirstDelays.Operations[0].Name, more)
		}
	})
}

func TestRunIsSeeded(t *testing.T) {
	t.Parallel()
	encode := func(r simulate.Report) string {
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	first := encode(reports[1]())
	if diff := cmp.Diff(first, encode(simulate.Run(1))); diff != "" {
		t.Errorf("the same seed differs (-first +second):\n%s", diff)
	}
	if first == encode(reports[2]()) {
		t.Error("another seed gives the same")
	}
	var back simulate.Report
	if err := json.Unmarshal([]byte(first), &back); err != nil || back.Markdown() != reports[1]().Markdown() {
		t.Errorf("read back from JSON it differs: %v", err)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	table := simulate.Table{
		Title:      "title",
		Operations: []simulate.Operation{{Name: "3 s"}, {Name: "6 h"}},
		Rows: []simulate.Row{
			{Schedule: "other", Cells: []simulate.Cell{{Polls: 2, LagSeconds: 7.04}, {Polls: 2157.26, LagSeconds: 5}}},
			{Schedule: "own", Awaitop: true, Cells: []simulate.Cell{{Polls: 3, LagSeconds: 0.82}, {Polls: 766.5, LagSeconds: 13.9}}},
		},
	}
	want := "| title: polls / mean lag | 3 s | 6 h |\n" +
		"|---|---|---|\n" +
		"| other | 2.0 / 7.0 s | 2157.3 / 5.0 s |\n" +
		"| **own** | 3.0 / 0.8 s | 766.5 / 13.9 s |\n"
	if diff := cmp.Diff(want, table.Markdown()); diff != "" {
		t.Errorf("markdown (-want +got):\n%s", diff)
	}
	if row := table.Row("none"); row.Schedule != "" || row.Cells != nil {
		t.Errorf("Row of an unknown name = %+v", row)
	}
}
