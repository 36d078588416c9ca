package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/examples/internal/command"
)

// flags are the command line.
type flags struct {
	temporal    string // host:port of a Temporal server; "" to start one
	json        bool
	failAt      string
	cancelAfter time.Duration
	loseReplies bool
}

func parseFlags(args []string) (flags, error) {
	var f flags
	set := flag.NewFlagSet("dataplane", flag.ContinueOnError)
	set.StringVar(&f.temporal, "temporal", os.Getenv("TEMPORAL_ADDRESS"), "`HOST:PORT` of a Temporal server (default: TEMPORAL_ADDRESS, else a local dev server)")
	set.BoolVar(&f.json, "json", false, "print one JSON object on standard output, and all else on standard error")
	set.StringVar(&f.failAt, "fail-at", "", "`STEP` to fail at: "+strings.Join(stepNames(), ", "))
	set.DurationVar(&f.cancelAfter, "cancel-after", 0, "`DURATION` after which the workflow is canceled, such as 8s")
	set.BoolVar(&f.loseReplies, "lose-replies", false, "lose the first reply to each request that starts an operation")
	if err := command.Parse(set, args); err != nil {
		return f, err
	}
	return f, f.validate(set.Args())
}

func (f flags) validate(rest []string) error {
	if f.failAt != "" && !slices.Contains(stepNames(), f.failAt) {
		return fmt.Errorf("-fail-at %q is no step, the steps are %s; %w", f.failAt, strings.Join(stepNames(), ", "), command.ErrUsage)
	}
	if f.cancelAfter < 0 {
		return fmt.Errorf("-cancel-after %v is less than no time; %w", f.cancelAfter, command.ErrUsage)
	}
	return command.Flags{Temporal: f.temporal}.Validate(rest)
}
