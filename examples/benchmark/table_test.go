package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/testsuite"
)

var update = flag.Bool("update", false, "write the golden files in testdata instead of comparing with them")

// sample is a report on made-up runs: of a pattern with all figures, of one that
// sends no cancels and whose history grows, and of one without Temporal.
func sample() report {
	f, err := parseFlags([]string{"-n", "95", "-durations", "45s..75s", "-runs", "2", "-patterns", "single,timer,floor", "-rate", "50", "-progress", "-temporal", ""})
	if err != nil {
		panic(err)
	}
	r := newReport(f)
	r.Machine = machine{System: "linux/amd64", CPUs: 2, Go: "go1.26"}
	yes, no := true, false
	single := measured{
		Run: 1, Operations: 95, Awaits: 100, Seconds: 70, Events: 11, Grows: &no,
		ServerCPU: float(1.2), ServerCPURaw: float(2.6), ServerIdle: float(0.02), ServerErrors: float(0), WorkerCPU: float(0.5),
		PeakMemory: float(50 << 20), MemoryOfWaits: float(10 << 20),
		Calls:   map[testsuite.Method]int{testsuite.MethodGet: 795, testsuite.MethodCancel: 5},
		Actions: &actions{Attempts: 105, Heartbeats: 300}, StartsPerSecond: float(321.4),
		LagMean: float(2.345), LagP99: float(9.87), Cancels: 5, CancelMedian: float(0.0153), CancelMax: float(0.02),
		Rejections: &rejections{Share: 0.123, Settled: 0.01},
	}
	second := single
	second.Run, second.ServerCPU, second.Failed = 2, float(1.4), 1
	timer := measured{
		Run: 1, Operations: 95, Awaits: 100, Events: 77.25, Grows: &yes, ServerCPU: float(9.1), ServerCPURaw: float(10.5), WorkerCPU: float(2.0),
		Calls: map[testsuite.Method]int{testsuite.MethodGet: 800}, Actions: &actions{Attempts: 800, Timers: 750, FailedHeartbeats: map[string]int{}},
		StartsPerSecond: float(300), LagMean: float(5.1), LagP99: float(14), Lost: 2, Rejections: &rejections{},
	}
	floor := measured{Run: 1, Operations: 95, Awaits: 100, WorkerCPU: float(0.1), Calls: map[testsuite.Method]int{testsuite.MethodGet: 500}, LagMean: float(17), LagP99: float(55)}
	r.Patterns[0].Runs = []measured{single, second}
	r.Patterns[1].Runs = []measured{timer}
	r.Patterns[2].Runs = []measured{floor}
	r.summarize()
	return r
}

func TestReportGolden(t *testing.T) {
	t.Parallel()
	var markdown, object bytes.Buffer
	r := sample()
	if err := r.writeMarkdown(&markdown); err != nil {
		t.Fatal(err)
	}
	if err := r.writeJSON(&object); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]byte{"report.md": markdown.Bytes(), "report.json": object.Bytes()} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for f, want := range map[float64]string{
		0: "0", 1: "1", 0.5: "0.5", 1.005: "1", 12.34: "12.3", 123.4: "123", 99.96: "100", 51968.2: "51968",
		0.01234: "0.0123", -1.234: "-1.23", 1e-9: "0", 5: "5", 100: "100",
	} {
		if got := number(f); got != want {
			t.Errorf("number(%v) is %q, want %q", f, got, want)
		}
	}
}
