package main

import (
	"slices"
	"testing"
	"time"
)

// Every scenario is a command line that is accepted.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, name := range scenarioNames() {
		f, err := parseFlags([]string{"-scenario", name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if f.slots < f.n {
			t.Errorf("%s: %d slots for %d operations", name, f.slots, f.n)
		}
	}
}

func TestScenarioOverridden(t *testing.T) {
	t.Parallel()
	f, err := parseFlags([]string{"-n", "7", "-scenario", "fleet", "-rate=0"})
	if err != nil {
		t.Fatal(err)
	}
	if f.n != 7 || f.rate != 0 {
		t.Errorf("given flags are not kept: %d operations at %v/s", f.n, f.rate)
	}
	if f.workers != 3 || f.collections != 20 || !slices.Equal(f.patterns.names(), []string{"single", "all", "loop"}) {
		t.Errorf("flags that were not given are not the scenario's: %+v", f)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	f, err := parseFlags([]string{"-n", "2000", "-cancels", "10", "-maximum", "20s"})
	if err != nil {
		t.Fatal(err)
	}
	if f.slots != 4020 || f.schedule.Fixed != 20*time.Second || !f.schedule.GoogleCloudGo {
		t.Errorf("%d slots, retries each %v, floor as google-cloud-go: %t", f.slots, f.schedule.Fixed, f.schedule.GoogleCloudGo)
	}
}
