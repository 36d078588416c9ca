package main

import (
	"flag"
	"os"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/trials"
)

// flags are the command line.
type flags struct {
	trials.Flags
	temporal string // host:port of a Temporal server; "" to start one
}

func parseFlags(args []string) (flags, error) {
	var f flags
	set := flag.NewFlagSet("dataplane", flag.ContinueOnError)
	set.StringVar(&f.temporal, "temporal", os.Getenv("TEMPORAL_ADDRESS"), "`HOST:PORT` of a Temporal server (default: TEMPORAL_ADDRESS, else a local dev server)")
	f.Add(set, stepNames())
	if err := command.Parse(set, args); err != nil {
		return f, err
	}
	if err := f.Validate(stepNames()); err != nil {
		return f, err
	}
	return f, command.Flags{Temporal: f.temporal}.Validate(set.Args())
}
