package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/examples/internal/command"
)

// failable are the steps that -fail-at takes.
var failable = []string{"instance", "database", "schema", "index", "backup"}

// flags are the command line.
type flags struct {
	command.Flags
	JSON        bool
	failAt      string
	cancelAfter time.Duration
	loseReplies bool
}

func parseFlags(args []string) (flags, error) {
	var f flags
	set := flag.NewFlagSet("provisioning", flag.ContinueOnError)
	f.Add(set, "makes an instance there, and deletes it at the end")
	set.BoolVar(&f.JSON, "json", false, "print one JSON object on standard output, and all else on standard error")
	set.StringVar(&f.failAt, "fail-at", "", "`STEP` to fail at: "+strings.Join(failable, ", "))
	set.DurationVar(&f.cancelAfter, "cancel-after", 0, "`DURATION` after which the workflow is canceled, such as 8s")
	set.BoolVar(&f.loseReplies, "lose-replies", false, "lose the first reply to each request that starts an operation")
	if err := command.Parse(set, args); err != nil {
		return f, err
	}
	return f, f.validate(set.Args())
}

func (f flags) validate(rest []string) error {
	if f.failAt != "" && !slices.Contains(failable, f.failAt) {
		return fmt.Errorf("-fail-at %q is no step, the steps are %s; %w", f.failAt, strings.Join(failable, ", "), command.ErrUsage)
	}
	if f.cancelAfter < 0 {
		return fmt.Errorf("-cancel-after %v is less than no time; %w", f.cancelAfter, command.ErrUsage)
	}
	return f.Validate(rest)
}
