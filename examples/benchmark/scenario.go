package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/examples/internal/command"
)

// scenario is a name for a set of flags.
type scenario struct {
	name  string
	flags [][2]string // name and value
}

// scenarios answer one question each: the cost of a wait for the server; the calls if a List can
// answer many waits, and if it cannot; the cost of yielding and of holding a wait; the memory of a
// worker; a fleet at a quota below its needs; how late the end is seen where the service can wait, of
// as many operations as a process awaits like that at once. In those that measure memory or a quota,
// operations run long enough for all waits to be under way at once.
var scenarios = []scenario{
	{"cpu", [][2]string{{"n", "1000"}, {"durations", "45s..75s"}, {"patterns", "loop,single,all"}}},
	{"calls", [][2]string{{"n", "1000"}, {"durations", "45s..75s"}, {"collections", "1"}, {"patterns", "loop,single,all"}}},
	{"databases", [][2]string{{"n", "1000"}, {"durations", "45s..75s"}, {"databases", "true"}, {"patterns", "loop,single,all"}}},
	{"yield", [][2]string{
		{"n", "1000"}, {"durations", "90s..100s"}, {"initial", "19s"}, {"coefficient", "1"}, {"maximum", "19s"},
		{"collections", "1000"}, {"patterns", "yield,single"}, {"cancels", "0"},
	}},
	{"memory-all", [][2]string{{"n", "10000"}, {"durations", "180s..240s"}, {"patterns", "loop,all"}}},
	{"memory-single", [][2]string{{"n", "5000"}, {"durations", "90s..120s"}, {"patterns", "loop,single"}}},
	{"at-server", [][2]string{
		{"n", "24"}, {"durations", "20s..60s"}, {"collections", "24"}, {"at-server", "true"}, {"patterns", "loop,single"}, {"cancels", "4"},
	}},
	{"fleet", [][2]string{
		{"n", "2000"}, {"durations", "120s..240s"}, {"collections", "20"}, {"workers", "3"}, {"rate", "50"},
		{"patterns", "single,all,loop"}, {"cancels", "20"},
	}},
}

func scenarioNames() []string {
	var names []string
	for _, s := range scenarios {
		names = append(names, s.name)
	}
	return names
}

// applyScenario sets the scenario's flags, except those on the command line.
func applyScenario(set *flag.FlagSet, name string) error {
	if name == "" {
		return nil
	}
	i := slices.IndexFunc(scenarios, func(s scenario) bool { return s.name == name })
	if i < 0 {
		return fmt.Errorf("-scenario %q is none, the scenarios are %s; %w", name, strings.Join(scenarioNames(), ", "), command.ErrUsage)
	}
	given := map[string]bool{}
	set.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for _, pair := range scenarios[i].flags {
		if given[pair[0]] {
			continue
		}
		if err := set.Set(pair[0], pair[1]); err != nil {
			return fmt.Errorf("scenario %s: -%s: %w", name, pair[0], err)
		}
	}
	return nil
}
