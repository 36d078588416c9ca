package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/examples/benchmark/internal/patterns"
	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/lro"
)

// flags are the command line.
type flags struct {
	scenario string
	patterns patternList
	runs     int

	// The operations.
	n           int
	durations   durations
	seed        uint64
	collections int
	databases   bool
	atServer    bool
	progress    bool
	cancels     int

	// The API.
	rate     float64
	pageSize int

	// The waits.
	schedule patterns.Schedule
	floor    string
	workers  int
	slots    int

	temporal string
	settle   time.Duration
	patience time.Duration
	json     bool
	out      string
	simulate bool
}

// waitingService is a service that has all methods of google.longrunning.
const waitingService = "translation.googleapis.com"

// service is the service whose operations are awaited.
func (f flags) service() string {
	if f.atServer {
		return waitingService
	}
	return lro.SpannerService
}

// Values of -floor.
const (
	floorGoogle = "google"
	floorCommon = "common"
)

// patternList is a flag.Value.
type patternList []patterns.Pattern

// String implements flag.Value.
func (l *patternList) String() string { return strings.Join(l.names(), ",") }

func (l *patternList) names() []string {
	var names []string
	for _, p := range *l {
		names = append(names, p.Name)
	}
	return names
}

// Set implements flag.Value.
func (l *patternList) Set(text string) error {
	*l = nil
	for name := range strings.SplitSeq(text, ",") {
		pattern, found := patterns.Find(name)
		if !found {
			return fmt.Errorf("%q is no pattern, the patterns are %s", name, strings.Join(patterns.Names(), ", "))
		}
		if slices.Contains(l.names(), name) {
			return fmt.Errorf("%q is there twice", name)
		}
		*l = append(*l, pattern)
	}
	return nil
}

func parseFlags(args []string) (flags, error) {
	f := flags{patterns: patterns.All()}
	_ = f.durations.Set("20s..60s")
	set := flag.NewFlagSet("benchmark", flag.ContinueOnError)
	set.StringVar(&f.scenario, "scenario", "", "`NAME` of a set of flags, which single flags override: "+strings.Join(scenarioNames(), ", "))
	set.Var(&f.patterns, "patterns", "`NAMES` of the patterns to run, separated by commas; ratios are to the first")
	set.IntVar(&f.runs, "runs", 3, "runs of each pattern; the median is reported")
	f.addLoad(set)
	f.addWaiting(set)
	set.StringVar(&f.temporal, "temporal", os.Getenv("TEMPORAL_ADDRESS"), "`HOST:PORT` of a Temporal server, whose CPU is then not measured (default: TEMPORAL_ADDRESS, else a local dev server is started for each run)")
	set.DurationVar(&f.settle, "settle", 5*time.Second, "`TIME` to let a server settle, and again to measure its idle CPU")
	set.DurationVar(&f.patience, "patience", 5*time.Minute, "`TIME` after the last operation's end until a wait that goes on is given up as lost")
	set.BoolVar(&f.json, "json", false, "print one JSON object on standard output instead of tables")
	set.BoolVar(&f.simulate, "simulate", false, "print calls and lag of every schedule on the same durations, without a server, and nothing else")
	set.StringVar(&f.out, "out", "", "`FOLDER` to write report.md, report.json and plots to")
	if err := command.Parse(set, args); err != nil {
		return f, err
	}
	if err := applyScenario(set, f.scenario); err != nil {
		return f, err
	}
	f.complete()
	return f, f.validate(set.Args())
}

// addLoad adds the flags of the operations and the API.
func (f *flags) addLoad(set *flag.FlagSet) {
	set.IntVar(&f.n, "n", 200, "`NUMBER` of operations")
	set.Var(&f.durations, "durations", "how long they run: `60s`, 45s..75s (uniform) or lognormal:60s,0.5 (median, sigma)")
	set.Uint64Var(&f.seed, "seed", 1, "`SEED` of the durations")
	set.IntVar(&f.collections, "collections", 1, "`NUMBER` of instances, each with a collection of operations, to spread them over")
	set.BoolVar(&f.databases, "databases", false, "give each operation a database of its own, and so a collection")
	set.BoolVar(&f.atServer, "at-server", false, "await operations of a service that has a WaitOperation, each collection in a location of its own")
	set.BoolVar(&f.progress, "progress", false, "have the operations' metadata show a percentage")
	set.IntVar(&f.cancels, "cancels", 5, "`NUMBER` of further operations that run for ever and whose waits are canceled in mid-wait")
	set.Float64Var(&f.rate, "rate", 0, "requests per second that the API serves before it answers 429; 0 for no limit")
	set.IntVar(&f.pageSize, "page-size", 0, "largest page of the API's lists (default 100)")
}

// addWaiting adds the flags of the waits.
func (f *flags) addWaiting(set *flag.FlagSet) {
	set.DurationVar(&f.schedule.Initial, "initial", time.Second, "`INTERVAL` after the first poll")
	set.Float64Var(&f.schedule.Coefficient, "coefficient", 1.25, "ratio of successive intervals")
	set.DurationVar(&f.schedule.Maximum, "maximum", 15*time.Second, "longest `INTERVAL`")
	set.DurationVar(&f.schedule.Fixed, "fixed", 0, "`INTERVAL` of the pattern retry (default: -maximum)")
	set.StringVar(&f.floor, "floor", floorGoogle, "`SCHEDULE` of the pattern floor: google (1s x2 to 60s, full jitter) or common (as the others)")
	set.IntVar(&f.workers, "workers", 1, "`NUMBER` of worker processes")
	set.IntVar(&f.slots, "slots", 0, "activity slots of a worker (default: twice the number of operations, 1000 at least)")
}

// minSlots is the SDK's own default.
const minSlots = 1000

// complete sets what depends on other flags.
func (f *flags) complete() {
	if f.schedule.Fixed == 0 {
		f.schedule.Fixed = f.schedule.Maximum
	}
	f.schedule.GoogleCloudGo = f.floor == floorGoogle
	if f.slots == 0 {
		f.slots = max(minSlots, 2*(f.n+f.cancels))
	}
}

// validate reports the first invalid flag.
func (f flags) validate(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("%q is no flag; %w", strings.Join(rest, " "), command.ErrUsage)
	}
	for _, n := range []struct {
		name         string
		value, least float64
	}{
		{"n", float64(f.n), 1}, {"runs", float64(f.runs), 1}, {"collections", float64(f.collections), 1},
		{"workers", float64(f.workers), 1}, {"slots", float64(f.slots), 1}, {"cancels", float64(f.cancels), 0},
		{"page-size", float64(f.pageSize), 0}, {"rate", f.rate, 0}, {"coefficient", f.schedule.Coefficient, 1},
	} {
		if !(n.value >= n.least) || math.IsInf(n.value, 0) { // NaN too
			return fmt.Errorf("-%s %v is not %v or more; %w", n.name, n.value, n.least, command.ErrUsage)
		}
	}
	return f.validateTimes()
}

func (f flags) validateTimes() error {
	for _, d := range []struct {
		name  string
		value time.Duration
	}{
		{"initial", f.schedule.Initial}, {"maximum", f.schedule.Maximum}, {"fixed", f.schedule.Fixed},
		{"settle", f.settle}, {"patience", f.patience},
	} {
		if d.value <= 0 {
			return fmt.Errorf("-%s %v is no time to wait; %w", d.name, d.value, command.ErrUsage)
		}
	}
	switch {
	case f.schedule.Maximum < f.schedule.Initial:
		return fmt.Errorf("-maximum %v is less than -initial %v; %w", f.schedule.Maximum, f.schedule.Initial, command.ErrUsage)
	case f.databases && f.collections > 1:
		return fmt.Errorf("-databases and -collections %d exclude each other; %w", f.collections, command.ErrUsage)
	case f.databases && f.atServer:
		return fmt.Errorf("-databases and -at-server exclude each other: Spanner has no WaitOperation; %w", command.ErrUsage)
	case f.floor != floorGoogle && f.floor != floorCommon:
		return fmt.Errorf("-floor %q is neither %s nor %s; %w", f.floor, floorGoogle, floorCommon, command.ErrUsage)
	default:
		return nil
	}
}
